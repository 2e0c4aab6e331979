"""What the readout says of a prediction, and how drawings are read for the page and for scripts."""

import asyncio
import subprocess
import sys
import threading
from base64 import b64decode

import gradio as gr
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.classifier import BLANK, Prediction
from model.drawing import Drawing
from model.preprocess import preprocess, stages
from model.store import StoreError
from ui.page import check_choice
from ui.readout.reading import LOADING, OWN, Reader
from ui.readout.readout import describe_notice, describe_readings, format_percent

SEVEN = Drawing.parse([[[0, 0], [10, 0], [4, 20]]])
STROKES = SEVEN.as_lists()


def predict(digit, probability, verdict="digit", second=None):
    """A prediction whose other probabilities are even, or all at the second digit."""
    rest = [(1 - probability) / 9] * 10 if second is None else [0.0] * 10
    if second is not None:
        rest[second] = 1 - probability
    rest[digit] = probability
    return Prediction(digit if verdict == "digit" else None, tuple(rest), verdict)


class OneAnswer:
    """Stands for a Classifier: gives the same prediction for every image with ink."""

    def __init__(self, prediction):
        self.prediction = prediction

    def predict(self, images):
        return [self.prediction if image.any() else BLANK for image in images]


@pytest.fixture
def reader():
    answers = {"cnn": predict(7, 0.9, second=1), "dense": predict(1, 0.6, second=7)}
    reader = Reader(lambda name: OneAnswer(answers[name]))
    reader.start()
    return reader


def first(value):
    return value["readings"][0]


def test_a_digit_is_named_with_its_percentage_and_the_next_best():
    shown = first(describe_readings(stages(SEVEN), {"cnn": predict(7, 0.92, second=1)}))
    assert (shown["glyph"], shown["headline"], shown["detail"]) == ("7", "92 %", "Next: 1, 8 %")


def test_a_next_best_that_is_out_of_the_question_is_not_named():
    assert first(describe_readings(stages(SEVEN), {"cnn": predict(7, 0.999)}))["detail"] == ""


def test_what_is_perhaps_no_digit_is_said_to_be_none():
    shown = first(describe_readings(stages(SEVEN), {"cnn": predict(4, 0.5, "unsure", second=9)}))
    assert (shown["glyph"], shown["headline"], shown["detail"]) == ("?", "No digit?", "Perhaps 4 or 9.")


def test_nothing_drawn_shows_no_bars_and_no_stages():
    value = describe_readings(None, {"cnn": BLANK})
    assert first(value)["probabilities"] == [0] * 10
    assert value["stages"] is None


@given(st.floats(0, 1))
def test_no_percentage_ever_claims_certainty(probability):
    text = format_percent(probability)
    assert text.endswith(" %")
    assert "100" not in text


@given(st.lists(st.floats(0.001, 1), min_size=10, max_size=10), st.sampled_from(["digit", "unsure"]))
def test_the_bars_are_the_probabilities_in_the_order_of_the_digits(weights, verdict):
    probabilities = tuple(np.array(weights) / sum(weights))
    digit = int(np.argmax(probabilities)) if verdict == "digit" else None
    shown = first(describe_readings(stages(SEVEN), {"cnn": Prediction(digit, probabilities, verdict)}))
    assert shown["probabilities"] == pytest.approx(probabilities, abs=1e-4)


def test_the_picture_is_the_one_that_the_network_sees():
    shown = describe_readings(stages(SEVEN), {"cnn": predict(7, 0.9)})["stages"]
    assert b64decode(shown["image"]) == preprocess(SEVEN).tobytes()
    assert len(b64decode(shown["fitted"])) == 400
    assert shown["inkBox"] == [0, 0, 10, 20]


def test_two_networks_are_shown_in_the_order_in_which_they_were_asked():
    value = describe_readings(stages(SEVEN), {"yours": predict(7, 0.9), "cnn": predict(1, 0.8)})
    assert [(reading["network"], reading["glyph"]) for reading in value["readings"]] == [
        ("yours", "7"),
        ("cnn", "1"),
    ]


def test_each_choice_asks_its_networks_and_both_ask_two(reader):
    def names(choice):
        return [reading["network"] for reading in reader.read(STROKES, choice, None)["readings"]]

    assert names("cnn") == ["cnn"]
    assert names("dense") == ["dense"]
    assert names("both") == ["cnn", "dense"]


def test_a_visitors_own_network_answers_to_that_visitor_and_no_other_in_its_place(reader):
    own = OneAnswer(predict(3, 0.9))
    assert first(reader.read(STROKES, OWN, own))["glyph"] == "3"
    # Forgotten, since the page was cut off for more than a minute.
    assert first(reader.read(STROKES, OWN, None))["headline"] == "Your network is gone"


def test_what_is_no_drawing_is_said_on_the_page_and_raises_nothing(reader):
    shown = first(reader.read("<script>", "cnn", None))
    assert shown["verdict"] == "problem"
    assert "<script>" not in str(shown)


@pytest.mark.parametrize("choice", [None, 7, [], {"cnn": 1}, "<b>", "x" * 10_000])
def test_a_choice_that_the_page_does_not_offer_is_the_default(choice):
    assert check_choice(choice) == "cnn"
    assert [check_choice(offered) for offered in ("dense", "both", "yours")] == ["dense", "both", "yours"]


def test_missing_weights_are_said_in_the_readout_and_to_scripts(capsys):
    def fail(name):
        raise StoreError(f"{name} is missing.")

    reader = Reader(fail)
    reader.start()
    shown = first(reader.read(STROKES, "dense", None))
    assert (shown["headline"], shown["detail"]) == ("No network", "dense is missing.")
    with pytest.raises(gr.Error, match="dense is missing"):
        reader.predict(STROKES, "dense")
    assert "dense is missing." in capsys.readouterr().err


def test_a_backend_that_is_not_there_is_said_in_the_readout_and_in_the_log(monkeypatch, capsys):
    monkeypatch.setenv("KERAS_BACKEND", "tensorflaw")
    reader = Reader()
    reader.start()
    shown = first(reader.read(STROKES, "dense", None))
    assert shown["headline"] == "No network" and "compute on tensorflaw" in shown["detail"]
    assert shown["detail"] in capsys.readouterr().err


def test_an_error_of_this_program_while_loading_stays_in_its_log(capsys):
    reader = Reader(lambda name: 1 / 0)
    reader.start()
    shown = first(reader.read(STROKES, "dense", None))
    assert (shown["headline"], "its log says more" in shown["detail"]) == ("No network", True)
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_the_page_says_that_it_loads_and_then_answers():
    may_load = threading.Event()

    def load(name):
        may_load.wait(60)
        return OneAnswer(predict(7, 0.9))

    async def greet(strokes):
        greetings = []
        async for greeting in reader.greet(strokes, "cnn", None):
            greetings.append(greeting)
            may_load.set()
        return greetings

    reader = Reader(load)
    reader.start()
    loading, reading = asyncio.run(greet(STROKES))
    assert loading == LOADING and first(reading)["glyph"] == "7"
    assert [first(greeting)["glyph"] for greeting in asyncio.run(greet(STROKES))] == ["7"]
    assert [greeting.get("readings") for greeting in asyncio.run(greet([]))] == [None]


def test_a_script_gets_verdict_digit_probabilities_and_image(reader):
    answer = reader.predict(STROKES)
    assert (answer["verdict"], answer["digit"]) == ("digit", 7)
    assert sum(answer["probabilities"]) == pytest.approx(1)
    assert np.array_equal(answer["image"], preprocess(SEVEN))
    assert reader.predict([], "dense")["verdict"] == "blank"


@pytest.mark.parametrize(
    ("strokes", "network"),
    [
        (STROKES, "<b>vgg</b>"),
        (STROKES, None),
        ("<b>", "cnn"),
        ([[[float("nan"), 0]]], "cnn"),
        ([[]] * 65, "cnn"),
    ],
)
def test_bad_input_from_a_script_gets_one_sentence_without_its_own_text(reader, strokes, network):
    with pytest.raises(gr.Error) as refusal:
        reader.predict(strokes, network)
    message = refusal.value.message
    assert message.endswith(".")
    assert "<b>" not in message


def test_a_notice_has_ten_empty_bars():
    assert first(describe_notice("Title", "Why."))["probabilities"] == [0] * 10


def test_the_page_is_built_without_importing_keras():
    code = """
import sys
from ui.page import build_page
from ui.readout.reading import Reader
build_page(Reader())
assert not {"keras", "tensorflow"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
