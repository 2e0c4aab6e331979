"""A fine-tuning job: a network learns the corrections of one visitor.

It stands in the same queue as the trainings: one job at a time uses the cores.
"""

import sys
from collections.abc import Sequence

from model.correction import Learning
from model.drawing import Drawing
from ui.server.job import DONE, TRAINING, Job
from ui.server.job_queue import JobQueue
from ui.server.messages import FineTuned, FineTuningTask, Trained

WORKER = (sys.executable, "-m", "ui.server.fine_tuning_worker")


class FineTuningJob(Job):
    """network: what learns; it stays as it is. corrections: drawings with their right labels.

    outcome: what the worker measured, once the job is DONE. learned: the network that came out; None before
    the end, and where it has forgotten too much. taken: whether the session uses it already.
    """

    kind = "fine-tuning"

    def __init__(
        self,
        network: Trained,
        corrections: list[Drawing],
        job_queue: JobQueue,
        worker: Sequence[str] = WORKER,
    ):
        task = FineTuningTask(network.weights, network.card, corrections)
        super().__init__(task, job_queue, worker)
        self.corrections = corrections
        self.share = 0.0  # of the work done, 0 to 1
        self.outcome: FineTuned | None = None
        self.learned: Trained | None = None
        self.taken = False

    def _receive(self, message: Learning | FineTuned) -> None:
        if isinstance(message, Learning):
            self.share = message.share
            if self.share:
                self._enter(TRAINING)
            self.changes += 1
            return
        self._job_queue.leave(self)  # the worker is done; its process only ends
        learned = Trained(message.weights, message.card) if message.weights is not None else None
        with self._lock:
            if not self._ending.is_set():
                self.outcome, self.learned = message, learned
                self._enter(DONE)
