"""Starts app.py in a process of its own, for tests and scripts alike."""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
START_SECONDS = 300  # far more than it takes, on however busy a machine


@contextlib.contextmanager
def serve(
    folder: Path = ROOT,
    command: tuple[str, ...] = ("app.py",),
    log: Path | None = None,
    printed: Path | None = None,
    **environment: str,
) -> Iterator[str]:
    """Where app.py of that folder, or what else Python is told to run, answers; it ends with the block.
    log, printed: the files that its standard error and output go to, where a test reads them."""
    port = find_port()
    url = f"http://127.0.0.1:{port}/"
    address = {"GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_SERVER_PORT": str(port)}
    with (
        open(log, "wb") if log else contextlib.nullcontext() as errors,
        open(printed, "wb") if printed else contextlib.nullcontext() as output,
    ):
        app = subprocess.Popen(
            [sys.executable, *command],
            cwd=folder,
            env={**os.environ, **address, **environment},
            stdout=output,
            stderr=errors,
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                urllib.request.urlopen(url, timeout=2).close()
                break
            except OSError:
                assert app.poll() is None, f"{command[-1]} ended before its page was up"
                assert time.monotonic() < deadline, f"no page within {START_SECONDS} s"
                time.sleep(0.02)
        yield url
    finally:
        app.terminate()
        app.wait(60)


def find_port() -> int:
    """One that nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server(NamedTuple):
    """url: where it answers. log: the file of its standard error. first_words: what it had printed, and what
    its log held, when it had answered its first question."""

    url: str
    log: Path
    first_words: tuple[str, str]


@contextlib.contextmanager
def serve_and_ask(folder: Path) -> Iterator[Server]:
    """app.py, whose network `dense` is loaded. folder: for what it prints."""
    log, printed = folder / "stderr", folder / "stdout"
    with serve(log=log, printed=printed) as url:
        ask(url, [])
        yield Server(url, log, (printed.read_text(encoding="utf-8"), log.read_text(encoding="utf-8")))


def ask(url: str, strokes: list, network: str = "dense") -> dict:
    """The API's answer. The first one of a network waits until that is loaded."""
    endpoint = f"{url}gradio_api/call/predict"
    question = json.dumps({"data": [strokes, network]}).encode()
    request = urllib.request.Request(endpoint, question, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        event = json.load(answer)["event_id"]
    with urllib.request.urlopen(f"{endpoint}/{event}") as stream:
        [data] = re.findall(r"data: (\[.*\])", stream.read().decode())
    return json.loads(data)[0]
