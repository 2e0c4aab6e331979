"""A fine-tuning job: a network learns the hand of one visitor, from its place in the queue to the outcome.

Like a training job (live.py) it works in a process of its own, is followed in a thread, and is only looked at
from the page. It stands in the same queue: one training at a time, whatever is trained.
"""

import contextlib
import pickle
import subprocess
import sys
import threading
from collections.abc import Sequence

import numpy as np

from model.classifier import Classifier
from model.correction import Learning
from model.drawing import Drawing
from model.networks import build_network
from ui.server.job_queue import JobQueue
from ui.server.messages import Failed, Learned, Task, send
from ui.server.training_job import DONE, ENDED, FAILED, GLANCE, PREPARING, ROOT, STOPPED, TRAINING, WAITING
from ui.server.work import LOW_PRIORITY

WORKER = (sys.executable, "-m", "ui.server.fine_tuning_worker")


class FineTuningJob:
    """classifier: whose network learns, and which is left as it is; corrections: what it is to learn;
    worker: the command of the process."""

    def __init__(
        self,
        classifier: Classifier,
        corrections: list[Drawing],
        job_queue: JobQueue,
        worker: Sequence[str] = WORKER,
    ):
        self.corrections = corrections
        self.phase = WAITING
        self.problem = ""  # one sentence, where the phase is FAILED
        self.share = 0.0  # of the job that is done
        self.learned: Learned | None = None
        self.classifier: Classifier | None = (
            None  # that has learned; None also where it has forgotten too much
        )
        self.taken = False  # whether it is in use already
        self._task = Task(classifier.network.get_weights(), classifier.card, corrections)
        self._job_queue, self._worker = job_queue, worker
        self._stopping = threading.Event()
        self._process: subprocess.Popen | None = None
        self._thread = threading.Thread(target=self._go, name="fine-tuning", daemon=True)

    def start(self) -> None:
        self._job_queue.join(self)
        self._thread.start()

    def abandon(self) -> None:
        """Ends it at once; nothing was learned."""
        self._stopping.set()
        if self._process:
            self._process.kill()

    @property
    def ended(self) -> bool:
        return self.phase in ENDED

    @property
    def place(self) -> int:
        """How many come before it in the queue."""
        return self._job_queue.find_place(self) or 0

    def _go(self) -> None:
        try:
            while not self._stopping.is_set() and not self._job_queue.wait_for_turn(self, GLANCE):
                pass
            if not self._stopping.is_set():
                self.phase = PREPARING
                self._follow_worker()
            classifier = self.learned and make_classifier(self.learned)
            if self._stopping.is_set():
                self.learned, self.phase = None, STOPPED
            elif self.learned:
                self.classifier, self.phase = classifier, DONE
            else:
                self._fail("The fine-tuning broke off; the server's log says more.")
        except BaseException:
            self._fail("The fine-tuning broke off because of an error of this program; its log says more.")
            raise
        finally:
            self._job_queue.leave(self)

    def _follow_worker(self) -> None:
        pipe = subprocess.PIPE
        with (
            # The process has ended, perhaps in the middle of a message.
            contextlib.suppress(BrokenPipeError, EOFError, pickle.UnpicklingError),
            subprocess.Popen(
                self._worker, cwd=ROOT, stdin=pipe, stdout=pipe, creationflags=LOW_PRIORITY
            ) as process,
        ):
            self._process = process
            try:
                if self._stopping.is_set():
                    return
                send(self._task, process.stdin)
                while not isinstance(message := pickle.load(process.stdout), Learned | Failed):
                    self._take_in(message)
                if isinstance(message, Learned):
                    self.learned = message
                else:
                    self._fail(message.problem)
            finally:
                process.kill()

    def _take_in(self, progress: Learning) -> None:
        self.share = progress.share
        if self.share:
            self.phase = TRAINING

    def _fail(self, problem: str) -> None:
        if not self.problem:
            self.problem = problem
        self.phase = FAILED


def make_classifier(learned: Learned) -> Classifier | None:
    """The network that has learned, warmed: its first answer is as fast as the others. None if it has
    forgotten too much."""
    if learned.weights is None:
        return None
    network = build_network(learned.card["settings"])
    network.set_weights(learned.weights)
    classifier = Classifier(network, learned.card)
    classifier.probabilities(np.zeros((1, 28, 28), np.uint8))
    return classifier
