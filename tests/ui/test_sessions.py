"""Sessions: what a tab finds again after a reload, and what is left of it after it was closed."""

import gc
import platform
import weakref

import gradio as gr
import httpx
import pytest

from model.recipes import choose_settings
from tests.support.processes import run_python, wait_until
from ui.server.job_queue import JobQueue
from ui.server.sessions import (
    MAX_SESSIONS,
    MOST_EARLIER_RUNS,
    RUN_GRACE,
    SESSION_GRACE,
    QueueCleaner,
    Session,
    Sessions,
)
from ui.server.training_job import STOPPED, WAITING, TrainingJob

# Eight threads that need memory at once, then what glibc says about its heaps.
EIGHT_THREADS = """
import app, ctypes, threading
everybody = threading.Barrier(9)
def need_memory():
    kept = bytes(5000)
    everybody.wait()
for _ in range(8):
    threading.Thread(target=need_memory).start()
everybody.wait()
c = ctypes.CDLL(None)
c.malloc_info(0, ctypes.c_void_p.in_dll(c, "stdout"))
c.fflush(None)
"""
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


def make_run(line=None):
    return TrainingJob(choose_settings("dense", "tutorial", epochs=1), line or JobQueue(), lambda: None)


def close_tab(sessions, clock, session_hash, seconds):
    """The tab is closed, and so much time passes."""
    sessions.leave(session_hash)
    clock.now += seconds
    sessions.sweep()


def take_up_waiting_run(session):
    """A run that waits in a line whose first never leaves: alive, but it costs nothing."""
    line = JobQueue()
    line.join("somebody who trains")
    run = make_run(line)
    session.take_up(run)
    run.start()
    return run


def test_a_visit_keeps_a_few_earlier_runs_that_learned_anything():
    session = Session()
    for _ in range(MOST_EARLIER_RUNS + 3):
        run = make_run()
        run.rows = [{"epoch": 1.0}]
        session.take_up(run)
    session.take_up(make_run())
    session.take_up(make_run())  # the one before has learned nothing
    assert len(session.earlier) == MOST_EARLIER_RUNS
    assert all(run.rows for run in session.earlier)


def test_a_visit_has_the_image_of_the_drawing_on_its_pad_and_none_of_a_blank_or_broken_one():
    session = Session()
    assert session.find_image() is None
    session.keep_drawing(SEVEN)
    assert session.find_image().shape == (28, 28) and session.find_image().any()
    for strokes in ([], "no strokes", [[[float("nan"), 1]]]):
        session.keep_drawing(strokes)
        assert session.find_image() is None


def test_what_is_no_drawing_takes_up_no_memory():
    session = Session()
    for strokes in ([[]] * 300_000, [[[1, 2]] * 5000], "x" * 1_000_000):
        session.keep_drawing(strokes)
        assert session.drawing is None


def test_visits_of_two_tabs_are_apart(sessions):
    session = sessions.arrive("a", TOKEN)
    take_up_waiting_run(session)
    other = sessions.arrive("b", OTHER_TOKEN)
    assert other is not session and other.run is None
    assert sessions.find("a") is session and sessions.find("b") is other
    session.close()


def test_a_reload_finds_the_visit_again_in_whichever_order_the_pages_come_and_go(sessions, clock):
    session = sessions.arrive("a", TOKEN)
    run = take_up_waiting_run(session)
    close_tab(sessions, clock, "a", RUN_GRACE - 1)
    assert sessions.arrive("b", TOKEN) is session
    assert sessions.arrive("c", TOKEN) is session
    close_tab(sessions, clock, "b", 10 * SESSION_GRACE)
    assert sessions.find("c") is session and session.run is run and run.phase == WAITING
    session.close()


def test_a_script_leaves_no_visit_behind_by_telling_many_tokens(sessions):
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


@pytest.mark.parametrize("token", ["", "0" * 31, "g" * 32, None, 7, TOKEN + "0"])
def test_what_is_no_token_finds_nothing(sessions, token):
    session = sessions.arrive("a", token)
    assert sessions.arrive("b", token) is not session


def test_a_closed_tab_stops_its_run_and_a_late_reload_finds_it_stopped(sessions, clock):
    session = sessions.arrive("a", TOKEN)
    run = take_up_waiting_run(session)
    close_tab(sessions, clock, "a", RUN_GRACE)
    run._thread.join(5)
    assert run.phase == STOPPED
    assert sessions.arrive("b", TOKEN).run is run


def test_a_visit_is_forgotten_a_minute_after_its_tab_was_closed(sessions, clock):
    session = sessions.arrive("a", TOKEN)
    run = take_up_waiting_run(session)
    close_tab(sessions, clock, "a", SESSION_GRACE)
    run._thread.join(5)
    assert len(sessions) == 0
    held = weakref.ref(session), weakref.ref(run)
    del session, run
    gc.collect()
    assert [reference() for reference in held] == [None, None]
    assert sessions.arrive("b", TOKEN).run is None


def test_whoever_keeps_more_of_a_session_is_told_when_its_visit_is_forgotten(clock):
    told = []
    sessions = Sessions(clock, lambda session_hash, session: told.append((session_hash, session)))
    session = sessions.arrive("a", TOKEN)
    sessions.arrive("b", TOKEN)
    sessions.leave("a")
    close_tab(sessions, clock, "b", SESSION_GRACE)
    assert told == [("a", session), ("b", session)]


def test_who_never_arrived_is_forgotten_too(sessions, clock):
    sessions.find("a script").keep_drawing(SEVEN)
    clock.now += SESSION_GRACE
    sessions.sweep()
    assert len(sessions) == 0


def test_there_are_never_more_visits_than_the_bound_and_pages_in_use_are_kept(sessions, clock):
    session = sessions.arrive("page", TOKEN)
    for number in range(MAX_SESSIONS + 5):
        clock.now += 0.001
        sessions.find(f"script {number}")
    assert len(sessions) == MAX_SESSIONS
    assert sessions.find("page") is session


def test_answers_that_nobody_will_fetch_are_forgotten_and_open_pages_keep_theirs(sessions, clock):
    def echo(word: str) -> str:
        return word

    with gr.Blocks() as app:
        gr.api(echo, api_name="predict")
    _, url, _ = app.launch(prevent_thread_lock=True, quiet=True, ssr_mode=False)
    mailboxes = QueueCleaner(lambda: app._queue, sessions.is_open, clock)
    for session_hash in ("page", "closed"):
        sessions.arrive(session_hash, None)
    sessions.leave("closed")
    try:
        for session_hash in ("page", "closed"):
            body = {"data": ["seven"], "fn_index": 0, "session_hash": session_hash}
            httpx.post(f"{url}gradio_api/queue/join", json=body).raise_for_status()
        calls = [httpx.post(f"{url}gradio_api/call/predict", json={"data": ["seven"]}) for _ in range(3)]
        begun = [call.json()["event_id"] for call in calls]
        queue = app._queue
        wait_until(lambda: not queue.event_ids_to_events)
        assert set(queue.pending_event_ids_session) == {"page", "closed", *begun}
        mailboxes.sweep()
        clock.now += SESSION_GRACE - 1
        mailboxes.sweep()
        assert "seven" in httpx.get(f"{url}gradio_api/call/predict/{begun[0]}").text
        clock.now += 1
        mailboxes.sweep()
        assert set(queue.pending_event_ids_session) == set(queue.pending_messages_per_session) == {"page"}
    finally:
        app.close()


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="only glibc has a heap for each of many threads"
)
def test_threads_that_come_and_go_share_two_heaps():
    assert run_python("-c", EIGHT_THREADS).stdout.count("<heap nr") == 2
