"""A job: work of one visitor that waits in the queue and is done by a process of its own.

`Job` is what trainings and fine-tunings share: the place in the queue, the worker process, the thread that
follows it, and the phase. The page only reads its attributes, so a slow connection never holds a job up.

Two verbs end a job before its time:

    stop      within a second, and keeps what was learned (a TrainingJob alone can do this)
    abandon   at once, and keeps nothing
"""

import contextlib
import pickle
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

from model.errors import DigitsError, Term
from ui.server.job_queue import JobQueue
from ui.server.messages import Failed, receive, send
from ui.server.worker_process import LOW_PRIORITY

ROOT = Path(__file__).parents[2]
POLL_SECONDS = 0.2  # a waiting job notices within this time that it was ended

WAITING, PREPARING, TRAINING, PAUSED = "waiting", "preparing", "training", "paused"
DONE, STOPPED, FAILED = "done", "stopped", "failed"
ENDED = (DONE, STOPPED, FAILED)


class Job:
    """Subclasses set `kind` and implement `_receive`.

    task: the first message to the worker. worker: the command that starts it."""

    kind = "job"  # every table of ui/text/ has a term for it

    def __init__(self, task: object, job_queue: JobQueue, worker: Sequence[str]):
        self.phase = WAITING
        self.problem: DigitsError | None = None  # where the phase is FAILED
        self.changes = 0  # counts whatever a page could show
        self._task, self._job_queue, self._worker = task, job_queue, worker
        self._lock = threading.RLock()  # for the phase
        self._sending = threading.Lock()  # two threads' messages must not mix
        self._ending = threading.Event()  # set by stop and abandon
        self._abandoned = False
        self._process: subprocess.Popen | None = None
        self._thread = threading.Thread(target=self._run, name=self.kind, daemon=True)

    def start(self) -> None:
        self._job_queue.join(self)
        self._thread.start()

    def abandon(self) -> None:
        """Ends the job at once and keeps nothing. After the end: ends what is still being measured."""
        with self._lock:
            self._abandoned = True
            self._ending.set()
        if self._process:
            self._process.kill()

    @property
    def ended(self) -> bool:
        return self.phase in ENDED

    @property
    def is_over(self) -> bool:
        """Nothing changes any more. A training has its network and predictions only some time after its
        end."""
        return self.ended and not self._thread.is_alive()

    @property
    def position(self) -> int:
        """The number of jobs ahead in the queue."""
        return self._job_queue.find_position(self) or 0

    def _run(self) -> None:
        try:
            if self._wait_for_turn():
                self._enter(PREPARING)
                self._follow_worker()
            self._enter(STOPPED)
        except BaseException:
            self._fail(DigitsError("job.our-error", kind=Term(f"job.{self.kind}")))
            raise
        finally:
            self._job_queue.leave(self)

    def _wait_for_turn(self) -> bool:
        """False if the job was ended before its turn came."""
        while not self._ending.is_set():
            if self._job_queue.wait_for_turn(self, POLL_SECONDS):
                return not self._ending.is_set()
        return False

    def _follow_worker(self) -> None:
        pipe = subprocess.PIPE
        with (
            contextlib.suppress(BrokenPipeError),  # closing the pipe to a process that has ended
            subprocess.Popen(
                self._worker, cwd=ROOT, stdin=pipe, stdout=pipe, creationflags=LOW_PRIORITY
            ) as process,
        ):
            self._process = process
            try:
                if self._ending.is_set():
                    return
                self._send(self._task)
                # The process may end in the middle of a message.
                with contextlib.suppress(EOFError, pickle.UnpicklingError):
                    while True:
                        message = receive(process.stdout)
                        if isinstance(message, Failed):
                            self._fail(message.problem)
                        else:
                            self._receive(message)
            finally:
                process.kill()
        if not self._abandoned:
            self._fail(DigitsError("job.broke-off", kind=Term(f"job.{self.kind}")))

    @property
    def _can_fail(self) -> bool:
        return not self.ended

    def _receive(self, message: object) -> None:
        """Called in the job's thread for each message of the worker."""
        raise NotImplementedError

    def _send(self, message: object) -> None:
        if self._process:
            with self._sending, contextlib.suppress(OSError, ValueError):  # the process has ended
                send(message, self._process.stdin)

    def _fail(self, problem: DigitsError) -> None:
        with self._lock:
            if self._can_fail:
                self.problem, self.phase = problem, FAILED
                self.changes += 1

    def _enter(self, phase: str) -> None:
        """A job that has ended stays as it ended."""
        with self._lock:
            if not self.ended:
                self.phase = phase
                self.changes += 1
