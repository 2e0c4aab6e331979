"""Following on the page what `python train.py` does, in Chromium, with a real training."""

import os
import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.support.panel import STARTS, button, count_points, status
from tests.support.serving import ROOT
from ui.page import build_page
from ui.readout.reading import Reader
from ui.theme import LOOK


@pytest.fixture
def page(browser, tmp_path):
    """The page, which looks for trainings in a folder of the test's own."""
    app = build_page(Reader(), tmp_path)
    _, url, _ = app.launch(prevent_thread_lock=True, quiet=True, ssr_mode=False, **LOOK)
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(url)
    yield page
    page.close()
    app.close()


def test_the_page_offers_to_follow_a_training_of_the_terminal_and_shows_its_curves_live(page, tmp_path):
    follow = button(page, "Follow the terminal")
    expect(status(page)).to_have_text(re.compile("Ready to train|These curves"))
    expect(follow).to_have_count(0)
    command = [sys.executable, "train.py", "--network", "dense", "--recipe", "tutorial", "--epochs", "40"]
    training = subprocess.Popen(
        [*command, "--out", tmp_path], cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    try:
        follow.click(timeout=STARTS)
        expect(status(page)).to_have_text(re.compile(r"In the terminal: epoch \d+ of 40"), timeout=STARTS)
        points = count_points(page)
        page.wait_for_timeout(3000)
        assert count_points(page) > points
        page.reload()
        expect(status(page)).to_have_text(re.compile(r"In the terminal: epoch \d+ of 40"))
    finally:
        training.terminate()
        training.wait(10)
    expect(status(page)).to_have_text(re.compile("ended after"))
    button(page, "Stop following").click()
    expect(status(page)).to_have_text(re.compile("Ready to train|These curves"))
    expect(button(page, "Stop following")).to_have_count(0)
    expect(follow).to_have_count(0)
