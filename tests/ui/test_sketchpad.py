"""What of the pad can be seen without a browser: what Python gets from it, and what it is given."""

import pytest

from model.drawing import MAX_POINTS, MAX_STROKES, Drawing, DrawingError
from ui.pad.sketchpad import TEMPLATE, Sketchpad
from ui.text.words import say_error


@pytest.fixture(scope="module")
def pad():
    return Sketchpad()


@pytest.mark.parametrize("payload", [None, "", "[]"])
def test_an_untouched_or_cleared_pad_is_a_blank_drawing(pad, payload):
    assert Drawing.parse(pad.preprocess(payload)).is_blank


def test_strokes_come_back_as_they_were_sent(pad):
    assert pad.preprocess("[[[1, 2.5], [3, 4]], [[0, 0]]]") == [[[1, 2.5], [3, 4]], [[0, 0]]]


@pytest.mark.parametrize("payload", ["[[", "[" * 100_000, '{"a": 1}', "[[[NaN, 1]]]", "12", 7, {"a": 1}])
def test_what_is_no_drawing_is_refused_in_one_sentence(pad, payload):
    with pytest.raises(DrawingError) as refusal:
        Drawing.parse(pad.preprocess(payload))
    assert say_error(refusal.value).count(".") == 1


def test_the_browser_is_told_the_limits_of_a_drawing(pad):
    assert pad.props == {"max_strokes": MAX_STROKES, "max_points": MAX_POINTS}


def test_the_pad_holds_one_canvas_and_nothing_that_gradio_would_fill_in(pad):
    assert pad.elem_id == "pad"
    assert TEMPLATE.count("<canvas") == 1
    assert not any(mark in TEMPLATE for mark in ("${", "{{", "`"))
