"""A visitor without a browser, who speaks to app.py as the page does, and is cheap enough to be one of many.

The page reads in the browser: while a visitor draws, only the page's timer asks. A stroke is told when it has
ended, and only while a training reads it.
"""

import asyncio
import json
import secrets
import time
from dataclasses import dataclass, field


@dataclass
class Tally:
    opened: int = 0
    strokes: int = 0
    requests: int = 0
    errors: int = 0
    waits: list[float] = field(default_factory=list)  # seconds until each page was open


class Connection:
    """HTTP/1.1 over one socket that is kept open, as browsers do; httpx would take far more time."""

    def __init__(self, url: str):
        self.host, self.port = url.removeprefix("http://").strip("/").split(":")
        self.reader = self.writer = None

    async def send(self, method: str, path: str, body: bytes = b"") -> tuple[int, int]:
        """Status and length of the answer, whose body is still to be read; 0 is the length of a stream."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nContent-Type: application/json\r\n"
        )
        request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        try:
            answer = await self._try(request)
        except (asyncio.IncompleteReadError, ConnectionError):
            # The server ends what is silent for 5 seconds, perhaps just now; a browser then asks again, too.
            self.close()
            answer = await self._try(request)
        length = answer.partition("content-length:")[2].partition("\r\n")[0]
        return int(answer.split()[1]), int(length or 0)

    async def _try(self, request: bytes) -> str:
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        self.writer.write(request)
        return (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()

    async def get(self, path: str) -> int:
        status, length = await self.send("GET", path)
        await self.reader.readexactly(length)
        return status

    async def post(self, path: str, content: dict) -> tuple[int, dict]:
        status, length = await self.send("POST", path, json.dumps(content).encode())
        return status, json.loads(await self.reader.readexactly(length))

    def close(self) -> None:
        if self.writer:
            self.writer.close()
            self.writer = None


class Visitor:
    """One tab. config: what the server says of the page, by which its events and files are found. told:
    whether the server is told each stroke, as during a training."""

    def __init__(self, url: str, config: dict, tally: Tally, told: bool = False):
        self.url, self.config, self.tally, self.told = url, config, tally, told
        self.session = secrets.token_hex(8)
        self.page, self.heart = Connection(url), Connection(url)
        self.values = {part["id"]: part["props"].get("value") for part in config["components"]}
        self.events = [event for event in config["dependencies"] if event["backend_fn"]]
        self.ticking: asyncio.Task | None = None

    async def open(self) -> None:
        """Loads the page and what it reads with, but not Gradio's own scripts."""
        began = time.perf_counter()
        for path in ["/", "/config", *find_files(self.config)]:
            self.tally.requests += 1
            self.tally.errors += await self.page.get(path) != 200
        await self.heart.send("GET", f"/gradio_api/heartbeat/{self.session}")
        load = self._find("load")
        self.values[load["inputs"][0]] = secrets.token_hex(16)
        await self._run(load)
        self.ticking = asyncio.create_task(self._tick())
        self.tally.opened += 1
        self.tally.waits.append(time.perf_counter() - began)

    async def close(self) -> None:
        if self.ticking:
            self.ticking.cancel()
        for connection in (self.page, self.heart):
            connection.close()

    async def draw(self, stroke: list, seconds: float) -> None:
        """One stroke, a list of points, in so many seconds."""
        await asyncio.sleep(seconds)
        self.tally.strokes += 1
        if self.told:
            event = self._find("drawing")
            status, _ = await self._post(event, {"strokes": [stroke]})
            self.tally.errors += status != 200

    async def _tick(self) -> None:
        """What the page asks by itself while it is open."""
        event = self._find("alive")
        status = next(part for part in self.config["components"] if part["id"] == event["targets"][0][0])
        while True:
            await asyncio.sleep(status["props"]["props"]["alive_seconds"])
            await self._run(event)

    def _find(self, name: str) -> dict:
        return next(event for event in self.events if any(target[1] == name for target in event["targets"]))

    async def _run(self, event: dict) -> None:
        """An event, and those that follow it."""
        if not event["queue"]:
            status, _ = await self._post(event)
        else:
            status = await self._queue(event)
        self.tally.errors += status != 200
        for following in self.events:
            if following["trigger_after"] == event["id"]:
                await self._run(following)

    def _ask(self, event: dict, data: dict | None = None) -> dict:
        return {
            "data": [self.values[part] for part in event["inputs"]],
            "event_data": data or {},
            "fn_index": event["id"],
            "trigger_id": event["targets"][0][0],
            "session_hash": self.session,
        }

    async def _post(self, event: dict, data: dict | None = None) -> tuple[int, dict]:
        self.tally.requests += 1
        line = Connection(self.url)  # the timer and the pen may ask at the same time
        answer = await line.post("/gradio_api/run/predict", self._ask(event, data))
        line.close()
        return answer

    async def _queue(self, event: dict) -> int:
        """By way of Gradio's queue, whose answers come as a stream. Returns the status."""
        self.tally.requests += 2
        line = Connection(self.url)
        status, _ = await line.post("/gradio_api/queue/join", self._ask(event))
        if status == 200:
            status, _ = await line.send("GET", f"/gradio_api/queue/data?session_hash={self.session}")
            while (message := await line.reader.readline()) and b"close_stream" not in message:
                pass
        line.close()
        return status


def find_files(config: dict) -> list[str]:
    """The modules and weights that the page fetches."""
    [readout] = [
        part["props"]["props"] for part in config["components"] if part["props"].get("elem_id") == "readout"
    ]
    modules = ("reader", "worker", "reading", "network", "preprocess")
    weights = [network["url"] for network in readout["networks"]]
    return [f"/{readout['modules']}browser/{name}.js" for name in modules] + [f"/{url}" for url in weights]
