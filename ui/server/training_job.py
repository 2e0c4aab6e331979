"""A training job: one training of a visitor, from its place in the queue to the network that came out of it.

`TrainingJob` trains in a process of its own (training_worker.py), follows it in a thread, and the page only
looks at it: its phase, the rows of its history, the probe's readings. A slow connection or a closed tab
therefore never holds a training up.
"""

import contextlib
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from model.classifier import Classifier
from model.evaluate import score_probabilities
from model.networks import build_network
from model.recipes import Settings
from model.store import save_network
from model.training import Progress
from ui.server.job_queue import JobQueue
from ui.server.messages import (
    Ended,
    Failed,
    Pause,
    Probe,
    ProbeReading,
    Stop,
    TestSetPredictions,
    Trained,
    send,
)
from ui.server.work import LOW_PRIORITY

ROOT = Path(__file__).parents[2]
WORKER = (sys.executable, "-m", "ui.server.training_worker")
# How soon a run that waits in the queue notices that it was stopped, in seconds.
GLANCE = 0.2

WAITING, PREPARING, TRAINING, PAUSED = "waiting", "preparing", "training", "paused"
DONE, STOPPED, FAILED = "done", "stopped", "failed"
ENDED = (DONE, STOPPED, FAILED)


class TrainingJob:
    """settings: what is trained and how; probe: gives the (28, 28) uint8 image to read as it learns, or None;
    most_seconds: after so long it stops by itself; worker: the command of the process that trains."""

    def __init__(
        self,
        settings: Settings,
        job_queue: JobQueue,
        probe: Callable[[], np.ndarray | None],
        most_seconds: float = float("inf"),
        worker: Sequence[str] = WORKER,
    ):
        self.settings = settings
        self.phase = WAITING
        self.problem = ""  # one sentence, where the phase is FAILED
        # Both only grow, so that the page may read them at any time. Another drawing begins new readings.
        self.rows: list[dict] = []
        self.readings: list[tuple[float, tuple[float, ...]]] = []
        self.progress: Progress | None = None
        self.changes = 0  # counts whatever a page could show
        self._job_queue, self._probe, self._most_seconds, self._worker = (
            job_queue,
            probe,
            most_seconds,
            worker,
        )
        self._probed = Probe(0, None)
        self._stopping = threading.Event()
        self._process: subprocess.Popen | None = None
        self._telling = threading.Lock()
        self.predictions: dict[str, TestSetPredictions] = {}  # by the name of the test set
        self._trained: Trained | None = None
        self._thread = threading.Thread(target=self._go, name="run", daemon=True)

    def start(self) -> None:
        self._job_queue.join(self)
        self._thread.start()

    def stop(self) -> None:
        """Ends the run within a second; what was learned so far is kept."""
        self._stopping.set()
        if self.rows:
            # Ended for whoever looks at it. The worker follows at its next report; then the turn is free.
            self._tell(Stop())
            if not self.ended:
                self._turn_to(STOPPED)
        else:
            self.abandon()  # it is still getting ready, and has nothing to keep

    def abandon(self) -> None:
        """Ends the run at once, and does without its network."""
        self._stopping.set()
        if self._process:
            self._process.kill()

    def pause(self) -> None:
        """Stands still from the next batch on, and leaves the turn to others. Too many cannot stand still at
        once: then the run that was paused first is stopped, and what it learned is kept."""
        if self.phase == TRAINING:
            self._tell(Pause(True))
            self._turn_to(PAUSED)
            if first := self._job_queue.step_aside(self):
                first.stop()

    def resume(self) -> None:
        """Goes on where it paused, when it has its turn again."""
        if self.phase == PAUSED:
            self._job_queue.join(self)
            self._turn_to(WAITING)
            threading.Thread(target=self._go_on, name="resume", daemon=True).start()

    @property
    def ended(self) -> bool:
        return self.phase in ENDED

    @property
    def has_network(self) -> bool:
        """Which comes a little after the end: it is calibrated first."""
        return self._trained is not None

    @property
    def epoch(self) -> float:
        """How many epochs the network has learned, which may be fewer than it was trained for: the recipe
        may choose an earlier epoch."""
        return self._trained.card["epoch"] if self._trained else self.progress.epochs_done

    @property
    def is_over(self) -> bool:
        """Nothing will change any more."""
        return self.ended and not self._thread.is_alive()

    @property
    def place(self) -> int:
        """How many runs come before this one."""
        return self._job_queue.find_place(self) or 0

    def make_classifier(self) -> Classifier | None:
        """The network as it was when the run ended; None where there is none."""
        if not self._trained:
            return None
        network = build_network(self.settings.as_dict())
        network.set_weights(self._trained.weights)
        return Classifier(network, self._trained.card)

    def make_card(self) -> dict | None:
        """What is known of the network: how it came to be, its scores. None where there is no network."""
        if not self._trained:
            return None
        card = self._trained.card
        scores = {
            one.name: score_probabilities(one.probabilities, one.labels, card.get("threshold", 0.0))
            for one in self.predictions.values()
        }
        return {**card, "scores": scores}

    def save(self, folder: Path) -> tuple[Path, Path]:
        """Writes the network (.keras) and its card (.json) to a folder; returns their paths."""
        name = self.settings.network
        save_network(folder, name, self.make_classifier().network, self.make_card())
        return folder / f"{name}.keras", folder / f"{name}.json"

    def _go(self) -> None:
        try:
            if self._wait_for_turn():
                self._turn_to(PREPARING)
                self._train()
            if not self.ended:
                self._turn_to(STOPPED)
        except BaseException:
            self._fail("The training broke off because of an error of this program; its log says more.")
            raise
        finally:
            self._job_queue.leave(self)

    def _train(self) -> None:
        pipe = subprocess.PIPE
        with (
            contextlib.suppress(BrokenPipeError),  # what a process that has ended was still to be told
            subprocess.Popen(
                self._worker, cwd=ROOT, stdin=pipe, stdout=pipe, creationflags=LOW_PRIORITY
            ) as process,
        ):
            self._process = process
            try:
                if self._stopping.is_set():
                    return
                self._tell(self.settings)
                # It has ended, perhaps in the middle of a message.
                with contextlib.suppress(EOFError, pickle.UnpicklingError):
                    while True:
                        self._take_in(pickle.load(process.stdout))
            finally:
                process.kill()
        if not self.ended and not self._stopping.is_set():
            self._fail("The training broke off; the server's log says more.")

    def _take_in(
        self, message: Progress | ProbeReading | Ended | Trained | TestSetPredictions | Failed
    ) -> None:
        if isinstance(message, ProbeReading):
            if message.number == self._probed.number:  # or it is of the drawing before
                self.readings.append((message.epochs_done, message.probabilities))
                self.changes += 1
        elif isinstance(message, Trained):
            self._trained = message
            self.changes += 1
        elif isinstance(message, TestSetPredictions):
            self.predictions[message.name] = message
            self.changes += 1
        elif isinstance(message, Ended):
            if not self.ended:
                self._turn_to(DONE if self.progress.step == self.progress.steps else STOPPED)
            self._job_queue.leave(self)
        elif isinstance(message, Failed):
            self._fail(message.problem)
        else:
            self._take_in_progress(message)

    def _take_in_progress(self, progress: Progress) -> None:
        if self.ended:
            return
        self.progress = progress
        if progress.row:
            self.rows.append(progress.row)
        image = self._probe()
        if not np.array_equal(image, self._probed.image):
            self.readings, self._probed = [], Probe(self._probed.number + 1, image)
        if self.phase == PREPARING:
            self.phase = TRAINING
        self.changes += 1
        if self._stopping.is_set() or progress.seconds > self._most_seconds:
            self._tell(Stop())
        else:
            self._tell(self._probed)

    def _tell(self, order: object) -> None:
        if self._process:
            # The lock: two threads' messages must not mix. The errors: the process has ended already.
            with self._telling, contextlib.suppress(OSError, ValueError):
                send(order, self._process.stdin)

    def _go_on(self) -> None:
        if self._wait_for_turn() and self.phase == WAITING:
            self._turn_to(TRAINING)
            self._tell(Pause(False))

    def _wait_for_turn(self) -> bool:
        """False if it was stopped before."""
        while not self._stopping.is_set():
            if self._job_queue.wait_for_turn(self, GLANCE):
                return not self._stopping.is_set()
        return False

    def _fail(self, problem: str) -> None:
        self.problem = problem
        self._turn_to(FAILED)

    def _turn_to(self, phase: str) -> None:
        self.phase = phase
        self.changes += 1


def name_differences(settings: Settings, other: Settings) -> str:
    """What sets `other` apart from `settings`, in a few words: "cnn, batch size 256"."""
    mine, theirs = asdict(settings), asdict(other)
    named = [_name_setting(key, value) for key, value in theirs.items() if mine[key] != value]
    return ", ".join(named) or "same settings"


def _name_setting(key: str, value: object) -> str:
    if isinstance(value, bool):
        return key if value else f"no {key}"
    return value if isinstance(value, str) else f"{key.replace('_', ' ')} {value:g}"
