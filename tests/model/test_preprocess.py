import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.drawing import MAX_POINTS, Drawing
from model.preprocess import (
    BOX,
    Paths,
    centring_shifts,
    preprocess,
    preprocess_all,
    shift_images,
    stages,
)

STEPS = np.array([(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)])
SEVEN = [[[0, 0], [40, 0], [15, 60]]]


def image_of(*strokes):
    return preprocess(Drawing.parse(list(strokes)))


def ink_size(image):
    rows, columns = np.nonzero(image)
    return np.ptp(columns) + 1, np.ptp(rows) + 1


def test_a_blank_drawing_is_blank_paper():
    assert not preprocess(Drawing.parse([])).any()


@pytest.mark.parametrize("size", [1e-9, 1e-299, 1e-301, 5e-308])
def test_no_drawing_is_too_small(size):
    image = preprocess(Drawing.parse([[[0, 0], [0, size]]]))
    assert image[14, 13:16].max() > 200


def test_a_tap_is_a_dot_in_the_middle():
    image = image_of([[300, 5]])
    assert image[14, 14] > 200
    assert ink_size(image) <= (4, 4)


@pytest.mark.parametrize("line", [[[0, 0], [0, 90]], [[0, 0], [90, 0]], [[0, 0], [90, 90]]])
def test_a_straight_line_fills_the_box(line):
    assert max(ink_size(image_of(line))) == BOX


def test_one_stroke_over_another_is_no_darker():
    assert np.array_equal(image_of(*SEVEN), image_of(*SEVEN, *SEVEN))


def test_ink_never_leaves_the_image_however_uneven_its_weight():
    thicket = [[0, 0], [1, 1]] * 200 + [[100, 100]]
    image = image_of(thicket)
    assert max(ink_size(image)) == BOX


def test_4096_points_all_over_the_place_are_drawn(rng):
    image = image_of(rng.uniform(-1e5, 1e5, (MAX_POINTS, 2)).tolist())
    assert image[10:18, 10:18].min() == 255


@settings(max_examples=60)
@given(
    dx=st.floats(-1e4, 1e4),
    dy=st.floats(-1e4, 1e4),
    size=st.floats(0.1, 10),
    seed=st.integers(0, 2**32 - 1),
)
def test_place_and_size_leave_the_image_as_it_is(dx, dy, size, seed):
    stroke = np.random.default_rng(seed).normal(0, 50, (12, 2)).cumsum(axis=0)
    differences = differences_when_shifted(stroke, stroke * size + [dx, dy])
    assert differences.max(axis=(1, 2)).min() <= 1  # a pixel may be rounded the other way


def differences_when_shifted(stroke: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Between the images of two strokes: (9, 28, 28), the second image shifted by up to a pixel either way.

    The last bits of the arithmetic may differ. Where the centre of mass lies in the middle between two
    pixels, they decide where the whole image is put."""
    here, there = image_of(stroke.tolist()), image_of(other.tolist())
    moved = shift_images(np.repeat(there[None], len(STEPS), axis=0), STEPS)
    return np.abs(moved.astype(int) - here)


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1))
def test_points_added_on_the_way_leave_the_image_as_it_is(seed):
    stroke = np.random.default_rng(seed).normal(0, 50, (12, 2)).cumsum(axis=0)
    doubled = np.empty((23, 2))
    doubled[::2], doubled[1::2] = stroke, (stroke[1:] + stroke[:-1]) / 2
    assert differences_when_shifted(stroke, doubled).mean(axis=(1, 2)).min() < 1


def test_many_at_once_are_what_each_is_alone(pen_digits):
    some = pen_digits[:200]
    together = preprocess_all(Paths.of(some))
    assert all(
        np.array_equal(image, preprocess(drawing)) for image, drawing in zip(together, some, strict=True)
    )


def test_the_stages_lead_to_the_image(pen_digits):
    drawing = pen_digits[3]
    found = stages(drawing)
    xy = np.concatenate(drawing.strokes)
    assert found.ink_box == (*xy.min(axis=0), *xy.max(axis=0))
    assert found.fitted.shape == (20, 20)
    moved = shift_images(np.pad(found.fitted, 4)[None], np.array([found.shift]))[0]
    assert np.array_equal(moved, found.image)
    assert np.array_equal(found.image, preprocess(drawing))


def test_mnist_is_already_as_the_preprocessing_would_leave_it(mnist):
    """MNIST's own images as the oracle: 20 pixels at most, and centred to within the nearest pixel."""
    images = mnist.x_train[:5000]
    assert (np.abs(centring_shifts(images)) <= 1).mean() > 0.999
    assert (centring_shifts(images) == 0).mean() > 0.9


def test_pen_digits_come_out_as_dark_and_as_large_as_mnist(mnist, pen_digits):
    images = preprocess_all(Paths.of(pen_digits))
    assert images.mean() == pytest.approx(mnist.x_train.mean(), rel=0.15)
    assert {max(ink_size(image)) for image in images[:500]} == {BOX}
    assert (centring_shifts(images) == 0).mean() > 0.99
