"""Loss and accuracy, worked out by hand."""

import numpy as np
import pytest

from model.drawing import NO_DIGIT
from model.state import digit_accuracy, divergence


def test_the_loss_is_cross_entropy_and_nought_for_the_even_distribution_where_there_is_no_digit():
    probabilities = np.array([[0.55, *[0.05] * 9], [0.55, *[0.05] * 9], [0.1] * 10], np.float32)
    losses = np.asarray(divergence(np.array([0, NO_DIGIT, NO_DIGIT], np.uint8), probabilities))
    even = 0.1 * (np.log(0.1 / 0.55) + 9 * np.log(0.1 / 0.05))
    assert losses == pytest.approx([-np.log(0.55), even, 0], rel=1e-5, abs=1e-6)


def test_accuracy_counts_digits_only():
    probabilities = np.eye(10, dtype=np.float32)[[3, 4, 5]]
    assert float(digit_accuracy(np.array([3, 0, NO_DIGIT], np.uint8), probabilities)) == 0.5
