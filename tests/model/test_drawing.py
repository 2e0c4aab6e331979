import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.drawing import (
    MAX_COORDINATE,
    MAX_POINTS,
    MAX_STROKES,
    Drawing,
    DrawingError,
    parse_drawings,
    read_drawings,
    write_drawings,
)
from tests.support.errors import raises
from ui.text.words import say_error

numbers = st.floats(-MAX_COORDINATE, MAX_COORDINATE) | st.integers(-100_000, 100_000)
strokes = st.lists(st.lists(st.tuples(numbers, numbers), max_size=20), max_size=10)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(strokes)
def test_strokes_within_the_limits_come_out_as_they_went_in_without_the_empty_ones(given_strokes):
    drawing = Drawing.parse(given_strokes)
    assert drawing.as_lists() == [
        [[float(x), float(y)] for x, y in stroke] for stroke in given_strokes if stroke
    ]


@given(anything)
def test_anything_else_is_a_drawing_or_a_drawing_error(value):
    try:
        drawing = Drawing.parse(value)
    except DrawingError as error:
        assert say_error(error).endswith(".")
    else:
        assert all(stroke.dtype == np.float64 and np.isfinite(stroke).all() for stroke in drawing.strokes)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("strokes", "must be a list of strokes, but are text"),
        (None, "but are null"),
        ([5], "Stroke 1 must be a list of points"),
        ([[[1, 2]], [[1, 2, 3]]], "stroke 2 must be a pair"),
        ([[["1", 2]]], "holds text where a number belongs"),
        ([[[True, 2]]], "holds true or false where a number belongs"),
        ([[[math.nan, 0]]], "is not finite"),
        ([[[0, -math.inf]]], "is not finite"),
        ([[[0, 1.1e5]]], "beyond ±100000"),
        ([[[10**400, 0]]], "beyond ±100000"),
        ([[[0, 0]]] * (MAX_STROKES + 1), "may have 64 strokes; this one has 65"),
        ([[[0, 0]] * (MAX_POINTS // 2 + 1)] * 2, "may have 4096 points in all; this one has 4098"),
    ],
)
def test_an_error_says_what_is_wrong(bad, says):
    with raises(DrawingError, says):
        Drawing.parse(bad)


def test_exactly_the_limits_are_allowed():
    assert len(Drawing.parse([[[0, 0]] * (MAX_POINTS // MAX_STROKES)] * MAX_STROKES).strokes) == MAX_STROKES


def test_no_strokes_are_a_blank_drawing():
    assert Drawing.parse([]).is_blank
    assert Drawing.parse([[], []]).is_blank


def test_a_drawings_file_is_read_back_as_it_was_written(tmp_path):
    path = tmp_path / "mine.jsonl"
    written = [Drawing.parse([[[0, 0.5], [1, 2]]], 7, "w3"), Drawing.parse([[[3, 4]]], None, None)]
    write_drawings(path, written)
    read = read_drawings(path)
    assert [(d.label, d.writer, d.as_lists()) for d in read] == [
        (d.label, d.writer, d.as_lists()) for d in written
    ]


GOOD = json.dumps({"label": 1, "strokes": [[[0, 0], [1, 1]]]}).encode()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"{", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b"[1]", "an object is expected"),
        (b'{"label": 1}', '"strokes" is missing'),
        (b'{"strokes": [[[0, 0]]]}', '"label" is missing'),
        (b'{"label": 10, "strokes": [[[0, 0]]]}', "label must be a whole number from 0 to 9"),
        (b'{"label": 1.5, "strokes": [[[0, 0]]]}', "label must be"),
        (b'{"label": true, "strokes": [[[0, 0]]]}', "label must be"),
        (b'{"label": 1, "writer": 3, "strokes": [[[0, 0]]]}', "writer must be text"),
        (b'{"label": 1, "strokes": []}', "no strokes"),
        (b'{"label": 1, "strokes": [[[NaN, 0]]]}', "not finite"),
        ('{"label": 1, "writer": "é"}'.encode("latin-1"), "not UTF-8"),
        (b'{"label": 1, "strokes": [[[0, 0]]]}' + b" " * 600_000, "longer than 512 KiB"),
    ],
)
def test_a_broken_line_is_named_and_nothing_is_read(line, says):
    with raises(DrawingError, f"mine.jsonl, line 3: .*{says}"):
        parse_drawings([GOOD, b"\n", line, GOOD], "mine.jsonl")


def test_an_empty_file_says_so(tmp_path):
    (tmp_path / "none.jsonl").write_text("\n")
    with raises(DrawingError, r"none\.jsonl holds no drawings"):
        read_drawings(tmp_path / "none.jsonl")
