"""Drives an installed Firefox, which Playwright cannot, through WebDriver BiDi.

The protocol: https://w3c.github.io/webdriver-bidi
"""

import contextlib
import itertools
import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator

import websocket

FIREFOX_NAMES = ("firefox-esr", "firefox")
PATIENCE = 240  # seconds, for an answer and for a condition of the page


class Firefox:
    """One window of Firefox. A command that fails raises AssertionError."""

    def __init__(self, address: str):
        self._socket = websocket.create_connection(
            f"{address}/session", timeout=PATIENCE, suppress_origin=True
        )
        self._ids = itertools.count(1)
        self.send("session.new", capabilities={})
        [window] = self.send("browsingContext.getTree")["contexts"]
        self.window = window["context"]

    def send(self, method: str, **params) -> dict:
        """The result of a command."""
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == number:
                assert message["type"] == "success", message
                return message["result"]

    def open(self, url: str) -> None:
        self.send("browsingContext.navigate", context=self.window, url=url, wait="complete")

    def resize(self, width: int, height: int) -> None:
        self.send(
            "browsingContext.setViewport", context=self.window, viewport={"width": width, "height": height}
        )

    def evaluate(self, expression: str) -> object:
        """The value of a JavaScript expression, which may be a promise."""
        result = self.send(
            "script.evaluate",
            expression=f"Promise.resolve({expression}).then(value => JSON.stringify(value ?? null))",
            target={"context": self.window},
            awaitPromise=True,
        )
        assert result["type"] == "success", result["exceptionDetails"]["text"]
        return json.loads(result["result"]["value"])

    def wait_for(self, condition: str) -> None:
        """Until a JavaScript expression is true."""
        deadline = time.monotonic() + PATIENCE
        while not self.evaluate(f"Boolean({condition})"):
            assert time.monotonic() < deadline, f"{condition} did not come about within {PATIENCE} s"
            time.sleep(0.05)

    def drag(self, points: list[tuple[float, float]]) -> None:
        """Moves the pressed mouse along points of the window."""
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y)} for x, y in points]
        actions = [
            moves[0],
            {"type": "pointerDown", "button": 0},
            *moves[1:],
            {"type": "pointerUp", "button": 0},
        ]
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions}
        self.send("input.performActions", context=self.window, actions=[mouse])


@contextlib.contextmanager
def open_firefox() -> Iterator[Firefox]:
    """Firefox with an empty profile. Raises FileNotFoundError where there is none."""
    name = next(filter(None, map(shutil.which, FIREFOX_NAMES)), None)
    if name is None:
        raise FileNotFoundError("Firefox: apt-get install firefox-esr")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [name, "--headless", "--profile", profile, "--remote-debugging-port", "0", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            lines = iter(process.stderr.readline, "")
            found = next(
                filter(None, (re.search(r"BiDi listening on (ws://\S+)", line) for line in lines)), None
            )
            assert found, "Firefox ended before it listened"
            yield Firefox(found[1])
        finally:
            process.terminate()
            process.wait(PATIENCE)
