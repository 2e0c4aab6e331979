"""Learning one hand, on real digits of a writer that no network was trained on, bent far over."""

import numpy as np
import pytest

from model import correction
from model.classifier import Classifier
from model.correction import (
    MAX_COPIES_A_BATCH,
    STEPS_A_ROUND,
    VALIDATION,
    FineTuningData,
    Learning,
    learn_hand,
)
from model.datasets import by_writers
from model.drawing import NO_DIGIT, Drawing
from model.evaluate import TEST_SETS
from model.preprocess import Paths, preprocess_all
from model.recipes import Shard
from model.settings import choose_settings

FLAT = np.array([[1.0, -1.0], [0.0, 0.7]])  # leans by 55°: a hand that is often misread


@pytest.fixture(scope="module")
def hand(held_out):
    return [
        Drawing(tuple(stroke @ FLAT.T for stroke in drawing.strokes), drawing.label)
        for drawing in by_writers(held_out, [25])
    ]


@pytest.fixture(scope="module")
def classifier():
    return Classifier.load("dense")


@pytest.fixture(scope="module")
def misread(classifier, hand):
    read = classifier.predict(preprocess_all(Paths.of(hand)))
    wrong = [
        drawing for drawing, prediction in zip(hand, read, strict=True) if prediction.digit != drawing.label
    ]
    assert len(wrong) > 20
    return wrong


@pytest.fixture(scope="module")
def fine_tuning(classifier, misread):
    """The reports of a fine-tuning on ten misread digits, and the weights that came in, as they were."""
    before = classifier.network.get_weights()
    return list(learn_hand(classifier, misread[:10])), before


def share_right(classifier, drawings):
    predictions = classifier.predict(preprocess_all(Paths.of(drawings)))
    return np.mean([one.digit == drawing.label for one, drawing in zip(predictions, drawings, strict=True)])


def test_ten_corrections_are_learned_and_help_with_the_other_digits_of_that_hand(fine_tuning, misread):
    outcome = fine_tuning[0][-1]
    assert outcome.before["corrections"] == 0
    assert outcome.after["corrections"] >= 0.8
    assert share_right(outcome.classifier, misread[10:]) > 0.2  # all of these were misread before


def test_others_are_not_forgotten(fine_tuning):
    outcome = fine_tuning[0][-1]
    assert outcome.forgotten == ()
    for name in (*VALIDATION, *TEST_SETS):
        assert outcome.after[name] > 0.95
    for name in VALIDATION:
        assert outcome.after[name] >= outcome.before[name] - correction.MAX_ACCURACY_LOST


def test_the_network_that_came_in_is_left_as_it_was(fine_tuning, classifier):
    reports, before = fine_tuning
    learned = reports[-1].classifier
    assert learned is not classifier
    for old, now in zip(before, classifier.network.get_weights(), strict=True):
        np.testing.assert_array_equal(old, now)
    assert any((old != new).any() for old, new in zip(before, learned.network.get_weights(), strict=True))


def test_what_has_learned_is_calibrated_anew_and_has_no_scores_of_the_network_before(fine_tuning, classifier):
    learned = fine_tuning[0][-1].classifier
    assert learned.temperature == pytest.approx(classifier.temperature, rel=0.2)
    assert learned.threshold == pytest.approx(classifier.threshold, rel=0.4)
    assert (learned.temperature, learned.threshold) != (classifier.temperature, classifier.threshold)
    assert "scores" not in learned.card


@pytest.fixture
def short(monkeypatch):
    """Fine-tunings of few steps, with little replay."""
    monkeypatch.setitem(correction.STEPS_A_ROUND, "dense", 24)
    monkeypatch.setattr(correction, "REPLAY_SHARDS", 8)


def test_a_network_that_called_everything_a_digit_learns_what_is_none(classifier, short):
    card = {name: classifier.card[name] for name in ("network", "settings")}
    credulous = Classifier(classifier.network, card)  # as the recipe `tutorial` makes them: no threshold
    cross = Drawing.parse([[[0, 0], [60, 60]], [[60, 0], [0, 60]], [[30, 0], [30, 60]], [[0, 30], [60, 30]]])
    *_, outcome = learn_hand(credulous, [cross])
    assert credulous.read(cross).verdict == "digit"
    assert outcome.classifier.read(cross).verdict == "unsure"
    assert (outcome.before["corrections"], outcome.after["corrections"]) == (0, 1)


def test_a_fine_tuning_says_how_far_it_is(fine_tuning):
    *reports, _ = fine_tuning[0]
    assert all(isinstance(report, Learning) for report in reports)
    shares = [report.share for report in reports]
    assert shares[0] == 0 and shares[-1] == 1 and shares == sorted(shares)


def test_a_network_that_would_forget_is_not_taken(classifier, misread, short, monkeypatch):
    monkeypatch.setitem(correction.LEARNING_RATE, "dense", 0.5)  # wrecks it
    *_, outcome = learn_hand(classifier, misread[:1])
    assert outcome.forgotten == VALIDATION
    assert outcome.after["mnist-test"] < outcome.before["mnist-test"] - 0.01
    assert outcome.classifier is classifier


def test_a_round_holds_a_few_fresh_copies_of_the_corrections_among_the_replay(hand):
    settings = choose_settings("dense", batch_size=128)
    replay = Shard(np.zeros((12_500, 28, 28, 1), np.uint8), np.full(12_500, 3, np.uint8))
    corrections = [Drawing(hand[0].strokes, 5), Drawing(hand[1].strokes, None)]
    data = FineTuningData(replay, corrections, settings)
    [block], [other] = data.shards(0), data.shards(1)
    assert len(block.labels) == STEPS_A_ROUND["dense"] * 128
    copies = block.images[block.labels != 3]
    assert len(copies) <= STEPS_A_ROUND["dense"] * MAX_COPIES_A_BATCH
    counts = [np.count_nonzero(block.labels == label) for label in (5, NO_DIGIT)]
    assert counts[0] == counts[1] == len(copies) / 2
    # Those that are drawn as they were, with another pen, may look the same by chance.
    first, second = ({one.tobytes() for one in made.images[made.labels != 3]} for made in (block, other))
    assert len(first & second) < 0.05 * len(copies)
