"""What tests share: the data, or a skip that says why; where CI=true a missing thing fails instead."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from model import data


def do_without(what: str) -> None:
    """Skips, or fails where everything has to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI needs {what}.")
    pytest.skip(f"needs {what}")


ROOT = Path(__file__).parent.parent
PATIENCE = 90  # seconds; a worker's process imports Keras first


def wait_until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Returns as soon as it holds; fails if that takes longer."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"did not come about within {seconds} s"
        time.sleep(0.02)


def run_python(
    *arguments, before: Callable[[], None] | None = None, **environment: str
) -> subprocess.CompletedProcess:
    """Python with these arguments, as a user types them. It may refuse, but never with a traceback. before:
    called in its process first."""
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        preexec_fn=before,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def start_interruptible(command: list[str]) -> subprocess.Popen:
    """A process that heeds Ctrl-C, which what a shell starts in the background, and its children, do not."""
    return subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@pytest.fixture(scope="session")
def data_folder() -> str:
    folder = os.environ.get("DIGITS_DATA")
    if not folder:
        do_without("the environment variable DIGITS_DATA, the folder with mnist.npz and pendigits-train")
    return folder


@pytest.fixture(scope="session")
def mnist(data_folder):
    return data.load_mnist(data_folder)


@pytest.fixture(scope="session")
def pen_digits(data_folder):
    return data.load_pen_digits(data_folder)


@pytest.fixture(scope="session")
def held_out(pen_digits):
    """Pen digits of writers that no network was trained on."""
    return data.by_writers(pen_digits, data.HELD_OUT_WRITERS)


@pytest.fixture
def rng():
    return np.random.default_rng(7)
