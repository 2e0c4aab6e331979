import numpy as np
import pytest

from model.calibration import apply_temperature, ood_score
from model.classifier import EVEN, Classifier, make_predictions
from model.drawing import Drawing
from model.evaluate import load_images, score
from model.preprocess import preprocess
from tests.benchmarks.cross_validate import agree


def test_a_blank_drawing_is_blank_and_no_network_is_asked():
    class Silent:
        def predict_on_batch(self, images):
            raise AssertionError("asked")

    prediction = Classifier(Silent(), {}).read(Drawing.parse([]))
    assert (prediction.verdict, prediction.digit, prediction.probabilities) == ("blank", None, EVEN)


@pytest.mark.parametrize("name", ["dense", "cnn"])
def test_the_shipped_networks_read_digits_of_writers_they_never_saw(name, held_out):
    classifier = Classifier.load(name)
    predictions = [classifier.read(drawing) for drawing in held_out[:200]]
    assert np.mean([p.digit == d.label for p, d in zip(predictions, held_out, strict=False)]) > 0.95
    for prediction in predictions:
        assert sum(prediction.probabilities) == pytest.approx(1)
        assert (prediction.digit is None) == (prediction.verdict != "digit")


@pytest.mark.parametrize("name", ["dense", "cnn"])
def test_reading_a_drawing_is_predicting_its_image(name, held_out):
    classifier = Classifier.load(name)
    images = np.stack([preprocess(drawing) for drawing in held_out[:20]])
    for drawing, prediction in zip(held_out[:20], classifier.predict(images), strict=True):
        assert classifier.read(drawing).probabilities == pytest.approx(prediction.probabilities, abs=1e-5)


def test_a_scribble_a_grid_and_a_tap_are_no_digits(rng):
    classifier = Classifier.load("cnn")
    grid = [[[x, 0], [x, 90]] for x in (0, 30, 60, 90)] + [[[0, y], [90, y]] for y in (0, 30, 60, 90)]
    scribble = [rng.normal(0, 30, (60, 2)).tolist()]
    for strokes in (grid, scribble, [[[5, 5]]]):
        assert classifier.read(Drawing.parse(strokes)).verdict == "unsure"


@pytest.mark.parametrize(("name", "bar"), [("dense", 0.95), ("cnn", 0.985)])
def test_letters_and_symbols_of_kinds_never_taught_are_told_from_digits(name, bar):
    found = score(Classifier.load(name), load_images("held-out-shapes"))
    assert found["auroc"] >= bar
    assert found["refused"] <= 0.01


def test_temperature_keeps_the_order_and_moves_towards_even(rng):
    probabilities = rng.dirichlet(np.ones(10), 20)
    soft = apply_temperature(probabilities, 2.0)
    assert np.allclose(soft.sum(axis=1), 1)
    assert np.array_equal(soft.argsort(axis=1), probabilities.argsort(axis=1))
    assert (soft.max(axis=1) < probabilities.max(axis=1)).all()
    assert np.allclose(apply_temperature(probabilities, 1.0), probabilities)


def test_below_the_threshold_no_digit_is_named():
    sure, unsure = make_predictions(np.array([[0.91, *[0.01] * 9], [0.55, *[0.05] * 9]]), 0.4)
    assert (sure.verdict, sure.digit) == ("digit", 0)
    assert (unsure.verdict, unsure.digit) == ("unsure", None)


def test_what_stands_between_two_digits_is_surer_than_what_resembles_one_a_little():
    between, a_little = np.array([[0.5, 0.5, *[0] * 8], [0.6, *[0.4 / 9] * 9]])
    assert ood_score(np.array([between, a_little])) == pytest.approx(
        [0.5, 0.6**0.5 / (0.6**0.5 + 9 * (0.4 / 9) ** 0.5)]
    )
    assert between.max() < a_little.max() and np.subtract(*ood_score(np.array([between, a_little]))) > 0.1


@pytest.mark.parametrize(("name", "bar"), [("dense", 0.998), ("cnn", 0.999)])
def test_place_size_and_number_of_points_do_not_change_the_answer(name, bar, held_out):
    assert agree(Classifier.load(name), held_out[::5]) >= bar
