"""Runs Python as a user does, and waits for what comes of it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 300  # seconds, far more than anything takes: a worker's process imports Keras first


def wait_until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Returns as soon as it holds; fails if that takes longer."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"did not come about within {seconds} s"
        time.sleep(0.02)


def end_this_process(*_: object) -> None:
    """As the kernel does when memory is out."""
    os.kill(os.getpid(), signal.SIGKILL)


def keep_priority(worker: Sequence[str]) -> tuple[str, ...]:
    """The command of a worker that gives way to nobody: on a busy machine one that does would not end."""
    code = "import runpy; from ui.server import worker_process; worker_process.NICENESS = 0;"
    return sys.executable, "-c", f"{code} runpy.run_module({worker[-1]!r}, run_name='__main__')"


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
        timeout=600,
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


def find_children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def find_server() -> int:
    """The process that `serve` has started."""
    return next(child for child in find_children(os.getpid()) if b"app.py" in read_command(child))


def read_command(process: int) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


def measure(process: int) -> dict[str, float]:
    """Of a process: threads, open files, child processes, and resident memory in MB without theirs."""
    folder = Path(f"/proc/{process}")
    memory = re.search(r"VmRSS:\s+(\d+) kB", (folder / "status").read_text()).group(1)
    return {
        "threads": len(list((folder / "task").iterdir())),
        "files": len(list((folder / "fd").iterdir())),
        "children": len(find_children(process)),
        "MB": int(memory) / 1024,
    }
