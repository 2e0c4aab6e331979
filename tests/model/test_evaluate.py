import numpy as np
import pytest

from model.drawing import NO_DIGIT
from model.evaluate import auroc, confusion, expected_calibration_error, score_probabilities


def test_auroc_counts_the_pairs_in_the_right_order_ties_half():
    assert auroc(np.array([3, 2, 1]), np.array([2, 0])) == pytest.approx((2 + 1.5 + 1) / 6)
    assert auroc(np.array([1.0]), np.array([])) is None


def test_auroc_is_what_counting_every_pair_gives(rng):
    positives, negatives = rng.integers(0, 20, 80), rng.integers(0, 15, 60)
    pairs = np.sign(positives[:, None] - negatives[None, :])
    assert auroc(positives, negatives) == pytest.approx((pairs / 2 + 0.5).mean())


def test_calibration_error_is_zero_for_the_honest_and_the_gap_for_the_boastful():
    assert expected_calibration_error(np.full(10, 0.8), np.arange(10) < 8) == pytest.approx(0)
    assert expected_calibration_error(np.full(10, 1.0), np.arange(10) < 8) == pytest.approx(0.2)
    mixed = expected_calibration_error(
        np.repeat([0.95, 0.5], 10), np.r_[np.arange(10) < 8, np.arange(10) < 5]
    )
    assert mixed == pytest.approx(0.15 / 2)


def test_scores_take_digits_and_others_apart():
    probabilities = np.eye(10)[[1, 2, 3, 4]] * 0.5 + 0.05
    probabilities[3] = 0.1
    found = score_probabilities(probabilities, np.array([1, 2, 8, NO_DIGIT]), threshold=0.2)
    assert (found["count"], found["non_digits"]) == (3, 1)
    assert found["accuracy"] == pytest.approx(2 / 3)
    assert found["accuracy_by_digit"]["8"] == 0 and found["accuracy_by_digit"]["5"] is None
    assert (found["refused"], found["non_digits_taken"], found["auroc"]) == (0, 0, 1)


def test_without_non_digits_their_figures_are_null():
    found = score_probabilities(np.eye(10), np.arange(10), threshold=0.5)
    assert found["accuracy"] == 1 and found["auroc"] is None and found["non_digits_taken"] is None


def test_the_confusion_matrix_has_a_row_a_label():
    table = confusion(np.array([1, 7, 7]), np.array([1, 2, NO_DIGIT]))
    assert table[1, 1] == 1 and table[2, 7] == 1 and table.sum() == 2
