"""What belongs to one visitor: the drawing on the pad, the trainings, the network that came out of them.

`Sessions` keeps a `Session` for each tab, through reloads, and frees it some time after the tab was closed.
Gradio starts a new session hash at each page load. A random token tells that two of them are the same tab:
session.js keeps it in the tab and sends it when the page has loaded; the server sends it to nobody. The
length of the queue is all that a visitor sees of the others.
"""

import re
import secrets
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from model.drawing import Drawing, DrawingError
from model.preprocess import preprocess
from ui.server.files import FILES
from ui.server.fine_tuning_job import FineTuningJob
from ui.server.messages import Trained
from ui.server.terminal import TerminalRun
from ui.server.training_job import TrainingJob
from ui.text.words import DEFAULT_LANGUAGE

MAX_EARLIER_RUNS = 3  # trainings to compare the latest with; more curves in a plot cannot be told apart

TOKEN = re.compile("[0-9a-f]{32}")  # 128 random bits cannot be guessed
# Seconds without a page, after which a job is stopped. A reload takes this long on a slow line or a busy
# server.
JOB_GRACE = 45
SESSION_GRACE = 60  # seconds without a page, after which the session is forgotten
TRAINED_GRACE = 30 * 60  # the same where a network would be lost: a screen that is locked drops its page
SWEEP_SECONDS = 1
LOST = ("restarted", "forgotten")
SERVER_START = secrets.token_hex(4)  # tells this start of the server from others
MAX_SESSIONS = 1000  # bounds the memory; past it the session that was silent longest is forgotten
MAX_PAGES = 8  # of one tab that are open, or not yet known to be closed: more is a script


@dataclass(frozen=True)
class PrivateNetwork:
    """A network that is published to one visitor's page alone. description: what the page is told of it;
    addresses: of the files (files.py) that it may fetch."""

    network: Trained
    description: dict
    addresses: tuple[str, ...]

    def unpublish(self) -> None:
        for address in self.addresses:
            FILES.unpublish(address)


@dataclass(eq=False)
class Session:
    """drawing: on the pad, None where the browser sent something else. choice: which network reads it.
    page_language: a name of ui/text, "" until a page has told it.
    own: the network that the visitor trained. training, fine_tuning: the latest job of each kind.
    earlier: trainings before the latest. trained_before: the last one before it that has a network.
    followed: the terminal's run that is shown instead of `training`.
    past: `own` and `choice` before each fine-tuning, for Undo."""

    drawing: Drawing | None = None
    choice: str | None = None
    page_language: str = ""
    own: Trained | None = None
    training: TrainingJob | None = None
    earlier: list[TrainingJob] = field(default_factory=list)
    trained_before: TrainingJob | None = None
    followed: TerminalRun | None = None
    fine_tuning: FineTuningJob | None = None
    past: list[tuple[Trained | None, str]] = field(default_factory=list)
    lost: str = ""  # why the tab's training is gone: "restarted" (the server) or "forgotten" (the session)
    smoothing: float = 0.0  # of the curves
    folder: TemporaryDirectory | None = None  # holds the files to download
    session_hashes: set[str] = field(default_factory=set)  # the open pages that show it
    last_seen: float = 0.0  # when one of them last sent something
    published: dict[str, PrivateNetwork] = field(default_factory=dict)  # to its page, by name
    _image_of: Drawing | None = None
    _image: np.ndarray | None = None

    @property
    def language(self) -> str:
        return self.page_language or DEFAULT_LANGUAGE

    def keep_drawing(self, strokes: object) -> None:
        """strokes: as the browser sent them. What is no drawing may be of any size, and is dropped."""
        try:
            self.drawing = Drawing.parse(strokes)
        except DrawingError:
            self.drawing = None

    def find_image(self) -> np.ndarray | None:
        """The (28, 28) uint8 image of the drawing on the pad, computed once per drawing; None for no ink."""
        drawing = self.drawing
        if drawing is not self._image_of:
            image = preprocess(drawing) if drawing and not drawing.is_blank else None
            self._image_of, self._image = drawing, image
        return self._image

    @property
    def latest_trained(self) -> TrainingJob | None:
        """The latest training that has a network: while another one trains, the one before."""
        if self.training and self.training.has_network:
            return self.training
        return self.trained_before

    @property
    def awaits_network(self) -> bool:
        """Whether the latest training has ended, and its network is still being measured."""
        job = self.training
        return job is not None and job.ended and not (job.is_over or job.has_network)

    @property
    def holds_network(self) -> bool:
        """Whether a network of the visitor's would be lost with the session."""
        learned = self.fine_tuning is not None and self.fine_tuning.learned is not None
        coming = self.training is not None and self.training.has_learned and not self.training.is_over
        return self.own is not None or self.latest_trained is not None or learned or coming

    def save_network(self) -> tuple[Path, Path] | None:
        """The files of the latest network that was trained, and of its card; None if there is none."""
        job = self.latest_trained
        if job is None:
            return None
        if self.folder:
            self.folder.cleanup()
        self.folder = TemporaryDirectory(prefix="digit-sketchpad-")
        return job.save(Path(self.folder.name))

    def begin_training(self, training: TrainingJob) -> None:
        """Makes this job the latest. Abandons the one before: its curves are kept to compare with, and its
        network until there is another one."""
        self.trained_before = self.latest_trained
        if self.training:
            self.training.abandon()
            if self.training.rows:
                self.earlier = [self.training, *self.earlier][:MAX_EARLIER_RUNS]
        for job in self.earlier:
            if job is not self.trained_before:
                job.forget_file()
        self.training, self.followed, self.lost = training, None, ""

    def close(self) -> None:
        """Abandons the jobs and removes the files."""
        for job in (self.training, self.fine_tuning):
            if job:
                job.abandon()
        if self.folder:
            self.folder.cleanup()
        for network in self.published.values():
            network.unpublish()


class Sessions:
    """All sessions. `start` begins to sweep away those of closed tabs.

    when_forgotten: called with each session hash of a session that is forgotten, and the session."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        when_forgotten: Callable[[str, Session], None] = lambda session_hash, session: None,
    ):
        self._clock, self._when_forgotten = clock, when_forgotten
        self._lock = threading.RLock()
        self._by_hash: dict[str, Session] = {}
        self._by_token: dict[str, Session] = {}
        self._logged: set[type] = set()

    def __len__(self) -> int:
        return len(set(self._by_hash.values()))

    def start(self, also: Callable[[], None] = lambda: None) -> None:
        """also: called after each sweep."""
        threading.Thread(target=self._sweep_always, args=[also], name="sweep-sessions", daemon=True).start()

    def arrive(self, session_hash: str, token: object, lost: object = "", language: str = "") -> Session:
        """A page has loaded in the tab that knows the token: it continues that tab's session, if any.

        lost: why the tab's training is gone, where there was one and the session does not know it.
        language: the page's as it loaded. One that was chosen since then wins, also if the choice came before
        this call."""
        known = isinstance(token, str) and TOKEN.fullmatch(token)
        with self._lock:
            session = early = self.find(session_hash)  # the drawing may have come before
            if known and token in self._by_token:
                session = self._by_token[token]
            elif known and early not in self._by_token.values():  # one token per session
                self._by_token[token] = early
            session.session_hashes.add(session_hash)
            if lost in LOST and not (session.training or session.followed):
                session.lost = lost
            session.page_language = early.page_language or language
            if session is not early:
                session.drawing = early.drawing or session.drawing
                session.last_seen = early.last_seen
                self._by_hash[session_hash] = session
                early.session_hashes.discard(session_hash)
                if early not in self._by_hash.values():
                    self._forget({early})
            self._bound_pages(session)
        return session

    def find(self, session_hash: str) -> Session:
        """The session that a page belongs to; a new one if there is none."""
        with self._lock:
            if session_hash not in self._by_hash:
                self._make_room()
                self._by_hash[session_hash] = Session()
            session = self._by_hash[session_hash]
            session.last_seen = self._clock()
            return session

    def is_open(self, session_hash: str) -> bool:
        """Whether this is an open page."""
        with self._lock:
            session = self._by_hash.get(session_hash)
            return session is not None and session_hash in session.session_hashes

    def leave(self, session_hash: str) -> None:
        """The page was closed, or loads again."""
        with self._lock:
            if session := self._by_hash.get(session_hash):
                session.session_hashes.discard(session_hash)
                session.last_seen = self._clock()

    def sweep(self) -> None:
        """Without a page, jobs end after JOB_GRACE, and sessions are forgotten after SESSION_GRACE, or after
        TRAINED_GRACE."""
        now = self._clock()
        with self._lock:
            left = {session for session in self._by_hash.values() if not session.session_hashes}
            over = {session for session in left if now - session.last_seen >= _find_grace(session)}
            self._forget(over)
        for session in left - over:
            if now - session.last_seen >= JOB_GRACE:
                self._attempt(lambda session=session: _end_jobs(session))

    def _sweep_always(self, also: Callable[[], None]) -> None:
        while True:
            time.sleep(SWEEP_SECONDS)
            self._attempt(self.sweep)
            self._attempt(also)

    def _attempt(self, action: Callable[[], None]) -> None:
        """An error in one sweep must not end all that follow. Each kind is logged once."""
        try:
            action()
        except Exception as error:
            if type(error) not in self._logged:
                self._logged.add(type(error))
                traceback.print_exc()

    def _bound_pages(self, session: Session) -> None:
        pages = [key for key in self._by_hash if key in session.session_hashes]  # the oldest first
        for key in pages[:-MAX_PAGES]:
            del self._by_hash[key]
            session.session_hashes.discard(key)
            self._when_forgotten(key, session)

    def _make_room(self) -> None:
        if len(self._by_hash) < MAX_SESSIONS:
            return
        sessions = set(self._by_hash.values())
        if len(sessions) >= MAX_SESSIONS:
            self._forget(
                {min(sessions, key=lambda session: (bool(session.session_hashes), session.last_seen))}
            )

    def _forget(self, sessions: set[Session]) -> None:
        for register in (self._by_hash, self._by_token):
            for key in [key for key, session in register.items() if session in sessions]:
                session = register.pop(key)
                if register is self._by_hash:
                    self._when_forgotten(key, session)
        for session in sessions:
            self._attempt(session.close)


def _find_grace(session: Session) -> float:
    return TRAINED_GRACE if session.holds_network else SESSION_GRACE


def _end_jobs(session: Session) -> None:
    if session.training and not session.training.ended:
        session.training.stop()
    if session.fine_tuning:
        session.fine_tuning.abandon()
