"""What a visitor finds who loads the page again, in Chromium."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import WINDOW
from tests.support import recorded_worker
from tests.support.pad import (
    draw,
    open_pad,
    read_bars,
    read_digit,
    wait_for_another_reading,
    wait_for_answer,
    wait_until,
)
from tests.support.panel import button, count_points, press_start, start, status, wait_for_curve
from ui.server import sessions
from ui.server.training_job import TrainingJob
from ui.training import panel


@pytest.fixture(scope="module")
def url(launch):
    return launch()[0]


@pytest.fixture
def jobs(monkeypatch):
    """The trainings that the test has begun."""
    jobs = []

    def make_job(*arguments):
        jobs.append(TrainingJob(*arguments, worker=recorded_worker.WORKER))
        return jobs[-1]

    monkeypatch.setattr(panel, "TrainingJob", make_job)
    yield jobs
    for job in jobs:
        job.abandon()


@pytest.fixture
def open_page(browser, url, jobs):
    """Opens the page as a new visitor."""
    contexts = []

    def open_page():
        contexts.append(browser.new_context(viewport=WINDOW))
        page = contexts[-1].new_page()
        open_pad(page, url)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page):
    return open_page()


def close_tab(page, jobs, monkeypatch):
    """Goes elsewhere, and stays away until the job is stopped."""
    page.goto("about:blank")
    with monkeypatch.context() as patched:
        patched.setattr(sessions, "JOB_GRACE", 0)
        wait_until(page, lambda: jobs[-1].ended)


def test_a_reload_watches_the_same_run_and_a_duplicate_of_the_tab_is_another_visitor(page, jobs, pen_digits):
    draw(page, next(digit for digit in pen_digits if digit.label == 7))
    start(page)
    wait_for_curve(page)
    page.reload()
    expect(status(page)).to_have_text(re.compile(r"Epoch \d+ of 50"))
    points = count_points(page)
    wait_until(page, lambda: count_points(page) > points)
    wait_until(page, lambda: count_points(page, "#curve-drawing") > 1)
    with page.expect_popup() as opened:
        page.evaluate("open(location.href)")  # inherits the tab's storage, as a duplicate does
    expect(status(opened.value)).to_have_text(re.compile("These curves"))
    opened.value.close()
    page.reload()
    expect(status(page)).to_have_text(re.compile(r"Epoch \d+ of 50"))
    button(page, "Stop").click()
    expect(status(page)).to_have_text(re.compile("Stopped in epoch"))
    assert len(jobs) == 1


def test_who_comes_back_late_finds_the_run_stopped_with_what_it_learned_and_others_had_their_turn(
    page, open_page, url, jobs, monkeypatch
):
    start(page)
    wait_for_curve(page)
    close_tab(page, jobs, monkeypatch)
    other = open_page()
    start(other)  # its turn has come
    page.goto(url)
    expect(status(page)).to_have_text(re.compile("Stopped in epoch .* is kept"))
    expect(button(page, "Use it on my pad")).to_be_enabled()
    expect(status(other)).to_have_text(re.compile(r"Epoch \d+ of 50"))


def test_a_network_of_ones_own_still_reads_after_a_reload_and_nobody_else_gets_it(
    page, open_page, pen_digits
):
    draw(page, next(digit for digit in pen_digits if digit.label == 3))
    wait_for_answer(page)
    by_another = read_bars(page)
    press_start(page, 1)
    expect(status(page)).to_have_text(re.compile("Trained 1 epoch"))
    button(page, "Use it on my pad").click()
    expect(page.get_by_role("radio", name="yours")).to_be_checked()
    wait_for_another_reading(page, by_another)
    wait_for_answer(page)
    before = read_bars(page)
    page.reload()
    expect(page.get_by_role("radio", name="yours")).to_be_checked()
    expect(status(page)).to_have_text(re.compile("Trained 1 epoch"))
    wait_until(page, lambda: read_bars(page) == before)
    assert read_digit(page) == 3
    other = open_page()
    wait_for_answer(other)
    assert other.get_by_role("radio", name="yours").count() == 0
    expect(status(other)).to_have_text(re.compile("These curves"))
