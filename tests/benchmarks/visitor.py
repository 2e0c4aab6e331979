"""A visitor without a browser, who speaks to app.py as the page does, and is cheap enough to be one of many.

Gradio's page asks one question at a time and after its answer only the newest one (`always_last`); the pad
sends at an interval that grows when answers come late (constants of ui/pad/sketchpad.js).
"""

import asyncio
import json
import re
import secrets
import time
from dataclasses import dataclass, field

import numpy as np

from ui.pad.sketchpad import SCRIPT

UPDATES_A_SECOND = 15
DRAW_SECONDS = 2
PATIENCE = 10  # seconds that the last answers may still take at the end


def find_constant(name: str) -> float:
    """A number that sketchpad.js has under that name."""
    return float(re.search(rf"^const {name} = ([\d.]+);", SCRIPT, re.MULTILINE).group(1))


LIVE_INTERVAL, MOST_INTERVAL = (find_constant(name) / 1000 for name in ("LIVE_INTERVAL", "MOST_INTERVAL"))
RESTRAINT = find_constant("RESTRAINT")


@dataclass
class Tally:
    updates: int = 0
    asked: int = 0
    answered: int = 0
    errors: int = 0
    strokes: int = 0  # that are complete
    waits: list[float] = field(default_factory=list)  # seconds from each pen-up to the answer of the stroke

    @property
    def lost(self) -> int:
        """Whole strokes without an answer."""
        return self.strokes - len(self.waits)


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

    async def post(self, path: str, content: dict) -> tuple[int, dict]:
        status, length = await self.send("POST", path, json.dumps(content).encode())
        return status, json.loads(await self.reader.readexactly(length))

    def close(self) -> None:
        if self.writer:
            self.writer.close()
            self.writer = None


class Visitor:
    """One tab. config: what the server says of the page, by which its events are found."""

    def __init__(self, url: str, config: dict, tally: Tally):
        self.url, self.config, self.tally = url, config, tally
        self.session = secrets.token_hex(8)
        self.pen, self.page, self.heart = Connection(url), Connection(url), Connection(url)
        self.values = {part["id"]: part["props"].get("value") for part in config["components"]}
        self.events = [event for event in config["dependencies"] if event["backend_fn"]]
        self.newest: tuple | None = None  # the drawing to ask next, and when the pen was lifted from it
        self.asking: asyncio.Task | None = None
        self.sent, self.interval, self.fastest = 0.0, LIVE_INTERVAL, np.inf  # as sketchpad.js has them
        self.ticking: asyncio.Task | None = None

    async def open(self) -> None:
        await self.heart.send("GET", f"/gradio_api/heartbeat/{self.session}")
        load = self._find("load")
        self.values[load["inputs"][0]] = secrets.token_hex(16)
        await self._run(load)
        self.ticking = asyncio.create_task(self._tick())

    async def close(self) -> None:
        if self.asking:
            await asyncio.wait([self.asking], timeout=PATIENCE)
            self.asking.cancel()
        if self.ticking:
            self.ticking.cancel()
        for connection in (self.pen, self.page, self.heart):
            connection.close()

    async def draw(self, stroke: np.ndarray) -> None:
        """One stroke on an empty pad, (points, 2) in pixels, in real time; the last update is the pen-up."""
        began, count = time.perf_counter(), DRAW_SECONDS * UPDATES_A_SECOND
        for number in range(1, count + 1):
            await asyncio.sleep(began + number / UPDATES_A_SECOND - time.perf_counter())
            points = stroke[: -(-len(stroke) * number // count)]
            now, lifted = time.perf_counter(), number == count
            self.tally.updates += 1
            self.tally.strokes += lifted
            if not lifted and now < self.sent + self.interval:
                continue
            self.sent = now
            self.newest = points, now if lifted else None
            if self.asking is None or self.asking.done():
                self.asking = asyncio.create_task(self._ask_newest())

    async def _ask_newest(self) -> None:
        event = self._find("stroke")
        while self.newest:
            (points, lifted), self.newest = self.newest, None
            self.values[event["inputs"][0]] = json.dumps([points.tolist()], separators=(",", ":"))
            self.tally.asked += 1
            status, answer = await self._post(self.pen, event)
            box = [*points.min(axis=0).tolist(), *points.max(axis=0).tolist()]
            if status != 200 or answer["data"][0]["stages"]["inkBox"] != box:
                self.tally.errors += 1
                continue
            self.tally.answered += 1
            if lifted:
                self.tally.waits.append(time.perf_counter() - lifted)

    async def _tick(self) -> None:
        """What the page asks by itself while it is open."""
        event = self._find("tick")
        while True:
            await asyncio.sleep(self.values[event["targets"][0][0]])
            await self._run(event)

    def _find(self, name: str) -> dict:
        return next(event for event in self.events if any(target[1] == name for target in event["targets"]))

    async def _run(self, event: dict) -> None:
        """An event, and those that follow it."""
        if not event["queue"]:
            status, _ = await self._post(self.page, event)
        else:
            status = await self._queue(event)
        self.tally.errors += status != 200
        for following in self.events:
            if following["trigger_after"] == event["id"]:
                await self._run(following)

    def _ask(self, event: dict) -> dict:
        return {
            "data": [self.values[part] for part in event["inputs"]],
            "event_data": {},
            "fn_index": event["id"],
            "trigger_id": event["targets"][0][0],
            "session_hash": self.session,
        }

    async def _post(self, connection: Connection, event: dict) -> tuple[int, dict]:
        asked = time.perf_counter()
        answer = await connection.post("/gradio_api/run/predict", self._ask(event))
        took = time.perf_counter() - asked
        self.fastest = min(self.fastest, took)
        self.interval = min(MOST_INTERVAL, max(LIVE_INTERVAL, took + RESTRAINT * (took - self.fastest)))
        return answer

    async def _queue(self, event: dict) -> int:
        """By way of Gradio's queue, whose answers come as a stream. Returns the status."""
        line = Connection(self.url)
        status, _ = await line.post("/gradio_api/queue/join", self._ask(event))
        if status == 200:
            status, _ = await line.send("GET", f"/gradio_api/queue/data?session_hash={self.session}")
            while (message := await line.reader.readline()) and b"close_stream" not in message:
                pass
        line.close()
        return status
