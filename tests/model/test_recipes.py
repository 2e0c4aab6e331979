import itertools
from dataclasses import replace

import numpy as np
import pytest

from model.drawing import NO_DIGIT
from model.makers import MAX_MAKERS
from model.recipes import (
    MAX_CACHED_EPOCHS,
    NONDIGIT_SHARE,
    HandwritingData,
    TutorialData,
    join_shards,
)
from model.settings import Settings, SettingsError, choose_settings
from tests.support.errors import raises


@pytest.fixture(scope="module", autouse=True)
def small_epochs():
    """Few images are 240 instead of 1,200."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("model.recipes.FEW", 240)
        patched.setattr("model.makers.MAX_THREADS", MAX_MAKERS)  # a process would not know of it
        yield


def test_the_tutorial_is_the_articles_to_the_letter():
    for network, dropout in (("dense", 0.5), ("cnn", 0.0)):
        settings = choose_settings(network, "tutorial")
        assert (settings.epochs, settings.batch_size, settings.optimizer) == (10, 64, "adam")
        assert (settings.learning_rate, settings.decay) == (1e-3, False)
        assert (settings.dropout, settings.augment) == (dropout, False)


def test_quick_is_the_tutorial_with_larger_batches_and_a_falling_rate():
    own = ("recipe", "batch_size", "learning_rate", "decay")
    for network, expected in (
        ("dense", ("quick", 512, 8e-3, True)),
        ("cnn", ("quick", 256, 3e-3, True)),
    ):
        tutorial, quick = (choose_settings(network, recipe).as_dict() for recipe in ("tutorial", "quick"))
        assert tuple(quick[name] for name in own) == expected
        assert all(quick[name] == tutorial[name] for name in quick if name not in own)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"epochs": 0}, "epochs must be from 1 to 1000, but is 0"),
        ({"batch_size": 0}, "batch size must be from 1 to 8192, but is 0"),
        ({"learning_rate": float("nan")}, "learning rate must be from"),
        ({"dropout": 1.0}, "dropout must be from 0 to 0.95"),
        ({"optimizer": "magic"}, "optimizer must be one of adam, sgd, rmsprop"),
        ({"activation": "step"}, "activation must be one of relu, sigmoid, tanh"),
        ({"network": "rnn"}, "network must be one of dense, cnn"),
        ({"recipe": "secret"}, "recipe must be one of handwriting, tutorial, quick"),
    ],
)
def test_a_setting_out_of_bounds_is_named(change, says):
    with raises(SettingsError, says):
        choose_settings(**change)


def test_the_tutorial_shows_all_of_mnist_each_epoch_in_another_order(mnist):
    dataset = TutorialData(choose_settings("dense", "tutorial"))
    (first,), (second,), (again,) = (list(dataset.shards(epoch)) for epoch in (0, 1, 0))
    assert np.array_equal(first.images, again.images) and not np.array_equal(first.labels, second.labels)
    assert np.bincount(first.labels).tolist() == np.bincount(mnist.y_train).tolist()
    assert np.array_equal(dataset.validation.labels, mnist.y_test)


@pytest.fixture(scope="module")
def handwriting():
    return HandwritingData(choose_settings("dense", epochs=4), few=True)


def test_an_epoch_of_handwriting_holds_images_of_mnist_drawn_digits_and_shapes_that_are_none(handwriting):
    shards = list(handwriting.shards(0))
    for shard in shards:
        assert (shard.labels == NO_DIGIT).sum() == handwriting.counts[2]
    epoch = join_shards(shards)
    assert epoch.images.shape == (handwriting.images_per_epoch, 28, 28, 1)
    assert epoch.images.dtype == np.uint8 and len(epoch.labels) == handwriting.images_per_epoch
    share = NONDIGIT_SHARE["dense"]
    assert (epoch.labels == NO_DIGIT).mean() == pytest.approx(share / (1 + share), abs=0.02)
    assert set(epoch.labels) == set(range(NO_DIGIT + 1))


def test_an_epoch_depends_on_nothing_but_settings_and_its_number(handwriting):
    """A resumed run begins in the middle and must see what an unbroken one sees."""
    resumed = HandwritingData(choose_settings("dense", epochs=4), few=True)
    for epoch in (2, 1):
        for one, other in zip(handwriting.shards(epoch), resumed.shards(epoch), strict=True):
            assert np.array_equal(one.images, other.images) and np.array_equal(one.labels, other.labels)


def test_cached_epochs_are_cycled_and_kept_as_long_as_they_come_again():
    settings = choose_settings("dense", epochs=5, repeats=2)
    dataset = HandwritingData(settings, few=True)
    epochs, kept = [], []
    for epoch in range(settings.epochs):
        epochs.append(join_shards(dataset.shards(epoch)))
        kept.append(len(dataset._made))
    images = [{image.tobytes() for image in epoch.images} for epoch in epochs]
    assert [[one == other for other in images] for one in images[:2]] == [
        [True, False, True, False, True],
        [False, True, False, True, False],
    ]
    assert not np.array_equal(epochs[0].images, epochs[2].images)  # shuffled anew
    assert len(images[0] & images[1]) < 0.6 * len(images[0])  # but for MNIST images shown as they are
    assert kept == [1, 2, 2, 2, 1]


def test_epochs_that_are_shown_once_are_all_different_and_not_kept():
    settings = choose_settings("cnn", epochs=3, repeats=1)
    dataset = HandwritingData(settings, few=True)
    epochs, kept = [], []
    for epoch in range(settings.epochs):
        epochs.append({image.tobytes() for image in join_shards(dataset.shards(epoch)).images})
        kept.append(len(dataset._made))
    assert kept == [1, 1, 1]
    assert HandwritingData(replace(settings, epochs=1000), few=True).cached_epochs == 1000
    for one, other in itertools.combinations(epochs, 2):
        assert len(one & other) < 0.6 * len(one)  # but for MNIST images shown as they are


def test_a_long_training_caches_no_more_epochs_than_memory_has_room_for():
    settings = choose_settings("dense", epochs=1000)
    assert HandwritingData(settings, few=True).cached_epochs == MAX_CACHED_EPOCHS


def test_what_validates_is_not_trained_on(handwriting):
    seen = {image.tobytes() for image in handwriting.mnist[0]}
    assert seen.isdisjoint(image.tobytes() for image in handwriting.validation.images)


def test_own_drawings_are_settings_of_handwriting_alone():
    settings = choose_settings("dense", drawings=["/tmp/mine.jsonl"])
    assert settings.drawings == ("/tmp/mine.jsonl",) and settings.as_dict()["drawings"] == ["/tmp/mine.jsonl"]
    assert Settings(**settings.as_dict()) == settings
    with raises(SettingsError, "uses MNIST alone"):
        choose_settings("dense", "tutorial", drawings=["mine.jsonl"])
