"""What makes a network's probabilities mean what they say: temperature, out-of-distribution score, threshold.

The temperature divides the logits (Guo et al., "On Calibration of Modern Neural Networks", 2017). The
threshold is the out-of-distribution score below which a drawing is perhaps no digit. Both are chosen on the
validation data of the recipe `handwriting`. The constants below shift them for people of institutions that no
training saw. Probabilities are (count, 10), labels (count,).
"""

import numpy as np

TEMPERATURES = np.geomspace(0.5, 2.0, 81)
# The best temperature for the digits of institutions that were left out, divided by that for validation
# writers, by network: wrong labels among these make it too high for `cnn` (docs/experiments.md).
TEMPERATURE_FACTOR = {"dense": 1.0, "cnn": 0.86}
OOD_TEMPERATURE = 2.0  # at which `ood_score` looks at probabilities
# Shares of the validation digits, so that at most 1.5 % of the clean digits of institutions that were left
# out are refused (docs/experiments.md).
REFUSED_SHARE = {"dense": 0.0075, "cnn": 0.0055}


def apply_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Softmax outputs (count, 10) as if the logits had been divided by the temperature; float64."""
    powered = np.maximum(np.asarray(probabilities, np.float64), 1e-30) ** (1 / temperature)
    return powered / powered.sum(axis=1, keepdims=True)


def ood_score(probabilities: np.ndarray) -> np.ndarray:
    """The out-of-distribution score, higher for what looks more like a digit. (count,), from 0.1 to 1.

    It is the highest probability at twice the temperature (Liang et al., "Enhancing the reliability of
    out-of-distribution image detection in neural networks", 2018). At temperature 1 a digit between two
    classes scores below a weakly digit-like shape, so a threshold rejects the wrong one. Figures are in
    docs/experiments.md.
    """
    return apply_temperature(probabilities, OOD_TEMPERATURE).max(axis=1)


def calibrate(probabilities: np.ndarray, labels: np.ndarray, network: str) -> dict[str, float]:
    """The temperature and the threshold for a card, by a network's probabilities of validation digits.
    network: its name, "dense" or "cnn"."""
    temperature = choose_temperature(probabilities, labels) * TEMPERATURE_FACTOR[network]
    threshold = choose_threshold(apply_temperature(probabilities, temperature), REFUSED_SHARE[network])
    return {"temperature": temperature, "threshold": threshold}


def choose_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The temperature with the least mean cross-entropy."""

    def cross_entropy(temperature: float) -> float:
        given = apply_temperature(probabilities, temperature)[np.arange(len(labels)), labels]
        return float(-np.log(np.maximum(given, 1e-12)).mean())

    return float(min(TEMPERATURES, key=cross_entropy))


def choose_threshold(probabilities: np.ndarray, share: float) -> float:
    """The threshold that refuses this share of these digits."""
    return float(np.quantile(ood_score(probabilities), share))
