"""The queue before the one job that runs at a time, in order of arrival.

Gradio has a queue of its own, but whoever waits in it sees nothing and cannot be told why.
"""

import threading

# Each waits with a thread and an open connection, and nobody waits for hours: more is no queue but an attack.
MAX_WAITING = 30
# Whoever pauses keeps a process with all that it trains on, up to a gigabyte.
MAX_PAUSED = 4
FULL = "Too many are in line already: try again in some minutes."


class JobQueue:
    """Who stands in it is any object; the first one has the turn."""

    def __init__(self):
        self._changed = threading.Condition()
        self._standing: list = []
        self._aside: list = []

    @property
    def is_full(self) -> bool:
        """Whether whoever comes now had better come again later."""
        return len(self._standing) >= MAX_WAITING

    def join(self, who: object) -> None:
        """At the end, unless it is in the queue already."""
        with self._changed:
            if who in self._aside:
                self._aside.remove(who)
            if who not in self._standing:
                self._standing.append(who)

    def leave(self, who: object) -> None:
        """Whether it was in the queue or not."""
        with self._changed:
            if who in self._aside:
                self._aside.remove(who)
            if who in self._standing:
                self._standing.remove(who)
                self._changed.notify_all()

    def step_aside(self, who: object) -> object | None:
        """It leaves the turn to others and will come back. Where too many do so, returns the one that has
        done so the longest, which must come to its end and has left."""
        with self._changed:
            self.leave(who)
            self._aside.append(who)
            return self._aside.pop(0) if len(self._aside) > MAX_PAUSED else None

    def find_place(self, who: object) -> int | None:
        """0: it has the turn; 1: it is the next, and so on. None: it does not is in the queue."""
        with self._changed:
            return self._standing.index(who) if who in self._standing else None

    def wait_for_turn(self, who: object, seconds: float) -> bool:
        """Waits at most so long; True as soon as it has the turn."""
        with self._changed:
            return self._changed.wait_for(lambda: self._standing[:1] == [who], seconds)
