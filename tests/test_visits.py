"""Visits: what a tab finds again after a reload, and what is left of it after it was closed."""

import gc
import platform
import weakref

import gradio as gr
import httpx
import pytest

from model.recipes import choose_settings
from tests.conftest import run_python, wait_until
from ui.line import Line
from ui.live import STOPPED, WAITING, LiveRun
from ui.visits import MOST_EARLIER_RUNS, MOST_VISITS, RUN_GRACE, VISIT_GRACE, Mailboxes, Visit, Visits

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
def visits(clock):
    return Visits(clock)


def make_run(line=None):
    return LiveRun(choose_settings("dense", "tutorial", epochs=1), line or Line(), lambda: None)


def close_tab(visits, clock, session, seconds):
    """The tab is closed, and so much time passes."""
    visits.leave(session)
    clock.now += seconds
    visits.sweep()


def take_up_waiting_run(visit):
    """A run that waits in a line whose first never leaves: alive, but it costs nothing."""
    line = Line()
    line.join("somebody who trains")
    run = make_run(line)
    visit.take_up(run)
    run.start()
    return run


def test_a_visit_keeps_a_few_earlier_runs_that_learned_anything():
    visit = Visit()
    for _ in range(MOST_EARLIER_RUNS + 3):
        run = make_run()
        run.rows = [{"epoch": 1.0}]
        visit.take_up(run)
    visit.take_up(make_run())
    visit.take_up(make_run())  # the one before has learned nothing
    assert len(visit.earlier) == MOST_EARLIER_RUNS
    assert all(run.rows for run in visit.earlier)


def test_a_visit_has_the_image_of_the_drawing_on_its_pad_and_none_of_a_blank_or_broken_one():
    visit = Visit()
    assert visit.find_image() is None
    visit.keep_drawing(SEVEN)
    assert visit.find_image().shape == (28, 28) and visit.find_image().any()
    for strokes in ([], "no strokes", [[[float("nan"), 1]]]):
        visit.keep_drawing(strokes)
        assert visit.find_image() is None


def test_what_is_no_drawing_takes_up_no_memory():
    visit = Visit()
    for strokes in ([[]] * 300_000, [[[1, 2]] * 5000], "x" * 1_000_000):
        visit.keep_drawing(strokes)
        assert visit.drawing is None


def test_visits_of_two_tabs_are_apart(visits):
    visit = visits.arrive("a", TOKEN)
    take_up_waiting_run(visit)
    other = visits.arrive("b", OTHER_TOKEN)
    assert other is not visit and other.run is None
    assert visits.find("a") is visit and visits.find("b") is other
    visit.close()


def test_a_reload_finds_the_visit_again_in_whichever_order_the_pages_come_and_go(visits, clock):
    visit = visits.arrive("a", TOKEN)
    run = take_up_waiting_run(visit)
    close_tab(visits, clock, "a", RUN_GRACE - 1)
    assert visits.arrive("b", TOKEN) is visit
    assert visits.arrive("c", TOKEN) is visit
    close_tab(visits, clock, "b", 10 * VISIT_GRACE)
    assert visits.find("c") is visit and visit.run is run and run.phase == WAITING
    visit.close()


def test_a_script_leaves_no_visit_behind_by_telling_many_tokens(visits):
    visit = visits.arrive("page", TOKEN)
    abandoned = visits.arrive("a script", OTHER_TOKEN)
    assert visits.arrive("a script", "f" * 32) is abandoned  # one token a visit
    assert visits.arrive("a script", TOKEN) is visit
    held = weakref.ref(abandoned)
    del abandoned
    gc.collect()
    assert held() is None and len(visits) == 1
    assert visits.arrive("b", "f" * 32) is not visits.arrive("c", OTHER_TOKEN)


def test_a_drawing_that_comes_before_the_page_has_arrived_is_taken_over(visits):
    visit = visits.arrive("a", TOKEN)
    visits.leave("a")
    visits.find("b").keep_drawing(SEVEN)
    assert visits.arrive("b", TOKEN) is visit
    assert visit.drawing.as_lists() == SEVEN
    assert len(visits) == 1


@pytest.mark.parametrize("token", ["", "0" * 31, "g" * 32, None, 7, TOKEN + "0"])
def test_what_is_no_token_finds_nothing(visits, token):
    visit = visits.arrive("a", token)
    assert visits.arrive("b", token) is not visit


def test_a_closed_tab_stops_its_run_and_a_late_reload_finds_it_stopped(visits, clock):
    visit = visits.arrive("a", TOKEN)
    run = take_up_waiting_run(visit)
    close_tab(visits, clock, "a", RUN_GRACE)
    run._thread.join(5)
    assert run.phase == STOPPED
    assert visits.arrive("b", TOKEN).run is run


def test_a_visit_is_forgotten_a_minute_after_its_tab_was_closed(visits, clock):
    visit = visits.arrive("a", TOKEN)
    run = take_up_waiting_run(visit)
    close_tab(visits, clock, "a", VISIT_GRACE)
    run._thread.join(5)
    assert len(visits) == 0
    held = weakref.ref(visit), weakref.ref(run)
    del visit, run
    gc.collect()
    assert [reference() for reference in held] == [None, None]
    assert visits.arrive("b", TOKEN).run is None


def test_whoever_keeps_more_of_a_session_is_told_when_its_visit_is_forgotten(clock):
    told = []
    visits = Visits(clock, lambda session, visit: told.append((session, visit)))
    visit = visits.arrive("a", TOKEN)
    visits.arrive("b", TOKEN)
    visits.leave("a")
    close_tab(visits, clock, "b", VISIT_GRACE)
    assert told == [("a", visit), ("b", visit)]


def test_who_never_arrived_is_forgotten_too(visits, clock):
    visits.find("a script").keep_drawing(SEVEN)
    clock.now += VISIT_GRACE
    visits.sweep()
    assert len(visits) == 0


def test_there_are_never_more_visits_than_the_bound_and_pages_in_use_are_kept(visits, clock):
    visit = visits.arrive("page", TOKEN)
    for number in range(MOST_VISITS + 5):
        clock.now += 0.001
        visits.find(f"script {number}")
    assert len(visits) == MOST_VISITS
    assert visits.find("page") is visit


def test_answers_that_nobody_will_fetch_are_forgotten_and_open_pages_keep_theirs(visits, clock):
    def echo(word: str) -> str:
        return word

    with gr.Blocks() as app:
        gr.api(echo, api_name="predict")
    _, url, _ = app.launch(prevent_thread_lock=True, quiet=True, ssr_mode=False)
    mailboxes = Mailboxes(lambda: app._queue, visits.is_open, clock)
    for session in ("page", "closed"):
        visits.arrive(session, None)
    visits.leave("closed")
    try:
        for session in ("page", "closed"):
            body = {"data": ["seven"], "fn_index": 0, "session_hash": session}
            httpx.post(f"{url}gradio_api/queue/join", json=body).raise_for_status()
        calls = [httpx.post(f"{url}gradio_api/call/predict", json={"data": ["seven"]}) for _ in range(3)]
        begun = [call.json()["event_id"] for call in calls]
        queue = app._queue
        wait_until(lambda: not queue.event_ids_to_events)
        assert set(queue.pending_event_ids_session) == {"page", "closed", *begun}
        mailboxes.sweep()
        clock.now += VISIT_GRACE - 1
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
