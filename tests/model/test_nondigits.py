import numpy as np
import pytest

from model.drawing import Drawing
from model.nondigits import (
    HELD_OUT,
    TAUGHT,
    draw_nondigits,
    fair_letters,
    glyphs,
    held_out_nondigits,
)
from model.preprocess import Paths, preprocess_all
from model.shapes import draw_part, draw_turned


def test_kinds_held_out_are_never_taught(pen_digits, rng):
    taught = {drawing.writer for drawing in draw_nondigits(3000, 0.6, pen_digits[:100], [], rng)}
    assert taught == set(TAUGHT)
    assert taught.isdisjoint(HELD_OUT)
    assert {drawing.writer for drawing in held_out_nondigits()} == set(HELD_OUT)


def test_every_shape_is_a_drawing_without_a_label_that_leaves_ink(pen_digits, rng):
    shapes = draw_nondigits(1000, 0.6, pen_digits[:100], [], rng)
    assert all(shape.label is None and not shape.is_blank for shape in shapes)
    assert (preprocess_all(Paths.of(shapes)).max(axis=(1, 2)) > 150).all()


def test_the_same_randomness_draws_the_same_shapes(pen_digits):
    once, again = (draw_nondigits(50, 0.6, pen_digits[:100], [], np.random.default_rng(3)) for _ in range(2))
    assert [shape.as_lists() for shape in once] == [shape.as_lists() for shape in again]


@pytest.mark.parametrize("kind", ["latin", "print", "greek", "kana", "cyrillic", "symbols"])
def test_letters_have_joined_strokes_within_the_limits(kind):
    for glyph in glyphs(kind):
        assert 1 <= len(glyph.strokes) <= 64
        ends = [stroke[-1] for stroke in glyph.strokes[:-1]]
        assert not any(
            np.array_equal(end, next_[0]) for end, next_ in zip(ends, glyph.strokes[1:], strict=True)
        )


def test_a_part_of_a_digit_is_never_an_upright_line(pen_digits, rng):
    for _ in range(300):
        width, height = np.ptp(np.concatenate(draw_part(rng, pen_digits)), axis=0)
        assert width > 0.6 * height


def test_a_turned_digit_is_turned_or_mirrored_whole(rng):
    """The bar of this seven stays on its stem, and the stem stays under the roof."""
    seven = Drawing.parse([[[0, 0], [60, 0], [20, 100]], [[15, 50], [65, 50]]], 7)
    seen = set()
    for _ in range(40):
        roof, bar = draw_turned(rng, [seven])
        x, y = (np.mean(bar, axis=0) - roof[0]) * 100  # in the seven: 40, 50
        assert sorted(np.abs([x, y]).round()) == [40, 50]
        lean = roof[1] - roof[0], bar[1] - bar[0]
        assert np.allclose(lean[0] / 60, lean[1] / 50)  # they point the same way, as before
        seen.add((round(x), round(y)))
    assert seen == {(-40, 50), (-50, 40), (50, -40)}  # mirrored, and turned either way


def test_the_share_asked_for_of_what_is_no_digit_is_by_people(pen_digits, rng):
    letters = fair_letters({"A": pen_digits[:5], "O": pen_digits[5:9], "x": pen_digits[9:12]}, left_out="x")
    assert letters == pen_digits[:5]
    drawn = draw_nondigits(1000, 0.6, pen_digits[:100], letters, rng)
    assert len(drawn) == 1000
    assert sum(any(one is letter for letter in letters) for one in drawn) == 600
