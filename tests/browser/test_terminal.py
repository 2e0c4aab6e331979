"""Following `python train.py` on the page, in Chromium. The test holds the run, as train.py would."""

import contextlib
import re

import pytest
from playwright.sync_api import expect

from model.history import append_row, read_history
from model.run import Run
from model.settings import choose_settings
from model.store import WEIGHTS
from tests.browser.conftest import WINDOW
from tests.support.pad import wait_until
from tests.support.panel import button, count_points, status


@pytest.fixture
def page(browser, launch, tmp_path):
    """The page, which looks for trainings in a folder of the test's own."""
    url, _ = launch(tmp_path)
    page = browser.new_page(viewport=WINDOW)
    page.goto(url)
    yield page
    page.close()


def test_the_page_offers_to_follow_a_training_of_the_terminal_and_shows_its_curves_live(page, tmp_path):
    rows = read_history(WEIGHTS / "dense.history.jsonl").rows[:60]
    follow = button(page, "Follow the terminal")
    expect(status(page)).to_have_text(re.compile("Ready to train|These curves"))
    expect(follow).to_have_count(0)
    with contextlib.closing(Run.begin(choose_settings("dense", "tutorial", epochs=40), tmp_path)) as run:
        for row in rows[:5]:
            append_row(run.history, row)
        follow.click()
        expect(status(page)).to_have_text(re.compile(r"In the terminal: epoch \d+ of 40"))
        points = count_points(page)
        for row in rows[5:]:
            append_row(run.history, row)
        wait_until(page, lambda: count_points(page) > points)
        page.reload()
        expect(status(page)).to_have_text(re.compile(r"In the terminal: epoch \d+ of 40"))
    expect(status(page)).to_have_text(re.compile("ended after"))
    button(page, "Stop following").click()
    expect(status(page)).to_have_text(re.compile("Ready to train|These curves"))
    expect(button(page, "Stop following")).to_have_count(0)
    expect(follow).to_have_count(0)
