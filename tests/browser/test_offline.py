"""The page on a machine without data and without a network, in Chromium."""

import re

from playwright.sync_api import expect

from tests.support.pad import draw, open_pad
from tests.support.panel import STARTS, button, press_start, status
from tests.support.serving import serve, wait_until_loaded

NOBODY = "http://127.0.0.1:9"  # the port of "discard": whoever connects is refused


def test_without_data_and_network_all_works_but_training_which_says_why(browser, pen_digits, tmp_path):
    nothing = {"DIGITS_DATA": "", "HOME": str(tmp_path), "KERAS_HOME": str(tmp_path / "keras")}
    proxies = {"HTTP_PROXY": NOBODY, "HTTPS_PROXY": NOBODY, "NO_PROXY": "127.0.0.1,localhost"}
    seven, two = (next(digit for digit in pen_digits if digit.label == label) for label in (7, 2))
    with serve(**nothing, **proxies) as url:
        wait_until_loaded(url)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        open_pad(page, url)
        assert page.locator("#curve-loss .lines path").first.get_attribute("d")
        draw(page, seven)
        expect(page.locator("#verdict .glyph")).to_have_text("7")
        button(page, "It is a 7").click()
        expect(page.locator("#collection li")).to_have_count(1)
        for start, said in (
            (lambda: press_start(page), status(page)),
            (lambda: button(page, "Learn my hand").click(), page.locator("#learn-status .headline")),
        ):
            start()
            expect(said).to_have_text(
                re.compile(r"could not be downloaded \(.*put the file into a folder"), timeout=STARTS
            )
        button(page, "Clear").click()
        page.evaluate("scrollTo(0, 0)")
        draw(page, two)
        expect(page.locator("#verdict .glyph")).to_have_text("2")
        page.close()
