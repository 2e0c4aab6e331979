"""The process that a fine-tuning runs in, so that learning a hand never holds up the reading of drawings.

    python -m ui.server.fine_tuning_worker

It works and talks as worker.py does, at low priority and in pickled messages. On standard input: one Task. On
standard output: each Learning; at last Learned, or Failed.
"""

import pickle
import sys
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from model.classifier import Classifier
from model.correction import Learning, learn_hand, rebuild_network
from model.data import DataError
from model.drawing import Drawing
from ui.server.training_worker import Failed, begin_work, send


@dataclass(frozen=True)
class Task:
    """A network, as its weights and its card, and what it is to learn."""

    weights: list[np.ndarray]
    card: dict
    corrections: list[Drawing]


@dataclass(frozen=True)
class Learned:
    """An Outcome of model.correction, its classifier as weights and card; None if the old one is kept."""

    before: dict[str, float]
    after: dict[str, float]
    forgotten: tuple[str, ...]
    weights: list[np.ndarray] | None
    card: dict


def teach(task: Task, answers: BinaryIO) -> None:
    network = rebuild_network(task.card)
    network.set_weights(task.weights)
    try:
        for report in learn_hand(Classifier(network, task.card), task.corrections):
            if isinstance(report, Learning):
                send(report, answers)
    except (DataError, MemoryError) as error:
        return send(Failed(str(error) or "There is not enough memory to learn your hand."), answers)
    learned = report.classifier
    weights = None if report.forgotten else learned.network.get_weights()
    send(Learned(report.before, report.after, report.forgotten, weights, learned.card), answers)


def main() -> None:
    answers = begin_work()
    teach(pickle.load(sys.stdin.buffer), answers)


if __name__ == "__main__":
    # Under the name that the other end knows the messages by.
    from ui.server.fine_tuning_worker import main as run

    run()
