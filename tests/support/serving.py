"""Starts app.py in a process of its own, for tests and scripts alike."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from gradio_client import Client

ROOT = Path(__file__).parents[2]
START_SECONDS = 180  # far more than it takes, on however busy a machine


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
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
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


def wait_until_loaded(url: str) -> None:
    """Waits for the API's first answer: until the networks are loaded, answers wait."""
    Client(url, verbose=False).predict(strokes=[], network="dense", api_name="/predict")
