"""The corrections panel without a browser: what it takes in, what it says, what Undo returns to."""

import json

import pytest

from model.classifier import Classifier
from model.drawing import Drawing, DrawingError
from tests.support.processes import wait_until
from ui.corrections.collection import MAX_BYTES, MAX_DRAWINGS, format_collection, parse_collection
from ui.corrections.panel import MOST_UNDOS, describe_fine_tuning, describe_report, offer_choices, take_over
from ui.readout.reading import OWN
from ui.server.fine_tuning_job import FineTuningJob, make_classifier
from ui.server.job_queue import JobQueue
from ui.server.messages import Learned
from ui.server.sessions import Session
from ui.server.training_job import DONE, FAILED, STOPPED, WAITING

PATIENCE = 120  # seconds; the worker's process imports Keras first
ROW = json.dumps({"label": 7, "strokes": [[[10, 10], [50, 10], [30, 80]]]})
SHARES = {"corrections": 0.4, "mnist-test": 0.9909, "held-out": 0.992}


@pytest.fixture(scope="module")
def classifier():
    return Classifier.load("dense")


def make_fine_tuning(classifier, line=None, **arguments):
    return FineTuningJob(classifier, parse_collection(ROW, "It"), line or JobQueue(), **arguments)


def end_lesson(classifier, forgotten=()):
    """A fine_tuning as it is when its process has answered."""
    fine_tuning = make_fine_tuning(classifier)
    after = {"corrections": 1.0, "mnist-test": 0.986, "held-out": 0.993}
    weights = None if forgotten else classifier.network.get_weights()
    fine_tuning.learned = Learned(SHARES, after, forgotten, weights, classifier.card)
    fine_tuning.classifier = make_classifier(fine_tuning.learned)
    fine_tuning.phase = DONE
    return fine_tuning


def wait_for_end(fine_tuning):
    wait_until(lambda: fine_tuning.ended, PATIENCE)


def test_a_collection_comes_back_as_it_was_written():
    text = format_collection([Drawing.parse([[[1, 2], [3, 4]]], 7, "w3"), Drawing.parse([[[5, 6]]], None)])
    first, second = parse_collection(text, "It")
    assert (first.label, first.writer, first.as_lists()) == (7, "w3", [[[1, 2], [3, 4]]])
    assert (second.label, second.writer) == (None, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "holds no drawings"),
        ({"text": ROW}, "holds no drawings"),
        ("", "holds no drawings"),
        ("\n \n", "holds no drawings"),
        ("PK\x03\x04", "line 1: not valid JSON"),
        (f"{ROW}\n[1, 2]", "line 2: an object is expected"),
        (f"{ROW}\n{ROW[:-9]}", "line 2: not valid JSON"),
        (ROW.replace("7", "12", 1), "whole number from 0 to 9"),
        (ROW.replace("80", "NaN"), "not finite"),
        ("[" * 100_000, "not valid JSON"),
        ("x" * (MAX_BYTES + 1), "larger than"),
        (f"{ROW}\n" * (MAX_DRAWINGS + 1), f"at most {MAX_DRAWINGS}"),
        ("\ud800", "line 1"),
    ],
)
def test_what_is_no_collection_is_refused_in_one_sentence(text, said):
    with pytest.raises(DrawingError, match=said) as refused:
        parse_collection(text, "The file")
    assert str(refused.value).startswith("The file")


def test_a_lesson_teaches_in_a_process_of_its_own_and_leaves_the_line(classifier, data_folder):
    line = JobQueue()
    fine_tuning = make_fine_tuning(classifier, line)
    fine_tuning.start()
    wait_for_end(fine_tuning)
    assert fine_tuning.phase == DONE and fine_tuning.share == 1
    assert fine_tuning.learned.after["corrections"] == 1
    assert line.find_place(fine_tuning) is None
    assert fine_tuning.classifier.read(parse_collection(ROW, "It")[0]).digit == 7


def test_a_lesson_waits_behind_whoever_trains_and_can_be_left(classifier):
    line = JobQueue()
    line.join("somebody who trains")
    fine_tuning = make_fine_tuning(classifier, line)
    fine_tuning.start()
    assert fine_tuning.phase == WAITING
    assert describe_fine_tuning(fine_tuning)["headline"] == "You are 1st in line; it starts by itself."
    fine_tuning.abandon()
    wait_for_end(fine_tuning)
    assert fine_tuning.phase == STOPPED and line.find_place(fine_tuning) is None
    assert describe_report(fine_tuning) == ""


def test_a_process_that_breaks_off_is_said_and_nothing_changes(classifier):
    fine_tuning = make_fine_tuning(classifier, worker=("false",))
    fine_tuning.start()
    wait_for_end(fine_tuning)
    assert fine_tuning.phase == FAILED
    assert "broke off" in describe_fine_tuning(fine_tuning)["headline"]
    session = Session(fine_tuning=fine_tuning)
    assert not take_over(session) and session.own is None


def test_before_and_after_are_a_table(classifier):
    fine_tuning = end_lesson(classifier)
    fine_tuning.corrections = [None] * 10
    table = describe_report(fine_tuning)
    assert '<th scope="row">your corrections</th><td>4 of 10</td><td>10 of 10</td>' in table
    assert "<td>99.09 %</td><td>98.60 %</td>" in table


def test_a_network_that_has_forgotten_is_not_taken_over_and_it_is_said(classifier):
    session = Session(choice="dense", fine_tuning=end_lesson(classifier, forgotten=("mnist-test",)))
    assert not take_over(session)
    assert session.own is None and session.past == []
    assert describe_fine_tuning(session.fine_tuning)["headline"] == (
        "The old network stays: it would have read 0.5 points fewer of others' digits."
    )


def test_what_was_learned_becomes_the_visitors_own_once_and_the_network_before_is_kept(classifier):
    session = Session(choice="dense", fine_tuning=end_lesson(classifier))
    assert take_over(session)
    first = session.own
    assert first is not None and session.choice == OWN and session.past == [(None, "dense")]
    assert not take_over(session)
    session.fine_tuning = end_lesson(first)
    assert take_over(session)
    assert session.past[-1] == (first, OWN) and session.own is not first


def test_a_visit_keeps_only_some_networks_to_return_to(classifier):
    session = Session(choice="dense")
    for _ in range(MOST_UNDOS + 2):
        session.fine_tuning = end_lesson(classifier)
        take_over(session)
    assert len(session.past) == MOST_UNDOS


def test_yours_is_a_choice_only_for_who_has_one(classifier):
    assert [value for _, value in offer_choices(Session(choice="cnn")).choices] == ["cnn", "dense", "both"]
    assert offer_choices(Session(choice=OWN, own=classifier)).choices[-1][1] == OWN
