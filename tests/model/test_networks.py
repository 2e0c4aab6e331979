import numpy as np
import pytest

from model.networks import NETWORKS, cnn, dense


@pytest.mark.parametrize(("name", "parameters"), [("dense", 101_770), ("cnn", 421_642)])
def test_the_tutorials_parameter_counts(name, parameters):
    assert NETWORKS[name]().count_params() == parameters


def test_the_same_seed_gives_the_same_weights_and_another_gives_others():
    once, again, other = (cnn(seed=seed).get_weights() for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))
    assert not np.array_equal(once[0], other[0])


def test_building_a_seeded_network_leaves_the_process_random_numbers_alone():
    """Session keys of the page's visitors come from the same process."""
    import random

    random.seed(5)
    expected = random.random()
    random.seed(5)
    dense(seed=1)
    assert random.random() == expected


def test_dense_is_what_numpy_makes_of_its_weights(rng):
    images = rng.integers(0, 256, (5, 28, 28, 1), dtype=np.uint8)
    network = dense(seed=3)
    w1, b1, w2, b2 = network.get_weights()
    hidden = np.maximum(images.reshape(5, -1) / 255 @ w1 + b1, 0)
    logits = hidden @ w2 + b2
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert np.allclose(network.predict_on_batch(images), expected, atol=1e-5)


def test_cnn_is_what_numpy_makes_of_its_weights(rng):
    images = rng.integers(0, 256, (2, 28, 28, 1), dtype=np.uint8)
    network = cnn(seed=3)
    k1, b1, k2, b2, w3, b3, w4, b4 = network.get_weights()

    def convolve(x, kernel, bias):
        padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
        return np.maximum(np.einsum("nhwcij,ijco->nhwo", windows, kernel) + bias, 0)

    def pool(x):
        n, h, w, c = x.shape
        return x.reshape(n, h // 2, 2, w // 2, 2, c).max(axis=(2, 4))

    x = pool(convolve(pool(convolve(images / 255, k1, b1)), k2, b2)).reshape(2, -1)
    logits = np.maximum(x @ w3 + b3, 0) @ w4 + b4
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert np.allclose(network.predict_on_batch(images), expected, atol=1e-5)
