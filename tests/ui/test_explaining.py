"""The endpoint /explain, asked as a program does."""

import gradio as gr
import numpy as np
import pytest

from model.explain import explain
from model.layers import read_layers
from model.preprocess import preprocess
from ui.inside.explaining import make_explain
from ui.readout.reading import Reader


@pytest.fixture(scope="module")
def reader():
    return Reader()


def test_it_answers_as_the_model_explains(reader, held_out):
    drawing = held_out[0]
    answer = make_explain(reader)(drawing.as_lists(), "dense", digit=3)
    expected = explain(read_layers(reader.classifier("dense").network), preprocess(drawing), 3)
    assert (answer["digit"], answer["other"]) == (3, expected.other)
    assert np.allclose(answer["evidence"], expected.pixels, atol=1e-6)
    parts = answer["ink"] + answer["missing_ink"] + answer["average_digit"]
    assert parts == pytest.approx(answer["difference"], abs=1e-3)
    assert [layer["shape"] for layer in answer["layers"]] == [[784], [128], [10]]
    assert np.allclose(answer["layers"][-1]["output"], expected.layers[-1], atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"network": "large"}, 'must be "cnn" or "dense"'),
        ({"digit": 10}, "from 0 to 9"),
        ({"digit": 3, "other": 3}, "both are 3"),
        ({"digit": [1]}, "from 0 to 9"),
        ({"strokes": "seven"}, "strokes"),
    ],
)
def test_what_is_no_question_is_refused_in_one_sentence(reader, arguments, said):
    with pytest.raises(gr.Error, match=said):
        make_explain(reader)(**{"strokes": [[[0, 0], [9, 9]]], "network": "dense", **arguments})
