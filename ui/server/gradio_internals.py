"""Everything here that leans on the inside of Gradio, checked with 6.31.0.

Each part says what would make it unnecessary. `guard` keeps the page up where a later Gradio has changed: the
part stops working, and the log says so once.
"""

import functools
import html
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import gradio as gr
import gradio.routes
import jinja2

# For `page.load(None, js=…)`: repairs of radio buttons, the footer, sliders, toasts and translated buttons.
REPAIRS = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


def guard(function: Callable) -> Callable:
    """The function with its errors logged, once, and then ignored. It returns None where it failed."""
    logged = []

    @functools.wraps(function)
    def guarded(*arguments, **keywords):
        try:
            return function(*arguments, **keywords)
        except Exception as error:
            if not logged:
                logged.append(True)
                print(
                    f"{function.__qualname__} does not fit Gradio {gr.__version__} "
                    f"({type(error).__name__}: {error}). The page works on without it.",
                    file=sys.stderr,
                )
            return None

    return guarded


@guard
def calm_queue(page: gr.Blocks) -> None:
    """Makes the queue of a launched page look for events every 5 ms instead of every millisecond.

    A page that nobody uses then takes 1.7 % of a core instead of 5 %, and opens no later (docs/results.md).
    Gradio looks so often since its pull request 12296, but every 50 ms on Windows. Unnecessary once an event
    wakes the queue.
    """
    queue = page._queue
    queue.sleep_when_free = max(queue.sleep_when_free, 0.005)
    queue.progress_update_sleep_when_free = max(queue.progress_update_sleep_when_free, 0.1)


# What `adapt_html` puts before Gradio's own scripts.
END_LOADING_TIMER = """<script>{
  const request = requestAnimationFrame;
  const isTimer = (callback) => /^\\(\\)=>\\{.{1,20}performance\\.now\\(\\)-/.test(callback);
  window.requestAnimationFrame = (callback) => (isTimer(callback) ? 0 : request.call(window, callback));
}</script>"""

# Of a link: Open Graph's and Twitter's tags.
PREVIEW = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')


@guard
def adapt_html(title: str, description: str) -> None:
    """Adapts the HTML that a browser gets first, for pages that are opened from now on.

    Timer. Gradio's loading screen counts seconds in every frame, also when it is gone: 5 % of a core for a
    page that nobody touches (docs/results.md). A script knows that timer by its text and gives it no frame;
    what `launch` takes for the head comes too late for that. Unnecessary once StatusTracker, in Svelte 5
    since Gradio's pull request 12813, ends its timer when it is removed.

    Preview and icon. What a messenger shows of a link to the page is Gradio's name, picture and address, and
    behind a proxy with a path a browser looks for the icon elsewhere. Unnecessary once the tags of Gradio's
    index.html are the page's own, the icon's among them.
    """
    pages = gradio.routes.templates.env
    load = pages.loader.get_source
    title, description = html.escape(title), html.escape(description)
    head = (
        f'<head>{END_LOADING_TIMER}<title>{title}</title><link rel="icon" href="favicon.ico">'
        f'<meta name="description" content="{description}">'
        f'<meta property="og:title" content="{title}"><meta property="og:type" content="website">'
        f'<meta property="og:description" content="{description}">'
    )

    def adapt(name: str) -> str:
        return PREVIEW.sub("", load(pages, name)[0]).replace("<head>", head, 1)

    if head not in adapt("frontend/index.html"):
        raise LookupError("no <head> in Gradio's index.html")
    pages.loader = jinja2.FunctionLoader(adapt)


@guard
def forget_record(page: gr.Blocks, session_hash: str) -> None:
    """Drops Gradio's record of a session: 150 kB, kept until `state_session_capacity` others have come.

    Unnecessary once Gradio drops it after the page was closed. Gradio's pull request 13756 leaves it.
    """
    records = page.state_holder
    with records.lock:
        records.session_data.pop(session_hash, None)
        records.time_last_used.pop(session_hash, None)


class QueueCleaner:
    """Makes Gradio's queue forget the sessions that fetch no answers.

    Gradio keeps the unread messages and the event ids of every session. Each call of the API is a session of
    its own; a caller that does not fetch its answer leaves both behind. Gradio's 2,000-entry LRU then evicts
    the messages of a page in use. `sweep` drops what belongs to sessions that have had no open page and no
    running event for `grace` seconds.

    page: its queue is looked up at each sweep, since `launch` replaces it. is_open: whether a session has an
    open page. Unnecessary once Gradio expires unread messages (its pull requests 13156 and 13756 clear what
    was fetched).
    """

    def __init__(
        self,
        page: gr.Blocks,
        is_open: Callable[[str], bool],
        grace: float,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._page, self._is_open, self._grace, self._clock = page, is_open, grace, clock
        self._idle_since: dict[str, float] = {}

    @guard
    def sweep(self) -> None:
        queue, now = self._page._queue, self._clock()
        messages, events = queue.pending_messages_per_session, queue.pending_event_ids_session
        busy = {event.session_hash for event in list(queue.event_ids_to_events.values())}
        idle = [one for one in {*list(messages), *list(events)} - busy if not self._is_open(one)]
        self._idle_since = {one: self._idle_since.get(one, now) for one in idle}
        for session_hash, since in self._idle_since.items():
            if now - since >= self._grace:
                messages.pop(session_hash, None)
                events.pop(session_hash, None)
