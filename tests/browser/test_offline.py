"""The page on a machine without a network and without a cache of downloads, in Chromium."""

import re

from playwright.sync_api import expect

from tests.support.pad import draw, open_pad
from tests.support.panel import button, start, status, wait_for_curve
from tests.support.serving import serve

NOBODY = "http://127.0.0.1:9"  # the port of "discard": whoever connects is refused


def test_without_a_network_the_page_reads_and_trains(browser, pen_digits, tmp_path):
    nothing = {"HOME": str(tmp_path), "KERAS_HOME": str(tmp_path / "keras")}
    proxies = {"HTTP_PROXY": NOBODY, "HTTPS_PROXY": NOBODY, "NO_PROXY": "127.0.0.1,localhost"}
    seven, two = (next(digit for digit in pen_digits if digit.label == label) for label in (7, 2))
    with serve(**nothing, **proxies) as url:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        open_pad(page, url)
        assert page.locator("#curve-loss .lines path").first.get_attribute("d")
        draw(page, seven)
        expect(page.locator("#verdict .glyph")).to_have_text("7")
        button(page, "It is a 7").click()
        expect(page.locator("#collection li")).to_have_count(1)
        start(page)
        wait_for_curve(page)  # a training that has learned nothing is not "Stopped in epoch …"
        button(page, "Stop").click()
        expect(status(page)).to_have_text(re.compile(r"Stopped in epoch"))
        button(page, "Clear").click()
        page.evaluate("scrollTo(0, 0)")
        draw(page, two)
        expect(page.locator("#verdict .glyph")).to_have_text("2")
        page.close()
