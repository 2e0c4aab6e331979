"""The section "Your hand" without a browser: what is taken in, what a lesson says, what Undo returns to."""

import json

import pytest

from model.classifier import Classifier
from model.drawing import Drawing, DrawingError
from tests.conftest import wait_until
from ui.collection import MAX_BYTES, MAX_DRAWINGS, format_collection, parse_collection
from ui.hand import MOST_UNDOS, offer_choices, show_lesson, show_report, take_over
from ui.lesson import Lesson, make_classifier
from ui.lesson_worker import Learned
from ui.line import Line
from ui.live import DONE, FAILED, STOPPED, WAITING
from ui.reading import OWN
from ui.visits import Visit

PATIENCE = 120  # seconds; the worker's process imports Keras first
ROW = json.dumps({"label": 7, "strokes": [[[10, 10], [50, 10], [30, 80]]]})
SHARES = {"corrections": 0.4, "mnist-test": 0.9909, "held-out": 0.992}


@pytest.fixture(scope="module")
def classifier():
    return Classifier.load("dense")


def make_lesson(classifier, line=None, **arguments):
    return Lesson(classifier, parse_collection(ROW, "It"), line or Line(), **arguments)


def end_lesson(classifier, forgotten=()):
    """A lesson as it is when its process has answered."""
    lesson = make_lesson(classifier)
    after = {"corrections": 1.0, "mnist-test": 0.986, "held-out": 0.993}
    weights = None if forgotten else classifier.network.get_weights()
    lesson.learned = Learned(SHARES, after, forgotten, weights, classifier.card)
    lesson.classifier = make_classifier(lesson.learned)
    lesson.phase = DONE
    return lesson


def wait_for_end(lesson):
    wait_until(lambda: lesson.ended, PATIENCE)


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
    line = Line()
    lesson = make_lesson(classifier, line)
    lesson.start()
    wait_for_end(lesson)
    assert lesson.phase == DONE and lesson.share == 1
    assert lesson.learned.after["corrections"] == 1
    assert line.find_place(lesson) is None
    assert lesson.classifier.read(parse_collection(ROW, "It")[0]).digit == 7


def test_a_lesson_waits_behind_whoever_trains_and_can_be_left(classifier):
    line = Line()
    line.join("somebody who trains")
    lesson = make_lesson(classifier, line)
    lesson.start()
    assert lesson.phase == WAITING
    assert show_lesson(lesson)["headline"] == "You are 1st in line; it starts by itself."
    lesson.abandon()
    wait_for_end(lesson)
    assert lesson.phase == STOPPED and line.find_place(lesson) is None
    assert show_report(lesson) == ""


def test_a_process_that_breaks_off_is_said_and_nothing_changes(classifier):
    lesson = make_lesson(classifier, worker=("false",))
    lesson.start()
    wait_for_end(lesson)
    assert lesson.phase == FAILED
    assert "broke off" in show_lesson(lesson)["headline"]
    visit = Visit(lesson=lesson)
    assert not take_over(visit) and visit.own is None


def test_before_and_after_are_a_table(classifier):
    lesson = end_lesson(classifier)
    lesson.corrections = [None] * 10
    table = show_report(lesson)
    assert '<th scope="row">your corrections</th><td>4 of 10</td><td>10 of 10</td>' in table
    assert "<td>99.09 %</td><td>98.60 %</td>" in table


def test_a_network_that_has_forgotten_is_not_taken_over_and_it_is_said(classifier):
    visit = Visit(choice="dense", lesson=end_lesson(classifier, forgotten=("mnist-test",)))
    assert not take_over(visit)
    assert visit.own is None and visit.past == []
    assert show_lesson(visit.lesson)["headline"] == (
        "The old network stays: it would have read 0.5 points fewer of others' digits."
    )


def test_what_was_learned_becomes_the_visitors_own_once_and_the_network_before_is_kept(classifier):
    visit = Visit(choice="dense", lesson=end_lesson(classifier))
    assert take_over(visit)
    first = visit.own
    assert first is not None and visit.choice == OWN and visit.past == [(None, "dense")]
    assert not take_over(visit)
    visit.lesson = end_lesson(first)
    assert take_over(visit)
    assert visit.past[-1] == (first, OWN) and visit.own is not first


def test_a_visit_keeps_only_some_networks_to_return_to(classifier):
    visit = Visit(choice="dense")
    for _ in range(MOST_UNDOS + 2):
        visit.lesson = end_lesson(classifier)
        take_over(visit)
    assert len(visit.past) == MOST_UNDOS


def test_yours_is_a_choice_only_for_who_has_one(classifier):
    assert [value for _, value in offer_choices(Visit(choice="cnn")).choices] == ["cnn", "dense", "both"]
    assert offer_choices(Visit(choice=OWN, own=classifier)).choices[-1][1] == OWN
