import numpy as np
import pytest

from model.nondigits import (
    HELD_OUT,
    TAUGHT,
    draw_nondigits,
    fair_letters,
    glyphs,
    held_out_nondigits,
)
from model.preprocess import Paths, preprocess_all


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
    from model.nondigits import draw_part

    for _ in range(300):
        width, height = np.ptp(np.concatenate(draw_part(rng, pen_digits)), axis=0)
        assert width > 0.6 * height


def test_half_of_what_is_taught_as_no_digit_was_written_by_people(pen_digits, rng):
    letters = fair_letters({"A": pen_digits[:5], "O": pen_digits[5:9], "x": pen_digits[9:12]}, left_out="x")
    assert letters == pen_digits[:5]
    drawn = draw_nondigits(1000, 0.6, pen_digits[:100], letters, rng)
    assert len(drawn) == 1000
    assert sum(any(one is letter for letter in letters) for one in drawn) == 600
