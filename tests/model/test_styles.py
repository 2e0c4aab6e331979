import numpy as np
import pytest

from model.drawing import Drawing
from model.preprocess import Paths
from model.styles import STYLED, add_styles, is_slashed_zero

ANGLES = np.linspace(0, 2 * np.pi, 40)
ZERO = [[0.3 * np.sin(angle), -0.5 * np.cos(angle)] for angle in ANGLES]
ONE = [[0.0, -0.5], [0.0, 0.5]]
THREE = [[-0.2, -0.5], [0.3, -0.3], [-0.2, 0.0], [0.3, 0.3], [-0.2, 0.5]]
SEVEN = [[-0.3, -0.5], [0.3, -0.5], [-0.1, 0.5]]
ROOFED_FIVE = [[[-0.2, -0.5], [-0.2, 0], [0.3, 0.2], [-0.2, 0.5]], [[-0.2, -0.5], [0.3, -0.5]]]


def style(strokes, label, rng, count=1000):
    """Which of `count` copies were changed, and the paths."""
    paths = Paths.of([Drawing.parse(strokes)] * count)
    styled = add_styles(paths, np.full(count, label), rng)
    parts = [styled.select(index, index + 1) for index in range(count)]
    return np.array([not np.array_equal(part.xy, paths.select(0, 1).xy) for part in parts]), parts


@pytest.mark.parametrize(("strokes", "label"), [([ZERO], 0), ([ONE], 1), ([SEVEN], 7), (ROOFED_FIVE, 5)])
def test_a_share_of_zeros_ones_sevens_and_fives_gets_a_style(strokes, label, rng):
    changed, parts = style(strokes, label, rng)
    assert changed.mean() == pytest.approx(STYLED, abs=0.04)
    more = {len(np.unique(part.stroke)) for part, is_new in zip(parts, changed, strict=True) if is_new}
    assert more <= ({2} if label == 5 else {len(strokes) + 1, len(strokes) + 2})


def test_a_three_stays_as_it_is(rng):
    changed, _ = style([THREE], 3, rng)
    assert not changed.any()


def test_slashes_reach_the_middle_of_a_zero(rng):
    changed, parts = style([ZERO], 0, rng)
    dots = []
    for part, is_new in zip(parts, changed, strict=True):
        strokes = [part.xy[part.stroke == stroke] for stroke in np.unique(part.stroke)]
        found = is_slashed_zero(Drawing(tuple(strokes), 0))
        if is_new and np.ptp(strokes[-1], axis=0).max() < 0.15:
            dots.append(found)  # a dot may miss the middle
        else:
            assert found == is_new
    assert np.mean(dots) > 0.9


def test_only_a_zero_with_ink_within_is_slashed():
    slash = [[0.35, -0.45], [-0.35, 0.45]]
    assert is_slashed_zero(Drawing.parse([ZERO, slash], 0))
    assert not is_slashed_zero(Drawing.parse([ZERO], 0))
    assert not is_slashed_zero(Drawing.parse([slash], 0))
    assert not is_slashed_zero(Drawing.parse([ZERO, slash], 8))
