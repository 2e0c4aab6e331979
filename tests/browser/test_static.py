"""The page as a folder, on Python's own file server, in Chromium."""

import contextlib
import functools
import re
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import WINDOW
from tests.support.pad import draw, open_pad, read_bars, wait_for_answer
from ui.static import write_page

MAX_BYTES = 1_500_000


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@contextlib.contextmanager
def serve_folder(folder):
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder that holds the page under a path."""
    folder = tmp_path_factory.mktemp("site")
    write_page(folder / "digits" / "today")
    return folder


def test_the_folder_is_small(site):
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) < MAX_BYTES


def test_it_reads_with_each_network_once_it_has_loaded_also_without_its_server(browser, site, pen_digits):
    page = browser.new_page(viewport=WINDOW)
    errors, asked = [], []
    page.on("pageerror", lambda error: errors.append(error))
    page.on("console", lambda message: message.type == "error" and errors.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    with serve_folder(site) as url:
        with page.expect_response("**/weights/cnn-*"), page.expect_response("**/weights/dense-*"):
            open_pad(page, f"{url}digits/today/")
        wait_for_answer(page)
        assert read_bars(page) == [0] * 10
    draw(page, next(digit for digit in pen_digits if digit.label == 3))
    expect(page.locator("#verdict .glyph")).to_have_text("3")
    page.locator("#network-choice").get_by_role("radio", name="both").check()
    page.locator("#probabilities-second").wait_for()
    wait_for_answer(page)
    for bars in ("#probabilities", "#probabilities-second"):
        assert sum(read_bars(page, bars)) == pytest.approx(1, abs=0.01)
        assert read_bars(page, bars).index(max(read_bars(page, bars))) == 3
    assert errors == [] and [one for one in asked if not one.startswith((url, "data:", "blob:"))] == []
    page.close()


def test_it_looks_inside(browser, site, pen_digits):
    page = browser.new_page(viewport=WINDOW)
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    page.on("console", lambda message: message.type == "error" and errors.append(message.text))
    with serve_folder(site) as url:
        open_pad(page, f"{url}digits/today/")
        draw(page, next(digit for digit in pen_digits if digit.label == 3))
        page.locator("#inside summary").click()
        expect(page.locator("#evidence h3")).to_have_text(re.compile("Why 3 and not"))
        expect(page.locator("#inside .maps canvas")).to_have_count(7)
        page.context.close()
    assert errors == []
