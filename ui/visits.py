"""What belongs to one visitor: the drawing on the pad, the run that goes on, the runs before it, the network.

`Visits` keeps a `Visit` for each tab, through reloads, and frees it a while after the tab was closed. Each
loading of the page is a session of Gradio; what tells that two of them are the same tab is a random token,
which visit.js keeps in the tab and sends when the page has loaded. The server never sends one to anybody. No
visitor sees anything of another but the length of the line. `Mailboxes` frees what Gradio keeps of sessions.
"""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from gradio.queueing import Queue

from model.classifier import Classifier
from model.drawing import Drawing, DrawingError
from model.preprocess import preprocess
from ui.lesson import Lesson
from ui.live import LiveRun
from ui.terminal import TerminalRun

# Earlier runs that the curves can be compared with: more would be a tangle.
MOST_EARLIER_RUNS = 3

TOKEN = re.compile("[0-9a-f]{32}")  # 128 random bits: not to be guessed, and nothing shorter is taken
RUN_GRACE = 10  # seconds without a page after which a run is stopped; what it learned is kept
VISIT_GRACE = 60  # seconds without a page after which all is forgotten, answers that were not fetched too
SWEEP_SECONDS = 1
# A bound for the memory that strangers can take up. Past it, who was silent longest is forgotten.
MOST_VISITS = 1000


@dataclass(eq=False)
class Visit:
    """drawing: what is on the pad, None where the browser sent something else; choice: the network that reads
    it; own: the Classifier of the network that the visitor trained; run: the latest; earlier: those before
    it; following: the run of the terminal that is looked at instead."""

    drawing: Drawing | None = None
    choice: str | None = None
    own: Classifier | None = None
    run: LiveRun | None = None
    earlier: list[LiveRun] = field(default_factory=list)
    following: TerminalRun | None = None
    lesson: Lesson | None = None  # the latest
    # The own network and the choice before each lesson, for Undo.
    past: list[tuple[Classifier | None, str]] = field(default_factory=list)
    smoothing: float = 0.0
    folder: TemporaryDirectory | None = None  # of the files to download
    sessions: set[str] = field(default_factory=set)  # the pages that show it now
    heard: float = 0.0  # when something came from one of them
    _seen: tuple = (None, None)

    def keep_drawing(self, strokes: object) -> None:
        """strokes: as the browser sent them. What is no drawing, and may be of any size, is not kept."""
        try:
            self.drawing = Drawing.parse(strokes)
        except DrawingError:
            self.drawing = None

    def find_image(self) -> np.ndarray | None:
        """The (28, 28) image of the drawing on the pad; None if there is none."""
        drawing, image = self._seen
        if drawing is not self.drawing:
            drawing = self.drawing
            image = preprocess(drawing) if drawing and not drawing.is_blank else None
            self._seen = drawing, image
        return image

    def save_network(self) -> tuple[Path, Path] | None:
        """The files of the latest run's network and card; None if it has none."""
        if not self.run or not self.run.has_network:
            return None
        if self.folder:
            self.folder.cleanup()
        self.folder = TemporaryDirectory(prefix="digit-sketchpad-")
        return self.run.save(Path(self.folder.name))

    def take_up(self, run: LiveRun) -> None:
        """Makes `run` the latest. The one before is ended, and its rows are kept to compare with."""
        if self.run:
            self.run.abandon()
            if self.run.rows:
                self.earlier = [self.run, *self.earlier][:MOST_EARLIER_RUNS]
        self.run, self.following = run, None

    def close(self) -> None:
        """Ends the run, and removes the files."""
        if self.run:
            self.run.abandon()
        if self.lesson:
            self.lesson.abandon()
        if self.folder:
            self.folder.cleanup()


class Visits:
    """All that there are. `start` begins to sweep away those that nobody looks at any more.

    when_forgotten: called with each session of a visit that is swept away, and the visit."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        when_forgotten: Callable[[str, Visit], None] = lambda session, visit: None,
    ):
        self._clock, self._when_forgotten = clock, when_forgotten
        self._lock = threading.RLock()
        self._of_session: dict[str, Visit] = {}
        self._of_token: dict[str, Visit] = {}

    def __len__(self) -> int:
        return len(set(self._of_session.values()))

    def start(self, also: Callable[[], None] = lambda: None) -> None:
        """also: is called after each sweep."""
        threading.Thread(target=self._sweep_always, args=[also], name="sweep-visits", daemon=True).start()

    def arrive(self, session: str, token: object) -> Visit:
        """A page has loaded in the tab that knows the token: it goes on with that tab's visit, if any."""
        known = isinstance(token, str) and TOKEN.fullmatch(token)
        with self._lock:
            visit = early = self.find(session)  # the drawing may have come before
            if known and token in self._of_token:
                visit = self._of_token[token]
            elif known and early not in self._of_token.values():  # one token a visit
                self._of_token[token] = early
            visit.sessions.add(session)
            if visit is not early:
                visit.drawing, visit.heard = early.drawing, early.heard
                self._of_session[session] = visit
                early.sessions.discard(session)
                if early not in self._of_session.values():
                    self._forget({early})
        return visit

    def find(self, session: str) -> Visit:
        """The visit that a page belongs to, begun if it is new."""
        with self._lock:
            if session not in self._of_session:
                self._make_room()
                self._of_session[session] = Visit()
            visit = self._of_session[session]
            visit.heard = self._clock()
            return visit

    def is_open(self, session: str) -> bool:
        """Whether it is a page that somebody looks at."""
        with self._lock:
            visit = self._of_session.get(session)
            return visit is not None and session in visit.sessions

    def leave(self, session: str) -> None:
        """The page was closed, or loads again."""
        with self._lock:
            if visit := self._of_session.get(session):
                visit.sessions.discard(session)
                visit.heard = self._clock()

    def sweep(self) -> None:
        """Stops the runs that nobody has looked at for a while, and forgets the visits of closed tabs."""
        now = self._clock()
        with self._lock:
            left = {visit for visit in self._of_session.values() if not visit.sessions}
            over = {visit for visit in left if now - visit.heard >= VISIT_GRACE}
            self._forget(over)
        for visit in left - over:
            if visit.run and not visit.run.ended and now - visit.heard >= RUN_GRACE:
                visit.run.stop()
            if visit.lesson and now - visit.heard >= RUN_GRACE:
                visit.lesson.abandon()

    def _sweep_always(self, also: Callable[[], None]) -> None:
        while True:
            time.sleep(SWEEP_SECONDS)
            self.sweep()
            also()

    def _make_room(self) -> None:
        visits = set(self._of_session.values())
        if len(visits) >= MOST_VISITS:
            self._forget({min(visits, key=lambda visit: (bool(visit.sessions), visit.heard))})

    def _forget(self, visits: set[Visit]) -> None:
        for register in (self._of_session, self._of_token):
            for key in [key for key, visit in register.items() if visit in visits]:
                visit = register.pop(key)
                if register is self._of_session:
                    self._when_forgotten(key, visit)
        for visit in visits:
            visit.close()


class Mailboxes:
    """Makes Gradio's queue forget whose answers nobody will fetch any more.

    It keeps a mailbox for each session that ever asked, and each call of the API is a session: the list of
    their events grows without end, and as the two-thousandth mailbox is made the oldest goes, though it be of
    a page that somebody draws on. `sweep` takes away those of sessions that have had no open page and no
    event under way for a while.

    queue: finds the queue, which Gradio makes anew before it serves. is_open: whether a session has a page.
    """

    def __init__(
        self,
        queue: Callable[[], Queue],
        is_open: Callable[[str], bool],
        clock: Callable[[], float] = time.monotonic,
    ):
        self._queue, self._is_open, self._clock = queue, is_open, clock
        self._idle_since: dict[str, float] = {}

    def sweep(self) -> None:
        queue, now = self._queue(), self._clock()
        mailboxes, events = queue.pending_messages_per_session, queue.pending_event_ids_session
        busy = {event.session_hash for event in list(queue.event_ids_to_events.values())}
        idle = [one for one in {*list(mailboxes), *list(events)} - busy if not self._is_open(one)]
        self._idle_since = {one: self._idle_since.get(one, now) for one in idle}
        for session, since in self._idle_since.items():
            if now - since >= VISIT_GRACE:
                mailboxes.pop(session, None)
                events.pop(session, None)
