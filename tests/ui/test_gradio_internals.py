"""What leans on the inside of Gradio, against Gradio as it is."""

import re
from types import SimpleNamespace

import gradio as gr
import gradio.routes
import httpx

from tests.support.processes import wait_until
from ui.server.gradio_internals import QueueCleaner, adapt_html, calm_queue, forget_record, guard
from ui.server.sessions import SESSION_GRACE, Sessions


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def test_unread_answers_are_forgotten_and_open_pages_keep_theirs():
    clock = Clock()
    sessions = Sessions(clock)

    def echo(word: str) -> str:
        return word

    with gr.Blocks() as app:
        gr.api(echo, api_name="predict")
    _, url, _ = app.launch(prevent_thread_lock=True, quiet=True, ssr_mode=False)
    calm_queue(app)
    assert app._queue.sleep_when_free >= 0.005  # seconds between two looks; Gradio's own are 1 ms apart
    cleaner = QueueCleaner(app, sessions.is_open, SESSION_GRACE, clock)
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
        cleaner.sweep()
        clock.now += SESSION_GRACE - 1
        cleaner.sweep()
        assert "seven" in httpx.get(f"{url}gradio_api/call/predict/{begun[0]}").text
        clock.now += 1
        cleaner.sweep()
        assert set(queue.pending_event_ids_session) == set(queue.pending_messages_per_session) == {"page"}
    finally:
        app.close()


def test_a_link_to_the_page_is_shown_with_its_name_and_not_gradios(monkeypatch):
    pages = gradio.routes.templates.env
    monkeypatch.setattr(pages, "loader", pages.loader)  # afterwards as it was
    adapt_html("Seven & eight", "Read <both>")
    with gr.Blocks() as app:
        pass
    _, url, _ = app.launch(prevent_thread_lock=True, quiet=True, ssr_mode=False)
    try:
        head = httpx.get(url).text.partition("window.gradio_config")[0]
    finally:
        app.close()
    assert re.findall("<title>(.*?)</title>", head) == ["Seven &amp; eight"]
    previews = re.findall(r'<meta\s+(?:name|property)="((?:og|twitter):\w+)"\s+content="(.*?)"', head)
    assert previews == [
        ("og:title", "Seven &amp; eight"), ("og:type", "website"), ("og:description", "Read &lt;both&gt;"),
    ]  # fmt: skip


def test_where_gradio_has_changed_a_part_is_lost_and_said_once_and_nothing_is_raised(capsys, monkeypatch):
    strange = SimpleNamespace()  # without the attributes of 6.31
    monkeypatch.setattr(gradio.routes, "templates", strange)
    for _ in range(2):
        QueueCleaner(strange, lambda session_hash: False, 0).sweep()
        forget_record(strange, "a")
        calm_queue(strange)
        adapt_html("Seven", "")
    said = capsys.readouterr().err
    for part in ("QueueCleaner.sweep", "forget_record", "calm_queue", "adapt_html"):
        assert said.count(f"{part} does not fit Gradio") == 1
    assert guard(lambda: 7)() == 7
