"""What the server and its worker processes tell each other, pickled: both ends are ours.

To a training worker: the Settings first, then Probe, Pause or Stop. From it: each Progress, with a
ProbeReading where there is something to read; at last Ended, Trained, and TestSetPredictions for each test
set; or Failed.
To a fine-tuning worker: one Task. From it: each Learning; at last Learned, or Failed.
"""

import pickle
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from model.drawing import Drawing


@dataclass(frozen=True)
class Probe:
    """The image to read as the network learns, (28, 28) uint8, or None. number: tells it from others."""

    number: int
    image: np.ndarray | None


@dataclass(frozen=True)
class Pause:
    paused: bool


@dataclass(frozen=True)
class Stop:
    pass


@dataclass(frozen=True)
class ProbeReading:
    """What the network makes of the probe of that number after so many epochs: ten probabilities."""

    number: int
    epochs_done: float
    probabilities: tuple[float, ...]


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

    __test__ = False  # not for pytest

    name: str
    labels: np.ndarray
    probabilities: np.ndarray

    @property
    def accuracy(self) -> float:
        return float((self.probabilities.argmax(axis=1) == self.labels).mean())


@dataclass(frozen=True)
class Failed:
    problem: str  # one sentence for the visitor


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


def send(message: object, target: BinaryIO) -> None:
    pickle.dump(message, target)
    target.flush()
