"""The pen's path in pieces, and the drawing without one of them."""

from itertools import pairwise
from math import dist

import pytest

from tests.support.modules import open_modules

CUT = """async (drawing) => {
  const { cut, without } = await import("/inside/pieces.js");
  return cut(drawing).map((piece) => ({ ...piece, left: without(drawing, piece) }));
}"""


@pytest.fixture(scope="module")
def cut(browser):
    page = open_modules(browser)
    yield lambda drawing: page.evaluate(CUT, drawing)
    page.context.close()


def length(strokes) -> float:
    return sum(dist(a, b) for stroke in strokes for a, b in pairwise(stroke))


def test_the_pieces_are_equally_long_and_what_is_left_is_the_rest(cut, pen_digits):
    for drawing in pen_digits[:20]:
        strokes = [[list(map(float, point)) for point in stroke] for stroke in drawing.as_lists()]
        pieces = cut(strokes)
        assert 20 <= len(pieces) <= 28
        whole = length(strokes)
        assert length([piece["points"] for piece in pieces]) == pytest.approx(whole)
        for piece in pieces:
            assert length(piece["left"]) == pytest.approx(whole - length([piece["points"]]))
            assert all(piece["left"])


def test_a_piece_from_the_middle_of_a_line_leaves_two_lines(cut):
    pieces = cut([[[0, 0], [24, 0]]])
    assert len(pieces) == 24
    assert pieces[0]["left"] == [[[1, 0], [24, 0]]]
    assert pieces[3]["left"] == [[[0, 0], [3, 0]], [[4, 0], [24, 0]]]
    assert pieces[23]["left"] == [[[0, 0], [23, 0]]]


def test_taps_are_pieces_of_their_own(cut):
    assert [piece["left"] for piece in cut([[[5, 5]]])] == [[]]
    dotted = cut([[[0, 0], [24, 0]], [[30, 30]]])
    assert dotted[-1]["left"] == [[[0, 0], [24, 0]]]
