"""The process that a training job runs in, so that training never holds up the reading of drawings.

    python -m ui.server.training_worker

It runs at low priority: the page's answers come first. Messages are pickled, both ends being ours. Standard
input: the Settings first, then Probe, Pause or Stop; its end means Stop, so no training outlives the server.
Standard output: each Progress; at last Ended, Trained, and TestSetPredictions for each test set; or Failed.
"""

import contextlib
import os
import pickle
import signal
import sys
import threading
from dataclasses import asdict, dataclass
from typing import BinaryIO

import numpy as np

from model.classifier import Classifier
from model.data import DataError
from model.evaluate import load_images
from model.recipes import HandwritingData, Settings, prepare_data, steps_per_epoch
from model.run import calibrate, rebuild
from model.state import begin
from model.training import fit

# What a trained network is judged on, by the names of model.evaluate.
TEST_SETS = ("mnist-test", "held-out")
# The page reads one drawing at a time, and TensorFlow takes longer to share that out among threads than to
# compute it; a training wants them all.
ONE_THREAD = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
NICENESS = 10  # of 19: gives way to the server, not to everything else on the machine


@dataclass(frozen=True)
class Probe:
    """The image to read as the network learns, (28, 28) uint8, or None."""

    image: np.ndarray | None


@dataclass(frozen=True)
class Pause:
    paused: bool


@dataclass(frozen=True)
class Stop:
    pass


@dataclass(frozen=True)
class Ended:
    """The training is over; its network follows."""


@dataclass(frozen=True)
class Trained:
    """What came out: the network's weights, in Keras' order, and its card."""

    weights: list[np.ndarray]
    card: dict


@dataclass(frozen=True)
class TestSetPredictions:
    """The network on a test set: name, labels (count,) int, probabilities (count, 10) float32."""

    name: str
    labels: np.ndarray
    probabilities: np.ndarray

    @property
    def accuracy(self) -> float:
        return float((self.probabilities.argmax(axis=1) == self.labels).mean())


@dataclass(frozen=True)
class Failed:
    problem: str  # one sentence for the visitor


class Orders:
    """What standard input said last; follows it in a thread."""

    def __init__(self, source: BinaryIO):
        self.image: np.ndarray | None = None
        self.paused, self.stopped = threading.Event(), threading.Event()
        threading.Thread(target=self._follow, args=[source], daemon=True).start()

    def _follow(self, source: BinaryIO) -> None:
        with contextlib.suppress(EOFError):
            while not isinstance(order := pickle.load(source), Stop):
                if isinstance(order, Probe):
                    self.image = order.image
                elif order.paused:
                    self.paused.set()
                else:
                    self.paused.clear()
        self.stopped.set()
        self.paused.clear()  # or its next report, at which it stops, would never come


def send(message: object, target: BinaryIO) -> None:
    pickle.dump(message, target)
    target.flush()


def train(settings: Settings, orders: Orders, answers: BinaryIO) -> None:
    """Trains until done or told to stop."""
    try:
        dataset = prepare_data(settings)
    except (DataError, MemoryError) as error:
        return send(Failed(str(error) or "There is not enough memory for this training."), answers)
    state = begin(settings, settings.epochs * steps_per_epoch(settings, dataset))
    with contextlib.closing(fit(state, settings, dataset, lambda: orders.image, orders.paused)) as reports:
        for progress in reports:
            send(progress, answers)
            if orders.stopped.is_set():  # with the weights of this moment, whichever epoch was the best
                epoch = round(progress.epochs_done, 2)
                break
        else:
            epoch = state.chosen_epoch or state.epochs_done
    send(Ended(), answers)
    network = rebuild(state, settings)
    card = {
        "network": settings.network,
        "parameters": network.count_params(),
        "settings": asdict(settings),
        "epoch": epoch,
    }
    if isinstance(dataset, HandwritingData):
        card |= calibrate(network, dataset)
    send(Trained(network.get_weights(), card), answers)
    for name in TEST_SETS:
        images = load_images(name)
        probabilities = Classifier(network, card).probabilities(images.images).astype(np.float32)
        send(TestSetPredictions(name, images.labels, probabilities), answers)


def begin_work() -> BinaryIO:
    """Makes the process one that works behind the page; returns what its messages are written to."""
    os.nice(NICENESS)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # ends quietly when the server is gone
    for name in ONE_THREAD:
        os.environ.pop(name, None)
    # What libraries print must not get between the messages.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def main() -> None:
    answers = begin_work()
    train(pickle.load(sys.stdin.buffer), Orders(sys.stdin.buffer), answers)


if __name__ == "__main__":
    # Under the name that the other end knows the messages by.
    from ui.server.training_worker import main as run

    run()
