"""What belongs to one visitor: the drawing on the pad, the runs, the network that was trained.

`Sessions` keeps a `Session` for each tab, through reloads, and frees it a while after the tab was closed.
Gradio starts a new session hash at each page load. A random token tells that two of them are the same tab:
session.js keeps it in the tab and sends it when the page has loaded; the server never sends one to anybody.
No visitor sees anything of another but the length of the queue.
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
from ui.server.fine_tuning_job import FineTuningJob
from ui.server.terminal import TerminalRun
from ui.server.training_job import TrainingJob

# Earlier runs that the curves can be compared with: more would be a tangle.
MOST_EARLIER_RUNS = 3

TOKEN = re.compile("[0-9a-f]{32}")  # 128 random bits: not to be guessed, and nothing shorter is taken
RUN_GRACE = 10  # seconds without a page after which a run is stopped; what it learned is kept
SESSION_GRACE = 60  # seconds without a page after which all is forgotten, answers that were not fetched too
SWEEP_SECONDS = 1
# A bound for the memory that strangers can take up. Past it, who was silent longest is forgotten.
MAX_SESSIONS = 1000


@dataclass(eq=False)
class Session:
    """drawing: what is on the pad, None where the browser sent something else; choice: the network that reads
    it; own: the Classifier of the network that the visitor trained; run: the latest; earlier: those before
    it; following: the run of the terminal that is looked at instead."""

    drawing: Drawing | None = None
    choice: str | None = None
    own: Classifier | None = None
    run: TrainingJob | None = None
    earlier: list[TrainingJob] = field(default_factory=list)
    following: TerminalRun | None = None
    fine_tuning: FineTuningJob | None = None  # the latest
    # The own network and the choice before each fine_tuning, for Undo.
    past: list[tuple[Classifier | None, str]] = field(default_factory=list)
    smoothing: float = 0.0
    folder: TemporaryDirectory | None = None  # of the files to download
    session_hashes: set[str] = field(default_factory=set)  # the pages that show it now
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

    def take_up(self, run: TrainingJob) -> None:
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
        if self.fine_tuning:
            self.fine_tuning.abandon()
        if self.folder:
            self.folder.cleanup()


class Sessions:
    """All that there are. `start` begins to sweep away those that nobody looks at any more.

    when_forgotten: called with each session_hash of a session that is swept away, and the session."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        when_forgotten: Callable[[str, Session], None] = lambda session_hash, session: None,
    ):
        self._clock, self._when_forgotten = clock, when_forgotten
        self._lock = threading.RLock()
        self._by_hash: dict[str, Session] = {}
        self._by_token: dict[str, Session] = {}

    def __len__(self) -> int:
        return len(set(self._by_hash.values()))

    def start(self, also: Callable[[], None] = lambda: None) -> None:
        """also: is called after each sweep."""
        threading.Thread(target=self._sweep_always, args=[also], name="sweep-sessions", daemon=True).start()

    def arrive(self, session_hash: str, token: object) -> Session:
        """A page has loaded in the tab that knows the token: it goes on with that tab's session, if any."""
        known = isinstance(token, str) and TOKEN.fullmatch(token)
        with self._lock:
            session = early = self.find(session_hash)  # the drawing may have come before
            if known and token in self._by_token:
                session = self._by_token[token]
            elif known and early not in self._by_token.values():  # one token a session
                self._by_token[token] = early
            session.session_hashes.add(session_hash)
            if session is not early:
                session.drawing, session.heard = early.drawing, early.heard
                self._by_hash[session_hash] = session
                early.session_hashes.discard(session_hash)
                if early not in self._by_hash.values():
                    self._forget({early})
        return session

    def find(self, session_hash: str) -> Session:
        """The session that a page belongs to, begun if it is new."""
        with self._lock:
            if session_hash not in self._by_hash:
                self._make_room()
                self._by_hash[session_hash] = Session()
            session = self._by_hash[session_hash]
            session.heard = self._clock()
            return session

    def is_open(self, session_hash: str) -> bool:
        """Whether it is a page that somebody looks at."""
        with self._lock:
            session = self._by_hash.get(session_hash)
            return session is not None and session_hash in session.session_hashes

    def leave(self, session_hash: str) -> None:
        """The page was closed, or loads again."""
        with self._lock:
            if session := self._by_hash.get(session_hash):
                session.session_hashes.discard(session_hash)
                session.heard = self._clock()

    def sweep(self) -> None:
        """Stops the runs that nobody has looked at for a while, and forgets the sessions of closed tabs."""
        now = self._clock()
        with self._lock:
            left = {session for session in self._by_hash.values() if not session.session_hashes}
            over = {session for session in left if now - session.heard >= SESSION_GRACE}
            self._forget(over)
        for session in left - over:
            if session.run and not session.run.ended and now - session.heard >= RUN_GRACE:
                session.run.stop()
            if session.fine_tuning and now - session.heard >= RUN_GRACE:
                session.fine_tuning.abandon()

    def _sweep_always(self, also: Callable[[], None]) -> None:
        while True:
            time.sleep(SWEEP_SECONDS)
            self.sweep()
            also()

    def _make_room(self) -> None:
        sessions = set(self._by_hash.values())
        if len(sessions) >= MAX_SESSIONS:
            self._forget({min(sessions, key=lambda session: (bool(session.session_hashes), session.heard))})

    def _forget(self, sessions: set[Session]) -> None:
        for register in (self._by_hash, self._by_token):
            for key in [key for key, session in register.items() if session in sessions]:
                session = register.pop(key)
                if register is self._by_hash:
                    self._when_forgotten(key, session)
        for session in sessions:
            session.close()


class QueueCleaner:
    """Makes Gradio's queue forget sessions that nobody fetches answers for.

    Gradio keeps the pending messages and event ids of every session that ever asked, and each call of the API
    is a session. The ids grow without end, and Gradio's 2,000-entry LRU then evicts the queue of a page in
    use. `sweep` drops what belongs to sessions without an open page or a running event for a while.

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
        for session_hash, since in self._idle_since.items():
            if now - since >= SESSION_GRACE:
                mailboxes.pop(session_hash, None)
                events.pop(session_hash, None)
