"""The queue of jobs: one runs at a time, in order of arrival.

Gradio has a queue too, but it tells a waiting visitor neither the place nor the reason.
"""

import threading

# A waiting job holds a thread and a connection. Nobody waits for hours: a longer queue is an attack.
MAX_WAITING = 30
# A worker without the turn, paused or waiting to go on, holds its training data, up to 1 GB, and on more than
# four cores its makers (model/makers.py).
MAX_SUSPENDED = 4


class JobQueue:
    """Jobs are any objects, compared by identity or equality. The first one has the turn."""

    def __init__(self):
        self._changed = threading.Condition()
        self._queue: list = []
        self._suspended: list = []  # were paused, the longest ago first; may wait or go on again

    @property
    def is_full(self) -> bool:
        """Whether a new job has to be refused."""
        return len(self._queue) >= MAX_WAITING

    def join(self, job: object) -> None:
        """Adds the job at the end, unless it is in the queue already."""
        with self._changed:
            if job not in self._queue:
                self._queue.append(job)

    def leave(self, job: object) -> None:
        """Removes the job, if it is there."""
        with self._changed:
            if job in self._suspended:
                self._suspended.remove(job)
            if job in self._queue:
                self._queue.remove(job)
                self._changed.notify_all()

    def suspend(self, job: object) -> object | None:
        """Lets others have the turn while the job is paused. Past MAX_SUSPENDED, returns the job paused
        longest, which may be waiting for its turn again: the caller has to stop it."""
        with self._changed:
            self.leave(job)
            self._suspended.append(job)
            without_turn = [one for one in self._suspended if self._queue[:1] != [one]]
            if len(without_turn) <= MAX_SUSPENDED:
                return None
            self._suspended.remove(without_turn[0])
            return without_turn[0]

    def find_position(self, job: object) -> int | None:
        """The number of jobs ahead: 0 has the turn. None if the job is not in the queue."""
        with self._changed:
            return self._queue.index(job) if job in self._queue else None

    def wait_for_turn(self, job: object, seconds: float) -> bool:
        """Waits until the job has its turn; False if that takes longer than `seconds`."""
        with self._changed:
            return self._changed.wait_for(lambda: self._queue[:1] == [job], seconds)
