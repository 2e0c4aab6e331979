import numpy as np
import pytest

from model.augment import MAX_GAP, bend, pen_widths, warp_images
from model.drawing import NO_DIGIT, Drawing
from model.preprocess import Paths, centring_shifts, fill_gaps, find_ink_boxes, preprocess_all


@pytest.fixture
def some(pen_digits):
    return pen_digits[:300]


def labels_of(drawings):
    return np.array([drawing.label for drawing in drawings])


def test_the_same_randomness_gives_the_same_hand_and_another_gives_another(some):
    once, again, other = (
        bend(Paths.of(some), np.random.default_rng(seed), labels_of(some)) for seed in (1, 1, 2)
    )
    assert np.array_equal(once.xy, again.xy)
    assert len(once.xy) != len(other.xy) or not np.allclose(once.xy, other.xy)


def test_bent_drawings_stay_whole(some, rng):
    bent = bend(Paths.of(some), rng, labels_of(some))
    assert bent.count == len(some)
    assert np.array_equal(np.unique(bent.drawing), np.arange(len(some)))
    assert (np.diff(bent.drawing) >= 0).all() and (np.diff(bent.stroke) >= 0).all()
    owners = {stroke: set(bent.drawing[bent.stroke == stroke]) for stroke in np.unique(bent.stroke)}
    assert all(len(drawings) == 1 for drawings in owners.values())


def test_a_bent_digit_still_looks_like_itself_more_than_like_another(some, rng):
    """Nearest plain image by pixels: bending must not move a digit across the alphabet."""
    plain = preprocess_all(Paths.of(some)).reshape(len(some), -1).astype(float)
    bent = bend(Paths.of(some), rng, labels_of(some))
    images = preprocess_all(bent, pen_widths(bent.count, rng)).reshape(len(some), -1).astype(float)
    distance = ((images[:, None, :] - plain[None, :, :]) ** 2).sum(axis=-1)
    nearest = labels_of(some)[distance.argmin(axis=1)]
    assert (nearest == labels_of(some)).mean() > 0.6  # chance: 0.1
    assert np.abs(images - plain).mean() > 5


def test_gaps_are_filled_with_points_on_the_same_lines(rng):
    line, tap = [[0.0, 0.0], [0.3, 0.4]], [[1.0, 1.0]]
    paths = Paths.of([Drawing.parse([line, tap]), Drawing.parse([line])])
    filled = fill_gaps(paths, MAX_GAP)
    assert filled.count == 2
    assert [len(filled.xy[filled.stroke == stroke]) for stroke in range(3)] == [8, 1, 8]  # 0.5 long, by 0.08
    along = filled.xy[filled.stroke == 2]
    assert np.allclose(along, np.outer(np.linspace(0, 1, 8), [0.3, 0.4]))
    assert fill_gaps(Paths.of([]), MAX_GAP).count == 0


@pytest.mark.parametrize("labels", [None, np.full(500, NO_DIGIT)])
def test_a_triangle_never_becomes_a_line_however_few_points_are_kept(rng, labels):
    triangle = Drawing.parse([[[0, 0], [50, 90], [100, 0], [0, 0]]])
    boxes = find_ink_boxes(bend(Paths.of([triangle] * 500), rng, labels))
    assert (boxes[:, 2:] - boxes[:, :2]).min() > 0.3


def test_taps_and_blank_drawings_survive_bending(rng):
    paths = Paths.of([Drawing.parse([[[5, 5]]]), Drawing.parse([]), Drawing.parse([[[0, 0], [9, 9]]])])
    bent = bend(paths, rng, np.array([1, 1, 7]))
    assert np.isfinite(bent.xy).all()
    assert bent.count == 3


def test_warped_scans_stay_centred_and_near_what_they_were(mnist, rng):
    images = mnist.x_train[:1000]
    warped = warp_images(images, rng)
    assert warped.shape == images.shape and warped.dtype == np.uint8
    assert (np.abs(centring_shifts(warped)) <= 1).mean() > 0.99
    assert 3 < np.abs(warped.astype(int) - images).mean() < 30


def test_warped_scans_are_as_sharp_and_as_inky_as_scans_are(mnist, rng):
    """A network that is shown blurred scans reads blurred ones: of sharp ones it then misread 3 in 100."""
    images = mnist.x_train[:3000]
    warped = warp_images(images, rng)

    def black(images):
        return (images > 230).sum() / (images > 25).sum()

    assert black(warped) == pytest.approx(black(images), abs=0.05)
    assert warped.mean() == pytest.approx(images.mean(), rel=0.05)


def test_the_ranges_of_pens_and_places_are_those_named(some, rng):
    widths = pen_widths(1000, rng)
    assert widths.min() > 1.5 and widths.max() < 3.2
    boxes = find_ink_boxes(bend(Paths.of(some), rng))
    assert np.median((boxes[:, 2:] - boxes[:, :2]).max(axis=1)) == pytest.approx(1, abs=0.15)
