"""Asks the server over HTTP as no browser of ours would ask it, and looks at every answer and at its log."""

import itertools
import json
import re
from pathlib import Path

import httpx

from tests.support.serving import ROOT

SLOWEST = 120  # seconds: far more than any answer takes, on however busy a machine
# Of a visitor whose drawing and token nobody else may get.
SECRET, TOKEN = "31337.123456", "5ec7e700" * 4
# Signs that an answer holds what only the log may: of Python, of where the program lies, of another visitor.
LEAKS = ("Traceback", "site-packages", 'File "', str(ROOT), SECRET, TOKEN)


def find_own_tracebacks(log: str) -> list[str]:
    """The tracebacks in a log that pass through this program's files. Gradio logs some of its own."""
    tracebacks = re.findall(r"^Traceback .*\n(?:[ \t].*\n|\n)+\S.*", log, re.MULTILINE)
    ours = re.compile(rf'File "{re.escape(str(ROOT))}[/\\](app|ui|model)\b')
    return [one for one in tracebacks if ours.search(one)]


class Stranger:
    """Asks as a stranger would, and checks every answer and what the server logs meanwhile."""

    def __init__(self, url: str, log: Path):
        self.log, self.log_seen = log, 0
        self.http = httpx.Client(base_url=url, timeout=SLOWEST)
        self.sessions = itertools.count()
        config = self.http.get("/config").json()
        self.events = {event["api_name"]: event for event in config["dependencies"]}

    def ask(self, path: str, content: object = None, method: str = "POST") -> httpx.Response:
        body = content if isinstance(content, bytes | None) else json.dumps(content).encode()
        headers = {"Content-Type": "application/json"}
        try:
            answer = self.http.request(method, path, content=body, headers=headers)
        except httpx.TimeoutException:
            raise  # a request that hangs is a failure
        except httpx.TransportError:
            # Gradio closes a connection after some refusals: once more, on a new one.
            answer = self.http.request(method, path, content=body, headers=headers)
        return self.look_at(answer)

    def look_at(self, answer: httpx.Response) -> httpx.Response:
        text = answer.text.replace("\\\\", "")
        assert [leak for leak in LEAKS if leak in text] == []
        assert find_own_tracebacks(self.read_log()) == []
        return answer

    def read_log(self) -> str:
        """What is new, and a little of what was there: a traceback may have been half written."""
        with open(self.log, "rb") as log:
            log.seek(self.log_seen)
            text = log.read()
        self.log_seen = max(self.log_seen, self.log_seen + len(text) - 10_000)
        return text.decode("utf-8", "replace")

    def predict(self, *data: object) -> str:
        """What the API's stream of events says."""
        answer = self.ask("/gradio_api/call/predict", {"data": list(data)})
        if answer.status_code != 200:
            return answer.text
        return self.ask(f"/gradio_api/call/predict/{answer.json()['event_id']}", method="GET").text

    def run(self, event: str, data: object, session: object = "stranger", **more) -> httpx.Response:
        return self.ask("/gradio_api/run/predict", self.name_event(event, data, session, **more))

    def queue(self, event: str, data: object, **more) -> str:
        """As the page sends what it cannot do at once; what the stream of answers says of it, to its end."""
        session = f"queue{next(self.sessions)}"
        joined = self.ask("/gradio_api/queue/join", self.name_event(event, data, session, **more))
        if joined.status_code != 200:
            return joined.text
        return self.ask(f"/gradio_api/queue/data?session_hash={session}", method="GET").text

    def name_event(self, event: str, data: object, session: object, **more) -> dict:
        return {"fn_index": self.events[event]["id"], "data": data, "session_hash": session, **more}
