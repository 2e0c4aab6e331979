"""A loaded network ready to answer: image or drawing in, Prediction out.

A network's softmax says how sure it is; two numbers in its card make that mean something. `temperature`
divides the logits, so that "90 %" is right nine times in ten (Guo et al., "On Calibration of Modern Neural
Networks", 2017). `threshold` is the out-of-distribution score below which the verdict is `unsure`: the
network was taught the uniform distribution for things that are no digit.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from model.calibration import apply_temperature, ood_score
from model.drawing import Drawing
from model.preprocess import preprocess
from model.store import WEIGHTS, load_network

if TYPE_CHECKING:
    import keras

EVEN = (0.1,) * 10  # nothing known: each digit as likely as any other


@dataclass(frozen=True)
class Prediction:
    """digit: 0 to 9, or None unless the verdict is "digit". probabilities: ten floats that sum to 1.
    verdict: "digit", "unsure" (perhaps no digit at all) or "blank" (nothing was drawn)."""

    digit: int | None
    probabilities: tuple[float, ...]
    verdict: str


BLANK = Prediction(None, EVEN, "blank")


class Classifier:
    """A network and its card; `temperature` and `threshold` are taken from the card (1 and 0 if absent)."""

    def __init__(self, network: "keras.Model", card: dict):
        self.network = network
        self.card = card
        self.temperature = float(card.get("temperature", 1.0))
        self.threshold = float(card.get("threshold", 0.0))

    @classmethod
    def load(cls, name: str, folder: Path = WEIGHTS) -> "Classifier":
        """The network of that name ("dense" or "cnn"), warmed: its first answer is as fast as the others.
        Raises model.store.StoreError."""
        classifier = cls(*load_network(folder, name))
        classifier.probabilities(np.zeros((1, 28, 28), np.uint8))
        return classifier

    def read(self, drawing: Drawing) -> Prediction:
        """The prediction for a drawing; "blank" for one without strokes."""
        return BLANK if drawing.is_blank else self.predict(preprocess(drawing)[None])[0]

    def predict(self, images: np.ndarray) -> list[Prediction]:
        """The predictions for images (count, 28, 28) uint8; "blank" for those without ink."""
        found = make_predictions(self.probabilities(images), self.threshold)
        return [one if image.any() else BLANK for one, image in zip(found, images, strict=True)]

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """(count, 10) float64 for images (count, 28, 28) uint8; each row sums to 1."""
        raw = [
            self.network.predict_on_batch(images[i : i + 1000, ..., None])
            for i in range(0, len(images), 1000)
        ]
        return apply_temperature(np.concatenate(raw) if raw else np.zeros((0, 10)), self.temperature)


def make_predictions(probabilities: np.ndarray, threshold: float) -> list[Prediction]:
    """A Prediction for each row of (count, 10) probabilities; `threshold` is of their OOD score."""
    found = []
    for row, sure in zip(probabilities, ood_score(probabilities) >= threshold, strict=True):
        found.append(
            Prediction(
                int(row.argmax()) if sure else None, tuple(row.tolist()), "digit" if sure else "unsure"
            )
        )
    return found
