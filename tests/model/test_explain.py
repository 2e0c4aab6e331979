"""Evidence sums to the difference of two logits, and its gradient is Keras' own."""

from functools import cache

import numpy as np
import pytest

from model.explain import choose_digits, explain, load_average_digit
from model.layers import ExplanationError, Layer, backward, forward, read_layers
from model.networks import NETWORKS
from model.preprocess import Paths, preprocess_all
from model.store import WEIGHTS, load_network
from tests.support.errors import raises

COUNT = {"dense": 100, "cnn": 25}  # drawings; fewer where convolutions take the time
INTEGRATED = {"dense": 6, "cnn": 3}  # with 32 gradients each; the first two are blank paper and noise


@pytest.fixture(scope="module")
def images(held_out):
    """(100, 28, 28): digits, with some blank paper and noise among them."""
    images = preprocess_all(Paths.of(held_out[:100]))
    images[0], images[1] = 0, np.random.default_rng(3).integers(0, 256, (28, 28))
    return images


@cache
def network(name, activation="relu", trained=True):
    """Shipped; or with random weights and random biases; or a network that saw a few digits with each
    activation that does not ship."""
    if activation == "relu" and trained:
        return load_network(WEIGHTS, name)[0]
    built = NETWORKS[name](activation, seed=3)
    rng = np.random.default_rng(3)
    if not trained:
        built.set_weights([array + rng.normal(0, 0.05, array.shape) for array in built.get_weights()])
        return built
    from model import datasets

    mnist = datasets.load_mnist()
    built.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    built.fit(mnist.x_train[:640, ..., None], mnist.y_train[:640], epochs=1, batch_size=32, verbose=0)
    return built


@pytest.mark.parametrize("trained", [True, False])
@pytest.mark.parametrize("name", NETWORKS)
def test_evidence_sums_to_the_difference_of_the_logits(name, trained, images):
    layers = read_layers(network(name, trained=trained))
    for image in images[: COUNT[name]]:
        found = explain(layers, image)
        assert found.difference == pytest.approx(
            found.layers[-1][found.digit] - found.layers[-1][found.other]
        )
        assert found.ink + found.missing_ink + found.average_digit == pytest.approx(
            found.difference, abs=1e-3
        )
        assert found.ink + found.missing_ink == pytest.approx(found.pixels.sum(), abs=1e-9)


@pytest.mark.parametrize("trained", [True, False])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
@pytest.mark.parametrize("name", NETWORKS)
def test_integrated_gradients_sum_to_it_and_less_than_a_hundredth_of_them_is_made_up(
    name, activation, trained, images
):
    layers = read_layers(network(name, activation, trained))
    for image in images[: INTEGRATED[name]]:
        found = explain(layers, image)
        assert found.ink + found.missing_ink + found.average_digit == pytest.approx(
            found.difference, abs=1e-9
        )
        integrated = found.gradient * (image / 255 - load_average_digit())
        assert np.abs(found.pixels - integrated).sum() < 0.01 * np.abs(integrated).sum()


@pytest.mark.parametrize("name", NETWORKS)
def test_logits_and_gradient_are_keras_own(name, monkeypatch):
    monkeypatch.setattr("model.layers.TIE", 0)  # Keras gives a pool's whole gradient to one input
    tensorflow = pytest.importorskip("tensorflow")
    shipped = network(name)
    layers = read_layers(shipped)
    # Noise, so that no two inputs of a pool are equal: there a gradient is a matter of convention.
    noisy = np.random.default_rng(5).integers(1, 256, (20, 28, 28)).astype(np.uint8)
    x = tensorflow.Variable(noisy[..., None] / 255, dtype=tensorflow.float32)
    with tensorflow.GradientTape(persistent=True) as tape:
        y = x
        for layer in shipped.layers[1:-1]:
            y = layer(y)
        kernel, bias = shipped.layers[-1].weights
        logits = y @ kernel.value + bias.value
        differences = logits[:, 3] - logits[:, 8]
    gradient = tape.gradient(differences, x).numpy()[..., 0]
    apart = []  # for each image, which pixels
    for i, image in enumerate(noisy):
        found = explain(layers, image, 3, 8)
        assert found.layers[-1] == pytest.approx(logits[i].numpy(), abs=1e-3)
        apart.append(np.abs(found.gradient - gradient[i]) > 1e-4 * np.abs(gradient[i]).max())
    # Where two of the 37,000 values of an image are equal but for Keras' float32, the gradient of the pixels
    # that they see may jump: a hundredth of the image each time.
    assert np.mean(apart) < 0.02
    assert sum(not one.any() for one in apart) >= 10


def test_the_layers_are_those_of_the_network(images):
    answers = explain(read_layers(network("cnn")), images[5]).layers
    shapes = [(28, 28, 32), (14, 14, 32), (14, 14, 64), (7, 7, 64), (3136,), (128,), (10,)]
    assert [answer.shape for answer in answers] == shapes


def test_evidence_of_a_network_of_one_layer_is_worked_out_by_hand():
    """One pixel of ink speaks for 2 and one that is missing against it; the biases and the average start."""
    kernel = np.zeros((784, 10))
    average = load_average_digit()
    inked, missing = 5 * 28 + 14, 14 * 28 + 14
    kernel[inked, 2], kernel[missing, 2], kernel[missing, 7] = 3.0, -1.0, 1.0
    layers = [Layer("flatten", "flatten"), Layer("dense", "dense", "linear", kernel, np.arange(10.0))]
    image = np.zeros((28, 28), np.uint8)
    image[5, 14] = 255
    found = explain(layers, image, 2, 7)
    a, b = average[5, 14], average[14, 14]
    assert (found.ink, found.missing_ink) == pytest.approx((3 * (1 - a), 2 * b))
    assert found.average_digit == pytest.approx(3 * a - 2 * b + 2 - 7)
    assert found.difference == pytest.approx(3 + 2 - 7)


def test_equal_inputs_of_a_pool_share_its_gradient():
    kernel = np.zeros((14 * 14, 10))
    kernel[0, 0] = 1
    layers = [
        Layer("pool", "max_pooling2d"),
        Layer("flatten", "flatten"),
        Layer("dense", "dense", "linear", kernel, np.zeros(10)),
    ]
    image = np.zeros((1, 28, 28))
    image[0, 0, :2] = 0.5
    gradient, _ = backward(layers, image, forward(layers, image), np.eye(10)[:1])
    assert gradient[0, :2, :2].tolist() == [[0.5, 0.5], [0, 0]]


def test_the_average_digit_is_that_of_mnist(mnist):
    assert np.abs(load_average_digit() - mnist.x_train.mean(axis=0) / 255).max() <= 0.5 / 255 + 1e-9


def test_what_is_compared_is_the_winner_and_the_runner_up_unless_told():
    logits = np.array([0, 5, 1, 9, 2, 0, 0, 0, 0, 0.0])
    assert choose_digits(logits, None, None) == (3, 1)
    assert choose_digits(logits, None, 3) == (1, 3)
    assert choose_digits(logits, 1, None) == (1, 3)
    for wrong in [(3, 3), (10, 1), (1, -1), ("7", 1), (True, 2)]:
        with raises(ExplanationError, "digit"):
            choose_digits(logits, *wrong)


def test_a_layer_that_cannot_be_looked_into_is_named():
    import keras

    with raises(ExplanationError, "BatchNormalization"):
        read_layers(keras.Sequential([keras.Input((4,)), keras.layers.BatchNormalization()]))
