"""The messages between the server and its worker processes, pickled: both ends are ours.

to a training worker       Settings, then Probe, SendWeights, Pause or Stop, in any number
from a training worker     Started; Progress, ProbeReading and Weights, in any number; then Ended, KerasFile,
                           Trained, and one TestSetPredictions for each test set; or Failed
to a fine-tuning worker    FineTuningTask
from a fine-tuning worker  Learning, in any number; then FineTuned; or Failed
"""

import pickle
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from model.drawing import Drawing
from model.errors import DigitsError


@dataclass(frozen=True)
class Probe:
    """The image to read while the network learns, (28, 28) uint8, or None. number: a new one for each."""

    number: int
    image: np.ndarray | None


@dataclass(frozen=True)
class Pause:
    """paused: whether the training stands still from now on."""

    paused: bool


@dataclass(frozen=True)
class SendWeights:
    """Send the weights once, at the next progress report."""


@dataclass(frozen=True)
class Stop:
    """End the training and keep what was learned. The end of the worker's standard input means the same."""


@dataclass(frozen=True)
class Started:
    """The process is up. device: what it computes on, as model.devices.name_device says it."""

    device: str


@dataclass(frozen=True)
class ProbeReading:
    """The network's ten probabilities for the probe of that number."""

    number: int
    epochs_done: float
    probabilities: tuple[float, ...]


@dataclass(frozen=True)
class Weights:
    """The network's weights in the midst of its training, in Keras' order."""

    epochs_done: float
    weights: list[np.ndarray]


@dataclass(frozen=True)
class Ended:
    """The network is trained. It is calibrated next."""


@dataclass(frozen=True)
class KerasFile:
    """The network as a .keras file, so that the server needs no Keras to offer it. None: it could not be
    written."""

    content: bytes | None


@dataclass(frozen=True)
class Trained:
    """The network's weights, in Keras' order, and its card without scores."""

    weights: list[np.ndarray]
    card: dict


@dataclass(frozen=True)
class TestSetPredictions:
    """The network on one test set. labels: (count,) int. probabilities: (count, 10) float32."""

    __test__ = False  # not for pytest

    name: str
    labels: np.ndarray
    probabilities: np.ndarray

    @property
    def accuracy(self) -> float:
        return float((self.probabilities.argmax(axis=1) == self.labels).mean())


@dataclass(frozen=True)
class Failed:
    """problem: for the visitor; the page puts it into words."""

    problem: DigitsError


@dataclass(frozen=True)
class FineTuningTask:
    """A network, as weights and card, and the drawings that it has to learn."""

    weights: list[np.ndarray]
    card: dict
    corrections: list[Drawing]


@dataclass(frozen=True)
class FineTuned:
    """An Outcome of model.correction. weights: None if the old network is kept."""

    before: dict[str, float]
    after: dict[str, float]
    forgotten: tuple[str, ...]
    weights: list[np.ndarray] | None
    card: dict


def send(message: object, stream: BinaryIO) -> None:
    pickle.dump(message, stream)
    stream.flush()


def receive(stream: BinaryIO) -> object:
    """Waits for the next message. Raises EOFError or pickle.UnpicklingError where the other end has ended."""
    return pickle.load(stream)
