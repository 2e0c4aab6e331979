"""A fine-tuning job: a network learns the corrections of one visitor.

It stands in the same queue as the trainings: one job at a time uses the cores.
"""

import sys
from collections.abc import Sequence

import numpy as np

from model.classifier import Classifier
from model.correction import Learning
from model.drawing import Drawing
from model.networks import build_network
from ui.server.job import DONE, TRAINING, Job
from ui.server.job_queue import JobQueue
from ui.server.messages import FineTuned, FineTuningTask

WORKER = (sys.executable, "-m", "ui.server.fine_tuning_worker")


class FineTuningJob(Job):
    """classifier: whose network learns; it stays as it is. corrections: drawings with their right labels.

    outcome: what the worker measured, once the job is DONE. classifier: the one that has learned; None before
    the end, and where it has forgotten too much. taken: whether the session uses it already.
    """

    kind = "fine-tuning"

    def __init__(
        self,
        classifier: Classifier,
        corrections: list[Drawing],
        job_queue: JobQueue,
        worker: Sequence[str] = WORKER,
    ):
        task = FineTuningTask(classifier.network.get_weights(), classifier.card, corrections)
        super().__init__(task, job_queue, worker)
        self.corrections = corrections
        self.share = 0.0  # of the work done, 0 to 1
        self.outcome: FineTuned | None = None
        self.classifier: Classifier | None = None
        self.taken = False

    def _receive(self, message: Learning | FineTuned) -> None:
        if isinstance(message, Learning):
            self.share = message.share
            if self.share:
                self._enter(TRAINING)
            self.changes += 1
            return
        self._job_queue.leave(self)  # the worker is done; its process only ends
        classifier = make_classifier(message)
        with self._lock:
            if not self._ending.is_set():
                self.outcome, self.classifier = message, classifier
                self._enter(DONE)


def make_classifier(outcome: FineTuned) -> Classifier | None:
    """The network that has learned, warmed up: its first answer is as fast as the next. None if it has
    forgotten too much."""
    if outcome.weights is None:
        return None
    network = build_network(outcome.card["settings"])
    network.set_weights(outcome.weights)
    classifier = Classifier(network, outcome.card)
    classifier.probabilities(np.zeros((1, 28, 28), np.uint8))
    return classifier
