"""Makers: threads or processes that make the shards of an epoch while others are trained on.

Python runs one thread at a time, except inside NumPy. On few cores threads are enough and begin at once. A
GPU waits for them: on 16 cores one thread made 8,000 to 9,000 images a second, 16 threads no more and
16 processes 147,000, while an H200 trained on 317,000 (`cnn`) or 1,180,000 (`dense`).
"""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

from model.errors import DigitsError

MAX_MAKERS = 16  # a process holds 200 MB
MAX_THREADS = 4  # with more cores there are processes
# A container's limit: microseconds of processor time ("max": none), and the period in which it has them.
CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def count_cores() -> int:
    """How many cores this process may use. A container often sees all of its host's."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = CPU_QUOTA.read_text(encoding="utf-8").split()
        return max(1, min(cores, round(int(quota) / int(period))))
    except (OSError, ValueError):
        return cores


MAKERS = min(count_cores(), MAX_MAKERS)


class MakersError(DigitsError):
    """A process that makes images has ended; the system may have killed it for lack of memory."""


class Makers:
    """As many as there are cores; `make` runs in them. They start at the first `map`, and `stop` ends them.

    build: called once in each process with the arguments, all of them picklable; returns the function that
    makes a shard of (cached, number). make: that function, for threads.
    """

    def __init__(self, make: Callable, build: Callable, arguments: tuple):
        self.make, self.build, self.arguments = make, build, arguments
        self._pool: Executor | None = None

    def map(self, cached: int, numbers: Iterable[int]) -> Iterator:
        """What `make` returns for (cached, number), in order. The iterator raises BrokenExecutor if a process
        has ended."""
        in_processes = MAKERS > MAX_THREADS
        if not self._pool and in_processes:
            self._pool = ProcessPoolExecutor(
                MAKERS, multiprocessing.get_context("spawn"), _start, (self.build, self.arguments)
            )
        elif not self._pool:
            self._pool = ThreadPoolExecutor(MAKERS, "maker")
        numbers = list(numbers)
        with ignore_interrupts() if in_processes else contextlib.nullcontext():
            return self._pool.map(_make if in_processes else self.make, [cached] * len(numbers), numbers)

    def stop(self) -> None:
        """Cancels what is not begun yet, and does not wait for what is."""
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


@contextlib.contextmanager
def ignore_interrupts() -> Iterator[None]:
    """Processes that begin meanwhile ignore Ctrl-C from their first moment: the training ends them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


_make_shard: Callable  # in a process: what `build` returned


def _start(build: Callable, arguments: tuple) -> None:
    global _make_shard
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the training, which ends its makers
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _make_shard = build(*arguments)


def _end_with_parent() -> None:
    """A training that is killed cannot tell its makers."""
    multiprocessing.parent_process().join()
    os._exit(1)


def _make(cached: int, number: int):
    return _make_shard(cached, number)
