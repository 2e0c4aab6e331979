"""Two numbers that make a network's probabilities mean what they say, chosen on writers that it did not
learn from and that no score is reported on.

The temperature divides the logits (Guo et al., "On Calibration of Modern Neural Networks", 2017); the
threshold is the sureness below which a drawing is perhaps no digit.
"""

import numpy as np

from model.classifier import soften, sureness

TEMPERATURES = np.geomspace(0.5, 2.0, 81)
REFUSED_SHARE = 0.01  # of digits: what a visitor will put up with, and most shapes are still told apart


def choose_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The temperature with the least mean cross-entropy of (count, 10) probabilities, labels (count,)."""

    def cross_entropy(temperature: float) -> float:
        given = soften(probabilities, temperature)[np.arange(len(labels)), labels]
        return float(-np.log(np.maximum(given, 1e-12)).mean())

    return float(min(TEMPERATURES, key=cross_entropy))


def choose_threshold(probabilities: np.ndarray) -> float:
    """The threshold that refuses REFUSED_SHARE of these digits' (count, 10) probabilities."""
    return float(np.quantile(sureness(probabilities), REFUSED_SHARE))
