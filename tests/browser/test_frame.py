"""The page inside another site's frame, as a Space shows it, in a browser that blocks third-party storage."""

import http.server
import threading

import pytest
from playwright.sync_api import expect

from tests.support.pad import PAD_LISTENS

# What Chromium and Firefox do then: to look at the storage is an error.
BLOCK_STORAGE = """
  if (window !== top)
    for (const name of ["sessionStorage", "localStorage"])
      Object.defineProperty(window, name, {
        get() { throw new DOMException("Access is denied for this document.", "SecurityError"); },
      });
"""


@pytest.fixture
def frame_around():
    """A page of another site that holds nothing but a frame: called with an address, gives its own."""

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(
                b"<iframe width=1200 height=1500 src='%s'></iframe>" % self.server.inner.encode()
            )

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def make(inner):
            server.inner = inner
            return f"http://localhost:{server.server_address[1]}/"  # another site than 127.0.0.1

        yield make
        server.shutdown()


def test_in_a_frame_without_storage_a_drawing_is_read_and_a_training_can_begin(
    browser, app_url, frame_around
):
    context = browser.new_context(viewport={"width": 1280, "height": 1600})
    context.add_init_script(BLOCK_STORAGE)
    errors = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    page = context.new_page()
    page.goto(frame_around(app_url))
    inside = page.frame_locator("iframe")
    canvas = inside.locator("#pad canvas")
    canvas.wait_for()
    page.frames[1].wait_for_function(PAD_LISTENS)
    box = canvas.bounding_box()
    corners = [(0.35, 0.25), (0.65, 0.25), (0.5, 0.8)]  # a seven
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=10)
    page.mouse.up()
    expect(inside.locator("#verdict")).to_contain_text("7")
    inside.get_by_role("radio", name="tutorial").check()
    inside.get_by_role("button", name="Start", exact=True).click()
    expect(inside.locator("#train-status .headline")).to_contain_text("Epoch")
    inside.get_by_role("button", name="Stop", exact=True).click()
    expect(inside.locator("#train-status .headline")).to_contain_text("Stopped")
    context.close()
    assert errors == []


def test_in_a_frame_that_may_not_have_the_screen_class_view_fills_the_frame(browser, app_url, frame_around):
    context = browser.new_context(viewport={"width": 1280, "height": 1600})
    page = context.new_page()
    page.goto(frame_around(app_url))
    frame, inside = page.frames[1], page.frame_locator("iframe")
    inside.locator("#pad canvas").wait_for()
    frame.wait_for_function(PAD_LISTENS)
    assert not frame.evaluate("document.fullscreenEnabled")
    inside.get_by_role("button", name="Class view", exact=True).click()
    expect(inside.locator(".class-controls")).to_be_visible()
    size = inside.locator("#first-view").evaluate("one => [one.clientWidth, one.clientHeight]")
    assert size == frame.evaluate("[innerWidth, innerHeight]")
    page.keyboard.press("Escape")
    expect(inside.locator(".class-controls")).to_be_hidden()
    context.close()
