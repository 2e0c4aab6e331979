"""Starts app.py in a process of its own and a Chromium to look at it with, for tests and scripts alike."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from gradio_client import Client
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
# The last five keep Chromium itself from calling its makers, which would look like calls of the page.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
]
START_SECONDS = 60


@contextlib.contextmanager
def serve(folder: Path = ROOT, command: tuple[str, ...] = ("app.py",), **environment: str) -> Iterator[str]:
    """Where app.py of that folder, or what else Python is told to run, answers; it ends with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    address = {"GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_SERVER_PORT": str(port)}
    app = subprocess.Popen(
        [sys.executable, *command], cwd=folder, env={**os.environ, **address, **environment}
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
        app.wait(10)


@contextlib.contextmanager
def open_browser() -> Iterator[Browser]:
    """Chromium. Raises FileNotFoundError where there is none."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    with sync_playwright() as playwright:
        if chromium is None and not Path(playwright.chromium.executable_path).exists():
            raise FileNotFoundError("Chromium: python -m playwright install chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def wait_until_loaded(url: str) -> None:
    """Waits for the API's first answer: until the networks are loaded, answers wait."""
    Client(url, verbose=False).predict(strokes=[], network="dense", api_name="/predict")
