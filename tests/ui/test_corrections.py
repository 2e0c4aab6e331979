"""The corrections panel without a browser: its collection, its words, Undo."""

import json
import sys

import pytest

from model.classifier import Classifier
from model.drawing import Drawing, DrawingError
from model.errors import DigitsError, Term
from model.networks import build_network
from model.store import WEIGHTS
from tests.support.errors import raises
from tests.support.processes import keep_priority, wait_until
from tests.support.words import say, word_html
from ui.browser.networks import OWN
from ui.browser.weights import read_weights
from ui.corrections.collection import MAX_BYTES, MAX_DRAWINGS, format_additions, parse_collection
from ui.corrections.panel import (
    MAX_UNDOS,
    describe_fine_tuning,
    describe_report,
    find_network,
    offer_choices,
    take_over,
)
from ui.server.fine_tuning_job import WORKER, FineTuningJob
from ui.server.job import DONE, FAILED, STOPPED, WAITING
from ui.server.job_queue import JobQueue
from ui.server.messages import FineTuned, Trained
from ui.server.sessions import Session
from ui.text.words import say_error

ROW = json.dumps({"label": 7, "strokes": [[[10, 10], [50, 10], [30, 80]]]})
SHARES = {"corrections": 0.4, "mnist-test": 0.9909, "held-out": 0.992}


@pytest.fixture(scope="module")
def network():
    return Trained(*read_weights(WEIGHTS, "dense"))


def make_fine_tuning(network, job_queue=None, **arguments):
    return FineTuningJob(network, parse_collection(ROW, "It"), job_queue or JobQueue(), **arguments)


def end_fine_tuning(network, forgotten=()):
    """A job as it is when its worker has answered."""
    fine_tuning = make_fine_tuning(network)
    after = {"corrections": 1.0, "mnist-test": 0.986, "held-out": 0.993}
    weights = None if forgotten else network.weights
    fine_tuning.outcome = FineTuned(SHARES, after, forgotten, weights, network.card)
    fine_tuning.learned = None if forgotten else Trained(weights, network.card)
    fine_tuning.phase = DONE
    return fine_tuning


def wait_for_end(fine_tuning):
    wait_until(lambda: fine_tuning.ended)


def test_additions_hold_the_drawings_and_where_they_come_from():
    drawings = [Drawing.parse([[[1, 2], [3, 4]]], 7, "w3"), Drawing.parse([[[5, 6]]], None)]
    value = json.loads(format_additions(drawings, "file"))
    assert set(value) == {"add", "source"} and value["source"] == "file"
    first, second = parse_collection("\n".join(map(json.dumps, value["add"])), "It")
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
        (f"{ROW}\n\n\n[1, 2]", "line 4: an object is expected"),
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
    with raises(DrawingError, said) as refused:
        parse_collection(text, Term("the-file"))
    assert say_error(refused.value).startswith("The file")


def test_a_network_of_ones_own_that_is_gone_is_not_replaced_by_another_one(network):
    assert find_network(Session(own=network), OWN) is network
    with raises(DigitsError, "Your network is gone"):
        find_network(Session(), OWN)
    assert find_network(Session(), "dense").card["network"] == "dense"


def test_a_fine_tuning_learns_in_a_process_of_its_own_and_leaves_the_queue(network):
    job_queue = JobQueue()
    fine_tuning = make_fine_tuning(network, job_queue, worker=keep_priority(WORKER))
    fine_tuning.start()
    wait_for_end(fine_tuning)
    assert fine_tuning.phase == DONE and fine_tuning.share == 1
    assert fine_tuning.outcome.after["corrections"] == 1
    assert job_queue.find_position(fine_tuning) is None
    learned = build_network(fine_tuning.learned.card["settings"])
    learned.set_weights(fine_tuning.learned.weights)
    assert Classifier(learned, fine_tuning.learned.card).read(parse_collection(ROW, "It")[0]).digit == 7


def test_a_fine_tuning_waits_behind_another_job_and_can_be_abandoned(network):
    job_queue = JobQueue()
    job_queue.join("another job")
    fine_tuning = make_fine_tuning(network, job_queue)
    fine_tuning.start()
    assert fine_tuning.phase == WAITING
    assert (
        say(describe_fine_tuning(fine_tuning)["headline"])
        == "1 job is ahead of yours, which starts by itself."
    )
    fine_tuning.abandon()
    wait_for_end(fine_tuning)
    assert fine_tuning.phase == STOPPED and job_queue.find_position(fine_tuning) is None
    assert describe_report(fine_tuning) == ""


def test_a_worker_that_breaks_off_is_reported_and_changes_nothing(network):
    fine_tuning = make_fine_tuning(network, worker=(sys.executable, "-c", "raise SystemExit(1)"))
    fine_tuning.start()
    wait_for_end(fine_tuning)
    assert fine_tuning.phase == FAILED
    assert "broke off" in say(describe_fine_tuning(fine_tuning)["headline"])
    session = Session(fine_tuning=fine_tuning)
    assert not take_over(session) and session.own is None


def test_before_and_after_are_a_table(network):
    fine_tuning = end_fine_tuning(network)
    fine_tuning.corrections = [None] * 10
    table = word_html(describe_report(fine_tuning))
    assert '<th scope="row">your corrections</th><td>4 of 10</td><td>10 of 10</td>' in table
    assert "<td>99.09 %</td><td>98.60 %</td>" in table


def test_a_network_that_has_forgotten_is_not_taken_over_and_the_page_says_so(network):
    session = Session(choice="dense", fine_tuning=end_fine_tuning(network, forgotten=("mnist-test",)))
    assert not take_over(session)
    assert session.own is None and session.past == []
    assert say(describe_fine_tuning(session.fine_tuning)["headline"]) == (
        "The old network stays: the new one reads others' digits 0.5 points worse."
    )


def test_the_network_becomes_the_visitors_own_once_and_the_one_before_is_kept(network):
    session = Session(choice="dense", fine_tuning=end_fine_tuning(network))
    assert take_over(session)
    first = session.own
    assert first is not None and session.choice == OWN and session.past == [(None, "dense")]
    assert not take_over(session)
    session.fine_tuning = end_fine_tuning(first)
    assert take_over(session)
    assert session.past[-1] == (first, OWN) and session.own is not first


def test_a_session_keeps_a_few_networks_for_undo(network):
    session = Session(choice="dense")
    for _ in range(MAX_UNDOS + 2):
        session.fine_tuning = end_fine_tuning(network)
        take_over(session)
    assert len(session.past) == MAX_UNDOS


def test_yours_is_a_choice_only_where_there_is_an_own_network(network):
    assert [value for _, value in offer_choices(Session(choice="cnn")).choices] == ["cnn", "dense", "both"]
    assert offer_choices(Session(choice=OWN, own=network)).choices[-1][1] == OWN
