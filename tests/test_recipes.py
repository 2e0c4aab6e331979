import numpy as np
import pytest

from model.recipes import (
    NO_DIGIT,
    NONDIGIT_SHARE,
    HandwritingData,
    SettingsError,
    TutorialData,
    choose_settings,
    join_blocks,
)


def test_the_tutorial_is_the_articles_but_for_the_batches():
    for network, of_its_own in (("dense", (512, 8e-3, True)), ("cnn", (256, 3e-3, True))):
        settings = choose_settings(network, "tutorial")
        assert (settings.epochs, settings.optimizer, settings.augment) == (10, "adam", False)
        assert (settings.batch_size, settings.learning_rate, settings.decay) == of_its_own


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
        ({"recipe": "secret"}, "recipe must be one of handwriting, tutorial"),
    ],
)
def test_a_setting_out_of_bounds_is_named(change, says):
    with pytest.raises(SettingsError, match=says):
        choose_settings(**change)


def test_the_tutorial_shows_all_of_mnist_each_epoch_in_another_order(data_folder, mnist):
    dataset = TutorialData(choose_settings("dense", "tutorial"), data_folder)
    (first,), (second,), (again,) = (list(dataset.blocks(epoch)) for epoch in (0, 1, 0))
    assert np.array_equal(first.images, again.images) and not np.array_equal(first.labels, second.labels)
    assert np.bincount(first.labels).tolist() == np.bincount(mnist.y_train).tolist()
    assert np.array_equal(dataset.validation.labels, mnist.y_test)


@pytest.fixture(scope="module")
def handwriting(data_folder):
    return HandwritingData(choose_settings("dense", epochs=4), data_folder, few=True)


def test_an_epoch_of_handwriting_holds_scans_pen_digits_and_shapes_that_are_none(handwriting):
    blocks = list(handwriting.blocks(0))
    for block in blocks:
        assert (block.labels == NO_DIGIT).sum() == handwriting.counts[2]
    epoch = join_blocks(blocks)
    assert epoch.images.shape == (handwriting.images_per_epoch, 28, 28, 1)
    assert epoch.images.dtype == np.uint8 and len(epoch.labels) == handwriting.images_per_epoch
    share = NONDIGIT_SHARE["dense"]
    assert (epoch.labels == NO_DIGIT).mean() == pytest.approx(share / (1 + share), abs=0.02)
    assert set(epoch.labels) == set(range(NO_DIGIT + 1))


def test_an_epoch_depends_on_nothing_but_settings_and_its_number(handwriting, data_folder):
    """A resumed run begins in the middle and must see what an unbroken one sees."""
    resumed = HandwritingData(choose_settings("dense", epochs=4), data_folder, few=True)
    for epoch in (2, 1):
        for one, other in zip(handwriting.blocks(epoch), resumed.blocks(epoch), strict=True):
            assert np.array_equal(one.images, other.images) and np.array_equal(one.labels, other.labels)


def test_augmented_images_are_made_anew_after_the_epochs_that_the_settings_name(handwriting):
    def images(epoch):
        return {image.tobytes() for block in handwriting.blocks(epoch) for image in block.images}

    every = handwriting.settings.fresh_every
    assert images(0) == images(every - 1)
    assert len(images(0) & images(every)) < 0.6 * len(images(0))


def test_writers_who_choose_are_not_trained_on(handwriting):
    trained = {drawing.writer for drawing in handwriting.digits}
    assert trained == {f"w{n}" for n in range(1, 23)}
    assert handwriting.choosing == (23, 24)
    seen = {image.tobytes() for image in handwriting.scans[0]}
    assert seen.isdisjoint(image.tobytes() for image in handwriting.validation.images)
