"""Sessions: what a tab finds again after a reload, and what is left after it was closed."""

import gc
import weakref
from types import SimpleNamespace

import pytest

from model.settings import choose_settings
from tests.support.processes import PATIENCE, wait_until
from tests.support.words import say
from ui.server.job import STOPPED, WAITING
from ui.server.job_queue import JobQueue
from ui.server.messages import Trained
from ui.server.sessions import (
    JOB_GRACE,
    MAX_EARLIER_RUNS,
    MAX_PAGES,
    MAX_SESSIONS,
    SESSION_GRACE,
    TRAINED_GRACE,
    Session,
    Sessions,
)
from ui.server.training_job import TrainingJob
from ui.training.view import View

SEVEN = [[[10.0, 10.0], [50.0, 10.0], [30.0, 80.0]]]
TOKEN, OTHER_TOKEN = "0" * 31 + "1", "0" * 31 + "2"


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sessions(clock):
    return Sessions(clock)


def make_training(job_queue=None):
    return TrainingJob(choose_settings("dense", "tutorial", epochs=1), job_queue or JobQueue(), lambda: None)


def close_tab(sessions, clock, session_hash, seconds):
    """Closes the tab, lets this time pass, and sweeps."""
    sessions.leave(session_hash)
    clock.now += seconds
    sessions.sweep()


def begin_waiting_training(session):
    """A training behind a job that never ends: it waits, and starts no process."""
    job_queue = JobQueue()
    job_queue.join("another job")
    training = make_training(job_queue)
    session.begin_training(training)
    training.start()
    return training


def test_a_session_keeps_a_few_earlier_trainings_that_have_a_curve():
    session = Session()
    for _ in range(MAX_EARLIER_RUNS + 3):
        training = make_training()
        training.rows = [{"epoch": 1.0}]
        session.begin_training(training)
    session.begin_training(make_training())
    session.begin_training(make_training())  # the one before has no rows
    assert len(session.earlier) == MAX_EARLIER_RUNS
    assert all(training.rows for training in session.earlier)


def test_the_network_of_the_training_before_is_kept_until_there_is_another_one(tmp_path):
    session, first = Session(), make_training()
    session.begin_training(first)
    first._trained, first._keras_file = Trained([], {}), b"a network"
    for _ in range(MAX_EARLIER_RUNS + 2):
        aborted = make_training()
        session.begin_training(aborted)
        aborted.rows = [{"epoch": 1.0}]
    assert session.latest_trained is first and first not in session.earlier
    assert session.holds_network and not session.awaits_network
    network, _ = session.save_network()
    assert network.read_bytes() == b"a network"
    aborted._trained = Trained([], {})
    assert session.latest_trained is aborted
    session.close()


def test_a_session_has_the_image_of_its_drawing_made_once_and_none_of_a_blank_or_broken_one():
    session = Session()
    assert session.find_image() is None
    session.keep_drawing(SEVEN)
    image = session.find_image()
    assert image.shape == (28, 28) and image.any() and session.find_image() is image
    for strokes in ([], "no strokes", [[[float("nan"), 1]]]):
        session.keep_drawing(strokes)
        assert session.find_image() is None


def test_what_is_no_drawing_is_not_kept():
    session = Session()
    for strokes in ([[]] * 300_000, [[[1, 2]] * 5000], "x" * 1_000_000):
        session.keep_drawing(strokes)
        assert session.drawing is None


def test_two_tabs_have_two_sessions(sessions):
    session = sessions.arrive("a", TOKEN)
    begin_waiting_training(session)
    other = sessions.arrive("b", OTHER_TOKEN)
    assert other is not session and other.training is None
    assert sessions.find("a") is session and sessions.find("b") is other
    session.close()


def test_a_session_with_a_network_of_its_own_waits_longer_for_its_tab(sessions, clock):
    session = sessions.arrive("a", TOKEN)
    session.own = Trained([], {})
    close_tab(sessions, clock, "a", TRAINED_GRACE - 1)
    assert sessions.arrive("b", TOKEN) is session
    close_tab(sessions, clock, "b", TRAINED_GRACE)
    assert len(sessions) == 0


def test_one_tab_has_a_bounded_number_of_pages(sessions):
    session = sessions.arrive("first", TOKEN)
    for number in range(100):
        assert sessions.arrive(str(number), TOKEN) is session
    assert sum(one is session for one in sessions._by_hash.values()) == MAX_PAGES
    assert sessions.is_open("99") and not sessions.is_open("first")


def test_a_reload_finds_the_session_again_in_whichever_order_pages_come_and_go(sessions, clock):
    session = sessions.arrive("a", TOKEN)
    training = begin_waiting_training(session)
    close_tab(sessions, clock, "a", JOB_GRACE - 1)
    assert sessions.arrive("b", TOKEN) is session
    assert sessions.arrive("c", TOKEN) is session
    close_tab(sessions, clock, "b", 10 * SESSION_GRACE)
    assert sessions.find("c") is session and session.training is training and training.phase == WAITING
    session.close()


def test_a_script_that_sends_many_tokens_leaves_no_session_behind(sessions):
    session = sessions.arrive("page", TOKEN)
    abandoned = sessions.arrive("a script", OTHER_TOKEN)
    assert sessions.arrive("a script", "f" * 32) is abandoned  # one token a session
    assert sessions.arrive("a script", TOKEN) is session
    held = weakref.ref(abandoned)
    del abandoned
    gc.collect()
    assert held() is None and len(sessions) == 1
    assert sessions.arrive("b", "f" * 32) is not sessions.arrive("c", OTHER_TOKEN)


def test_a_drawing_that_comes_before_the_page_has_arrived_is_taken_over(sessions):
    session = sessions.arrive("a", TOKEN)
    sessions.leave("a")
    sessions.find("b").keep_drawing(SEVEN)
    assert sessions.arrive("b", TOKEN) is session
    assert session.drawing.as_lists() == SEVEN
    assert len(sessions) == 1


@pytest.mark.parametrize("token", [TOKEN, OTHER_TOKEN], ids=["a reload", "a new page"])
def test_a_language_chosen_before_the_page_has_arrived_stays(sessions, token):
    sessions.arrive("a", TOKEN, language="en")
    sessions.find("b").page_language = "zh"
    assert sessions.arrive("b", token, language="en").language == "zh"
    assert sessions.arrive("c", token, language="en").language == "en"


def test_a_reload_that_has_told_no_drawing_yet_keeps_the_one_before(sessions):
    sessions.arrive("a", TOKEN).keep_drawing(SEVEN)
    sessions.leave("a")
    assert sessions.arrive("b", TOKEN).drawing.as_lists() == SEVEN


def test_a_tab_whose_training_is_gone_is_told_why_until_it_trains_again(sessions):
    session = sessions.arrive("a", TOKEN, "restarted")
    assert say(View(session, "dense").describe()[0]["headline"]).startswith("The server was restarted")
    training = begin_waiting_training(session)
    assert session.lost == ""
    assert sessions.arrive("b", TOKEN, "restarted").lost == ""  # the training is there
    training.abandon()
    assert sessions.arrive("c", OTHER_TOKEN, "<b>").lost == ""


@pytest.mark.parametrize("token", ["", "0" * 31, "g" * 32, None, 7, TOKEN + "0"])
def test_what_is_no_token_finds_nothing(sessions, token):
    session = sessions.arrive("a", token)
    assert sessions.arrive("b", token) is not session


def test_a_closed_tab_stops_its_training_and_a_late_reload_finds_it_stopped(sessions, clock):
    session = sessions.arrive("a", TOKEN)
    training = begin_waiting_training(session)
    close_tab(sessions, clock, "a", JOB_GRACE)
    training._thread.join(PATIENCE)
    assert training.phase == STOPPED
    assert sessions.arrive("b", TOKEN).training is training


def test_a_session_is_forgotten_some_time_after_its_tab_was_closed(sessions, clock):
    session = sessions.arrive("a", TOKEN)
    training = begin_waiting_training(session)
    close_tab(sessions, clock, "a", SESSION_GRACE)
    training._thread.join(PATIENCE)
    assert len(sessions) == 0
    held = weakref.ref(session), weakref.ref(training)
    del session, training
    gc.collect()
    assert [reference() for reference in held] == [None, None]
    assert sessions.arrive("b", TOKEN).training is None


def test_each_page_of_a_session_is_reported_when_the_session_is_forgotten(clock):
    reported = []
    sessions = Sessions(clock, lambda session_hash, session: reported.append((session_hash, session)))
    session = sessions.arrive("a", TOKEN)
    sessions.arrive("b", TOKEN)
    sessions.leave("a")
    close_tab(sessions, clock, "b", SESSION_GRACE)
    assert reported == [("a", session), ("b", session)]


def test_a_session_whose_page_never_loaded_is_forgotten_too(sessions, clock):
    sessions.find("a script").keep_drawing(SEVEN)
    clock.now += SESSION_GRACE
    sessions.sweep()
    assert len(sessions) == 0


def test_sessions_are_bounded_and_those_of_open_pages_stay(sessions, clock):
    session = sessions.arrive("page", TOKEN)
    for number in range(MAX_SESSIONS + 5):
        clock.now += 0.001
        sessions.find(f"script {number}")
    assert len(sessions) == MAX_SESSIONS
    assert sessions.find("page") is session


def test_a_sweep_that_fails_is_logged_once_and_the_next_one_does_its_work(clock, capsys, monkeypatch):
    monkeypatch.setattr("ui.server.sessions.SWEEP_SECONDS", 0.001)
    sessions = Sessions(clock, lambda *forgotten: 1 / 0)
    sweeps = []
    sessions.find("a script")
    clock.now += SESSION_GRACE
    sessions.start(also=lambda: sweeps.append(len(sessions)))
    wait_until(lambda: len(sweeps) > 3)
    assert len(sessions) == 0
    assert capsys.readouterr().err.count("ZeroDivisionError") == 1


def test_one_job_that_cannot_be_stopped_does_not_keep_the_others_running(sessions, clock):
    broken = sessions.arrive("a", TOKEN)
    broken.training = SimpleNamespace(ended=False, has_network=False, has_learned=False)  # has no `stop`
    training = begin_waiting_training(sessions.arrive("b", OTHER_TOKEN))
    sessions.leave("a")
    close_tab(sessions, clock, "b", JOB_GRACE)
    training._thread.join(PATIENCE)
    assert training.phase == STOPPED
