"""How the API reads drawings, and what the page is told of networks."""

import re
import shutil

import gradio as gr
import numpy as np
import pytest

from model.classifier import BLANK, Prediction
from model.drawing import Drawing
from model.preprocess import preprocess
from model.store import WEIGHTS, StoreError
from ui.browser.networks import (
    FIRST_MODULES,
    preload_modules,
    publish_own,
    publish_shipped,
    read_modules,
)
from ui.page import check_choice
from ui.readout.reading import Reader
from ui.server.files import FILES, Files
from ui.server.messages import Trained
from ui.server.sessions import Session

SEVEN = Drawing.parse([[[0, 0], [10, 0], [4, 20]]])
STROKES = SEVEN.as_lists()


def test_all_modules_that_a_first_reading_needs_come_while_the_page_starts():
    modules, needed = read_modules(), ["browser/reader.js", "browser/worker.js", "text/text.js"]
    for name in needed:  # grows on the way
        imported = re.findall(r'^import .* from "\./(.*)";$', modules[name].decode(), re.MULTILINE)
        needed += [f"{name.partition('/')[0]}/{one}" for one in imported]
    assert sorted(needed) == sorted(FIRST_MODULES)
    for name in FIRST_MODULES:
        assert f'/{name}">' in preload_modules()


class OneAnswer:
    """Stands for a Classifier: gives the same prediction for every image with ink."""

    def __init__(self, digit):
        self.prediction = Prediction(digit, tuple(np.eye(10)[digit]), "digit")

    def predict(self, images):
        return [self.prediction if image.any() else BLANK for image in images]


@pytest.fixture
def reader():
    answers = {"cnn": 7, "dense": 1}
    return Reader(lambda name: OneAnswer(answers[name]))


@pytest.mark.parametrize("choice", [None, 7, [], {"cnn": 1}, "<b>", "x" * 10_000])
def test_a_choice_that_the_page_does_not_offer_is_the_default(choice):
    assert check_choice(choice) == "cnn"
    assert [check_choice(offered) for offered in ("dense", "both", "yours")] == ["dense", "both", "yours"]


def test_missing_weights_are_said_to_scripts_and_in_the_log_until_they_are_there(capsys):
    missing = [True]

    def load(name):
        if missing:
            raise StoreError("store.missing", path=f"weights/{name}", network=name)
        return OneAnswer(7)

    reader = Reader(load)
    with pytest.raises(gr.Error, match="dense is missing"):
        reader.predict(STROKES, "dense")
    assert "weights/dense is missing." in capsys.readouterr().err
    missing.clear()
    assert reader.predict(STROKES, "dense")["digit"] == 7


def test_a_backend_that_is_not_there_is_said_to_scripts_and_in_the_log(monkeypatch, capsys):
    monkeypatch.setenv("KERAS_BACKEND", "tensorflaw")
    with pytest.raises(gr.Error, match="KERAS_BACKEND=tensorflaw") as refusal:
        Reader().predict(STROKES, "dense")
    assert refusal.value.message in capsys.readouterr().err


def test_an_error_of_this_program_while_loading_stays_in_its_log(capsys):
    with pytest.raises(gr.Error, match="its log says more"):
        Reader(lambda name: 1 / 0).predict(STROKES, "dense")
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_network_is_loaded_at_the_first_question_alone_which_the_log_says(capsys):
    loaded = []
    reader = Reader(lambda name: loaded.append(name) or OneAnswer(7))
    assert loaded == []
    for _ in range(3):
        reader.predict(STROKES, "dense")
    assert loaded == ["dense"]
    assert capsys.readouterr().err.count("Loading dense") == 1


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


def test_weights_that_ship_are_published_under_the_hash_of_their_content():
    first, again = publish_shipped(), publish_shipped()
    assert first == again
    assert [one["name"] for one in first] == ["cnn", "dense"]
    assert len({one["url"] for one in first}) == 2


def test_a_network_that_cannot_be_had_is_described_by_the_error(tmp_path, capsys):
    for name in ("cnn.json", "cnn.keras", "dense.json"):
        shutil.copy(WEIGHTS / name, tmp_path)
    (tmp_path / "dense.keras").write_bytes((WEIGHTS / "dense.keras").read_bytes()[:-100])
    cnn, dense = publish_shipped(tmp_path)
    assert "url" in cnn and "url" not in dense
    assert dense["problem"]["key"] == "error.store.altered"
    assert "dense.keras is truncated or altered" in capsys.readouterr().err


def make_own() -> Trained:
    weights = [np.zeros((784, 128)), np.zeros(128), np.zeros((128, 10)), np.zeros(10)]
    return Trained(weights, {"settings": {"activation": "tanh"}})


def find_file(address: str) -> bool:
    return address.removeprefix("files/") in FILES._contents


def test_a_network_of_ones_own_is_lent_until_it_is_another_or_the_session_ends():
    session = Session(own=make_own())
    first = publish_own(session)
    assert first["name"] == "yours" and find_file(first["url"])
    assert publish_own(session) is first
    session.own = make_own()
    second = publish_own(session)
    assert second["url"] != first["url"] and not find_file(first["url"])
    session.own = None
    assert publish_own(session) is None and not find_file(second["url"])
    session.own = make_own()
    third = publish_own(session)
    session.close()
    assert not find_file(third["url"])


def test_another_content_has_another_address():
    files = Files()
    assert files.publish({"a.js": b"1"}) == files.publish({"a.js": b"1"}) != files.publish({"a.js": b"2"})
    assert files.publish_private("a.bin", b"1") != files.publish_private("a.bin", b"1")
