"""What a visitor who trains can rely on, in Chromium."""

import csv
import re

from playwright.sync_api import expect

from tests.support.pad import (
    draw,
    read_bars,
    read_digit,
    wait_for_another_reading,
    wait_for_answer,
    wait_until,
)
from tests.support.panel import button, count_points, press_start, start, status, wait_for_curve

WATCH = """() => {
  window.seen = {removed: 0, drawn: 0};
  new MutationObserver(records => {
    for (const record of records) for (const node of record.removedNodes)
      if (node.tagName === 'svg' || node.querySelector?.('svg')) seen.removed++;
  }).observe(document.body, {subtree: true, childList: true});
  new MutationObserver(() => seen.drawn++)
    .observe(document.querySelector('#curve-loss .lines'), {subtree: true, attributeFilter: ['d']});
}"""


def test_curves_grow_in_place_until_stop_which_keeps_what_was_learned(visitor, pen_digits):
    page = visitor
    draw(page, next(digit for digit in pen_digits if digit.label == 7))
    page.evaluate(WATCH)
    start(page, 100, recipe="quick")  # a real training, and no end in sight
    wait_for_curve(page)
    points = count_points(page)
    page.wait_for_function("seen.drawn > 3")
    wait_until(page, lambda: count_points(page) > points)
    assert page.locator("#curve-drawing .lines path").first.get_attribute("d")
    button(page, "Stop").click()
    expect(status(page)).to_have_text(re.compile(r"Stopped in epoch \d+ of 100. What it learned is kept"))
    assert page.evaluate("seen.removed") == 0
    before = read_bars(page)
    button(page, "Use it on my pad").click()
    expect(page.get_by_role("radio", name="yours")).to_be_checked()
    wait_for_another_reading(page, before)
    assert read_digit(page) == 7


def test_one_trains_another_draws_a_third_waits_in_line_and_leaves_it(visitor, open_page, pen_digits):
    start(visitor)
    other = open_page()
    wait_for_curve(other)
    before = other.locator("#curve-loss .lines").inner_html()
    for label in (3, 5):
        draw(other, next(digit for digit in pen_digits if digit.label == label))
        wait_for_answer(other)
        assert read_digit(other) == label
        button(other, "Clear").click()
    assert other.locator("#curve-loss .lines").inner_html() == before
    assert not button(other, "Use it on my pad").is_enabled()

    press_start(other)
    expect(status(other)).to_have_text(re.compile("1 job is ahead of yours"))
    third = open_page()
    press_start(third)
    expect(status(third)).to_have_text(re.compile("2 jobs are ahead of yours"))
    button(other, "Stop").click()
    expect(status(third)).to_have_text(re.compile("1 job is ahead of yours"))
    expect(status(visitor)).to_have_text(re.compile(r"Epoch \d+ of 50"))
    button(visitor, "Stop").click()
    expect(status(third)).to_have_text(re.compile(r"Epoch \d+ of 50"))
    button(third, "Stop").click()
    expect(status(third)).to_have_text(re.compile("Stopped"))


def test_pause_stands_still_and_resume_goes_on(visitor):
    start(visitor)
    expect(visitor.locator("#train-status .detail")).to_have_text(re.compile("left"))
    button(visitor, "Pause").click()
    expect(status(visitor)).to_have_text(re.compile("Paused in epoch"))
    bar = visitor.locator("#train-status i")

    def stands_still():
        """For as long as ten steps would take: one that was under way is still shown."""
        before = bar.get_attribute("style")
        visitor.wait_for_timeout(1000)
        return bar.get_attribute("style") == before

    wait_until(visitor, stands_still)
    stands = bar.get_attribute("style")
    button(visitor, "Resume").click()
    expect(status(visitor)).to_have_text(re.compile("Epoch"))
    expect(bar).not_to_have_attribute("style", stands)


def test_a_network_that_is_not_there_cannot_be_used_and_the_page_says_so(page):
    use = button(page, "Use it on my pad")
    use.evaluate("button => { button.disabled = false; }")  # as in the moment before the page knows
    use.click()
    expect(page.get_by_text("There is no network of yours yet: train one first.")).to_be_visible()


def test_a_second_run_reads_anew_is_judged_and_compared_with_the_first_by_what_differs(visitor, pen_digits):
    page = visitor
    draw(page, pen_digits[0])
    wait_for_answer(page)
    bars = [read_bars(page)]
    for epochs in (1, 2):
        press_start(page, epochs)
        expect(status(page)).to_have_text(re.compile(rf"Trained {epochs} epoch"))
        button(page, "Use it on my pad").click()
        expect(page.get_by_role("radio", name="yours")).to_be_checked()
        wait_for_another_reading(page, *bars)
        bars.append(read_bars(page))
    judge_network(page)
    legend = page.locator("#curve-loss .legend li")
    expect(legend).to_have_text([re.compile("this run"), re.compile("epochs 1")])
    rows = page.locator("#curve-loss tbody tr")
    expect(rows).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download Loss as CSV").click()
    table = list(csv.reader(download.value.path().read_text(encoding="utf-8").splitlines()))
    assert table[0] == ["run", "line", "epoch", "value"]
    assert {row[0] for row in table[1:]} == {"this run", "epochs 1"}


def judge_network(page):
    """A click on the confusion matrix shows who is in the cell."""
    page.get_by_role("button", name="How good is it?").click()
    expect(page.locator("#results .headline")).to_have_text(re.compile("of 10000 digits"))
    card = page.locator("#results .card")
    expect(card).to_contain_text(re.compile(r"MNIST's test set\d\d\.\d\d %writers it never saw\d\d\.\d\d %"))
    expect(card).to_contain_text("101,770 parameters")
    expect(card).to_contain_text("2 of 2 epochs in")
    cell = page.get_by_role("button", name=re.compile("4 read as 9: "))
    count = int(cell.inner_text())
    cell.click()
    expect(page.locator("#results .caption")).to_have_text(re.compile(f"4 read as 9: {count}"))
    expect(page.locator("#results .digits canvas")).to_have_count(min(count, 24))
    page.get_by_role("radio", name="writers it never saw").check()
    expect(page.locator("#results .headline")).to_have_text(re.compile("of 1498 digits"))
    with page.expect_download() as download:
        button(page, "Download the network (.keras)").click()
    assert download.value.suggested_filename == "dense.keras"
