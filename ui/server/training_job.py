"""A training job: one training of a visitor, from its place in the queue to the network that comes out.

A `TrainingJob` trains in a process of its own (training_worker.py). It holds the rows of the curves and what
the network makes of the probe: the drawing on the visitor's pad, read again and again while it learns.
"""

import math
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from model.errors import DigitsError
from model.evaluate import score_probabilities
from model.networks import round_weights
from model.settings import Settings
from model.store import write_card
from model.training import Progress
from ui.server.job import DONE, FAILED, PAUSED, PREPARING, STOPPED, TRAINING, WAITING, Job
from ui.server.job_queue import JobQueue
from ui.server.messages import (
    Ended,
    KerasFile,
    Pause,
    Probe,
    ProbeReading,
    SendWeights,
    Started,
    Stop,
    TestSetPredictions,
    Trained,
    Weights,
)

WORKER = (sys.executable, "-m", "ui.server.training_worker")
WEIGHTS_SECONDS = 0.9  # at least, between two sets of weights; the page asks once a second
MAX_READINGS = 300  # of one drawing over a whole training; a plot cannot show more


class TrainingJob(Job):
    """settings: what is trained and how. probe: returns the (28, 28) uint8 image to read while the network
    learns, or None. most_seconds: the training stops by itself after this time."""

    kind = "training"

    def __init__(
        self,
        settings: Settings,
        job_queue: JobQueue,
        probe: Callable[[], np.ndarray | None],
        most_seconds: float = float("inf"),
        worker: Sequence[str] = WORKER,
    ):
        super().__init__(settings, job_queue, worker)
        self.settings = settings
        self.device = ""  # what it computes on, once that is known
        self.progress: Progress | None = None
        # The page may read both at any time: rows only grow, readings start anew with another drawing.
        self.rows: list[dict] = []
        self.readings: list[tuple[float, tuple[float, ...]]] = []  # epochs done, ten probabilities
        self.predictions: dict[str, TestSetPredictions] = {}  # by the name of the test set
        self._find_image, self._most_seconds = probe, most_seconds
        self._probe = Probe(0, None)
        self._keras_file: bytes | None = None
        self._trained: Trained | None = None
        self._unfinished: Trained | None = None  # as it was in the midst of the training
        self._asked = float("-inf")  # when its weights were asked for

    def stop(self) -> None:
        """Ends the training within a second and keeps what was learned; with nothing learned yet, abandons.

        The phase is STOPPED at once. The worker stops at its next report; only then the job leaves the queue.
        """
        if self.ended:
            return
        if self.has_learned:
            self._ending.set()
            self._send(Stop())
            self._enter(STOPPED)
        else:
            self.abandon()

    def pause(self) -> None:
        """Stands still from the next batch on and lets the next job train. Does nothing unless it trains.

        Paused workers keep their memory, so their number is bounded: the one paused longest is stopped.
        """
        if self.phase == TRAINING:
            self._send(Pause(True))
            self._enter(PAUSED)
            if oldest := self._job_queue.suspend(self):
                oldest.stop()

    def resume(self) -> None:
        """Queues again, and trains on when it has its turn. Does nothing unless it is paused."""
        if self.phase == PAUSED:
            self._job_queue.join(self)
            self._enter(WAITING)
            threading.Thread(target=self._resume_at_turn, name="resume", daemon=True).start()

    @property
    def has_learned(self) -> bool:
        return self.progress is not None and self.progress.step > 0

    @property
    def has_network(self) -> bool:
        """True some time after the end: the network is calibrated first."""
        return self._trained is not None

    @property
    def trained(self) -> Trained | None:
        """The network as it was at the end; None where there is none."""
        return self._trained

    @property
    def newest(self) -> Trained | None:
        """The latest weights that are known: those of the end, or of when somebody asked. Before the end the
        card has "settings" and "epoch" alone."""
        return self._trained or self._unfinished

    def ask_for_weights(self) -> None:
        """Asks for the current weights; `newest` holds them a moment later. Does nothing unless the job
        trains, or if it was asked less than WEIGHTS_SECONDS ago."""
        now = time.monotonic()
        if self.phase == TRAINING and now - self._asked >= WEIGHTS_SECONDS:
            self._asked = now
            self._send(SendWeights())

    @property
    def epoch(self) -> float:
        """How many epochs the network has learned. The recipe may choose an epoch before the last."""
        return self._trained.card["epoch"] if self._trained else self.progress.epochs_done

    def make_card(self) -> dict | None:
        """The card of the network, with its scores; None where there is no network."""
        if not self._trained:
            return None
        card = self._trained.card
        scores = {
            one.name: score_probabilities(one.probabilities, one.labels, card.get("threshold", 0.0))
            for one in list(self.predictions.values())  # the job's thread may be adding one
        }
        return {**card, "scores": scores}

    def save(self, folder: Path) -> tuple[Path, Path]:
        """Writes the network (.keras) and its card (.json) to a folder; returns their paths. Raises OSError,
        and DigitsError if the worker could not write the network."""
        network, card = (folder / f"{self.settings.network}.{ending}" for ending in ("keras", "json"))
        if self._keras_file is None:
            raise DigitsError("training.no-file")
        network.write_bytes(self._keras_file)
        write_card(card, self.make_card(), network)
        return network, card

    def forget_file(self) -> None:
        """Frees the memory of the network's file, up to 1.7 MB. It can no longer be saved."""
        self._keras_file = None

    @property
    def _can_fail(self) -> bool:
        """After its end, too, as long as there is no network: until then nothing is kept."""
        return super()._can_fail or (self.phase != FAILED and self._trained is None)

    def _receive(self, message: object) -> None:
        match message:
            case Started():
                self.device = message.device
            case Progress():
                self._receive_progress(message)
            case ProbeReading():
                self._receive_reading(message)
            case Weights():
                card = {"settings": self.settings.as_dict(), "epoch": message.epochs_done}
                self._unfinished = Trained(round_weights(message.weights), card)
                return  # no part of what `changes` counts
            case Ended():
                self._enter(DONE if self.progress.step == self.progress.steps else STOPPED)
                self._job_queue.leave(self)
            case KerasFile():
                self._keras_file = message.content
                return
            case Trained():
                self._trained = message
            case TestSetPredictions():
                self.predictions[message.name] = message
        self.changes += 1

    def _receive_progress(self, progress: Progress) -> None:
        if self.ended:
            return
        self.progress = progress
        if progress.row:
            self.rows.append(progress.row)
        image = self._find_image()
        if not np.array_equal(image, self._probe.image):
            self.readings, self._probe = [], Probe(self._probe.number + 1, image)
        if self.phase == PREPARING:
            self._enter(TRAINING)
        if self._ending.is_set() or progress.seconds > self._most_seconds:
            self._send(Stop())
        else:
            self._send(self._probe)

    def _receive_reading(self, reading: ProbeReading) -> None:
        if self.ended or reading.number != self._probe.number:  # of the drawing before
            return
        if not all(map(math.isfinite, reading.probabilities)):  # the training is about to break off
            return
        new = reading.epochs_done, reading.probabilities
        same_part = self.readings and self._part(self.readings[-1][0]) == self._part(new[0])
        if same_part:
            self.readings[-1] = new
        else:
            self.readings.append(new)

    def _part(self, epochs_done: float) -> int:
        """Which of MAX_READINGS equal parts of the training."""
        return int(MAX_READINGS * epochs_done / self.settings.epochs)

    def _resume_at_turn(self) -> None:
        if self._wait_for_turn() and self.phase == WAITING:
            self._send(Pause(False))  # before a new Pause, which is possible once the phase is TRAINING
            self._enter(TRAINING)
