"""What a visitor finds who loads the page again, in Chromium."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import JOB_GRACE
from tests.support.pad import draw, read_digit, wait_for_answer
from tests.support.panel import ENDS, STARTS, button, count_points, press_start, start, status, wait_for_curve

TAB_CLOSED = 1000 * (JOB_GRACE + 3)


def test_a_reload_goes_on_watching_the_same_run(visitor, pen_digits):
    page = visitor
    draw(page, next(digit for digit in pen_digits if digit.label == 7))
    start(page)
    wait_for_curve(page)
    page.reload()
    expect(status(page)).to_have_text(re.compile(r"Epoch \d+ of 50"))
    points = count_points(page)
    page.wait_for_timeout(JOB_GRACE * 1000)  # the page of before has left, which must not stop the run
    expect(status(page)).to_have_text(re.compile(r"Epoch \d+ of 50"))
    assert count_points(page) > points
    assert count_points(page, "#curve-drawing") > 1
    button(page, "Stop").click()
    expect(status(page)).to_have_text(re.compile("Stopped in epoch"))


def test_a_duplicate_of_the_tab_is_a_visitor_of_its_own(visitor):
    page = visitor
    start(page)
    with page.expect_popup() as opened:
        page.evaluate("open(location.href)")  # inherits the tab's storage, as a duplicate does
    expect(status(opened.value)).to_have_text(re.compile("These curves"))
    opened.value.close()
    page.reload()
    expect(status(page)).to_have_text(re.compile(r"Epoch \d+ of 50"))


def test_who_comes_back_late_finds_the_run_stopped_with_what_it_learned(visitor, app_url):
    page = visitor
    start(page)
    wait_for_curve(page)
    page.goto("about:blank")
    page.wait_for_timeout(TAB_CLOSED)
    page.goto(app_url)
    expect(status(page)).to_have_text(re.compile("Stopped in epoch .*, and kept"))
    expect(button(page, "Use it on my pad")).to_be_enabled(timeout=STARTS)


def test_a_network_of_ones_own_still_reads_after_a_reload_and_nobody_else_gets_it(
    visitor, open_page, pen_digits
):
    page = visitor
    press_start(page, 1)
    expect(status(page)).to_have_text(re.compile("Trained 1 epoch"), timeout=ENDS)
    button(page, "Use it on my pad").click()
    expect(page.get_by_role("radio", name="yours")).to_be_checked(timeout=STARTS)
    draw(page, next(digit for digit in pen_digits if digit.label == 3))
    wait_for_answer(page)
    page.reload()
    expect(page.get_by_role("radio", name="yours")).to_be_checked()
    expect(status(page)).to_have_text(re.compile("Trained 1 epoch"))
    wait_for_answer(page)
    assert read_digit(page) == 3
    other = open_page()
    wait_for_answer(other)
    assert other.get_by_role("radio", name="yours").count() == 0
    expect(status(other)).to_have_text(re.compile("These curves"))
