"""The page as a visitor meets it: the app in a process of its own, Chromium, and real pen digits.

Trainings by the recipe `tutorial` are played back (tests/support/recorded_app.py).
Without a browser the tests are skipped with the reason, except where CI=true: there they fail.
"""

import contextlib
import re
from functools import partial

import gradio.routes
import pytest
from playwright.sync_api import expect

from tests.support import recorded_worker
from tests.support.browser import open_browser
from tests.support.pad import open_pad
from tests.support.panel import button, status
from tests.support.requirements import do_without
from tests.support.serving import serve
from ui.page import build_page
from ui.readout.reading import Reader
from ui.server import sessions
from ui.server.gradio_internals import adapt_html, calm_queue
from ui.server.security import MAX_QUEUED_EVENTS, SECURITY
from ui.server.training_job import TrainingJob
from ui.theme import LOOK
from ui.training import panel

NOBODY = "http://127.0.0.1:9"  # the port of "discard": whoever connects is refused
WINDOW = {"width": 1280, "height": 800}
RECORDED_APP = ("-m", "tests.support.recorded_app")


@pytest.fixture(scope="session")
def pen_digits(held_out):
    """On the page only pen digits of writers that no network was trained on."""
    return held_out


@pytest.fixture
def seven(pen_digits):
    return next(digit for digit in pen_digits if digit.label == 7)


@pytest.fixture(scope="session")
def app_url(tmp_path_factory):
    """Where the app answers, started for the length of the session. It has no network, and no cache of
    downloads."""
    nothing = tmp_path_factory.mktemp("home")
    without = {"HOME": str(nothing), "KERAS_HOME": str(nothing / "keras")}
    without |= {"HTTP_PROXY": NOBODY, "HTTPS_PROXY": NOBODY, "NO_PROXY": "127.0.0.1,localhost"}
    with serve(command=RECORDED_APP, **without) as url:
        yield url


@pytest.fixture(scope="session")
def adapted_html():
    """Of pages that are launched in this process."""
    pages = gradio.routes.templates.env
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pages, "loader", pages.loader)  # afterwards as it was
        adapt_html("Digit Sketchpad", "Under test")
        yield


@pytest.fixture(scope="module")
def launch(tmp_path_factory, adapted_html):
    """Starts the page in this process, where tests reach what is inside of it; returns its address, and what
    ends it. Its trainings are played back, and no reload is too late. out: the folder in which it looks for
    trainings of the terminal. options: Gradio's."""
    apps = []

    def launch(out=None, **options):
        app = build_page(Reader(), out or tmp_path_factory.mktemp("out"))
        apps.append(app)
        app.queue(max_size=MAX_QUEUED_EVENTS)
        _, url, _ = app.launch(prevent_thread_lock=True, quiet=True, **options, **SECURITY, **LOOK)
        calm_queue(app)
        return url, lambda: (apps.remove(app), app.close())

    with pytest.MonkeyPatch.context() as patched:
        for grace in ("JOB_GRACE", "SESSION_GRACE"):
            patched.setattr(sessions, grace, 3600)
        patched.setattr(panel, "TrainingJob", partial(TrainingJob, worker=recorded_worker.WORKER))
        yield launch
    for app in apps:
        app.close()


@pytest.fixture(scope="session")
def browser():
    try:
        with open_browser() as browser:
            yield browser
    except FileNotFoundError as missing:
        do_without(str(missing))


def watch(context):
    """The addresses that the context's pages ask from now on. What helps with a test that fails is printed:
    what the pages sent, what went wrong, and what they complained of."""
    requests = []
    context.on("request", lambda request: requests.append(request.url))
    context.on("request", lambda request: request.method == "POST" and print(request.url, request.post_data))
    context.on("requestfailed", lambda request: print("failed:", request.url, request.failure))
    context.on("console", lambda message: print("console:", message.text))
    context.on("weberror", lambda error: print("error:", error.error))
    return requests


def check_requests(requests, app_url):
    """None may leave this host, and none may upload a file."""
    assert [url for url in requests if not url.startswith((app_url, "data:", "blob:"))] == []
    assert [url for url in requests if "/upload" in url] == []


@pytest.fixture
def open_page(browser, app_url):
    """Opens the page as a new visitor. script: for the page, before it loads; other arguments are
    Playwright's for a context."""
    contexts, requests = [], []

    def open_page(script="", **context_arguments):
        context = browser.new_context(**{"viewport": WINDOW, **context_arguments})
        contexts.append(context)
        context.add_init_script(script)
        requests.append(watch(context))
        page = context.new_page()
        open_pad(page, app_url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    for asked in requests:
        check_requests(asked, app_url)


@pytest.fixture(scope="session")
def shared_context(browser):
    """In which `page` is a tab. The page loads there in half of the time that it takes in a new context."""
    context = browser.new_context(viewport=WINDOW)
    yield context, watch(context)
    context.close()


@contextlib.contextmanager
def open_anew(shared_context, app_url):
    """The page, opened by a new visitor in a window of 1280 × 800."""
    context, requests = shared_context
    page, *others = context.pages or [context.new_page()]
    for other in others:
        other.close()
    page.unroute_all()
    page.goto(f"{app_url}favicon.ico")  # the same origin, without the page's scripts
    page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    page.set_viewport_size(WINDOW)
    page.emulate_media(color_scheme="light", forced_colors="none")
    page.mouse.move(0, 0)
    requests.clear()
    open_pad(page, app_url)
    yield page
    check_requests(requests, app_url)


@pytest.fixture
def page(shared_context, app_url):
    with open_anew(shared_context, app_url) as page:
        yield page


@pytest.fixture
def visitor(page):
    """A page whose training, if any, has left the line when the test ends."""
    yield page
    if not page.is_closed() and button(page, "Stop").is_enabled():
        button(page, "Stop").click()
        expect(status(page)).to_have_text(re.compile("Stopped|Trained"))
