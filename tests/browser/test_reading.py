"""What a visitor who is read can rely on, in Chromium."""

import itertools

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.support.pad import cross_pad, draw, open_pad, read_bars, read_digit, wait_for_answer, wait_until
from tests.support.panel import button
from ui.training.panel import ALIVE_SECONDS

LIVE_CHANGES = 40  # of the bars, before the pen is lifted


def choose(page, network):
    page.locator("#network-choice").get_by_role("radio", name=network).check()


def test_digits_of_four_sizes_at_three_places_are_read_right(page, pen_digits):
    """How many digits are read right is the business of tests without a browser: here the strokes arrive."""
    wrong = []
    sizes = (0.25, 0.4, 0.6, 0.8)
    places = ((0.5, 0.5), (0.3, 0.35), (0.65, 0.6))
    chosen = pen_digits[:: len(pen_digits) // 12]
    for digit, (size, place) in zip(chosen, itertools.product(sizes, places), strict=False):
        button(page, "Clear").click()
        draw(page, digit, size, place if size < 0.5 else places[0])
        wait_for_answer(page)
        if read_digit(page) != digit.label:
            wrong.append((size, place, digit.label, read_digit(page)))
    assert len(wrong) <= 1, wrong


# Resolves to the frames that the page has asked for meanwhile.
IN_TEN_FRAMES = """() => new Promise((resolve) => {
  const before = window.asked;
  const wait = (frames) => frames ? frame(() => wait(frames - 1)) : resolve(window.asked - before);
  wait(10);
})"""


def test_a_page_that_is_left_alone_draws_nothing(open_page):
    page = open_page(
        """
        window.asked = 0;
        window.frame = requestAnimationFrame.bind(window);
        window.requestAnimationFrame = (callback) => (window.asked++, window.frame(callback));
        """
    )
    wait_for_answer(page)
    wait_until(page, lambda: page.evaluate(IN_TEN_FRAMES) == 0)


def test_the_bars_follow_while_the_pen_moves(page):
    """Each movement waits for an answer, and not for long: one need not change the bars."""
    page.evaluate(
        """() => {
          const bars = document.querySelector("#probabilities");
          window.changes = 0;
          new MutationObserver(() => changes++).observe(bars, { subtree: true, attributes: true });
        }"""
    )
    answered = """before => new Promise((resolve) => {
      const stop = setTimeout(resolve, 200);
      const look = () => changes > before ? resolve(clearTimeout(stop)) : requestAnimationFrame(look);
      look();
    })"""
    box = page.locator("#pad canvas").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    for step in itertools.count():
        before = page.evaluate("changes")
        if before >= LIVE_CHANGES:
            break
        assert step < 10 * LIVE_CHANGES, f"{before} changes"
        turn = 2 * np.pi * step / 60  # round and round, ever wider
        radius = 40 + step / 4
        page.mouse.move(box["x"] + 160 + radius * np.cos(turn), box["y"] + 160 + radius * np.sin(turn))
        page.evaluate(answered, before)
    page.mouse.up()


def test_while_the_pen_is_down_nothing_is_sent_and_afterwards_the_page_gives_a_sign_of_life(page):
    choose(page, "both")  # so that the weights of both networks are there
    cross_pad(page, 0.9)
    page.wait_for_function(
        """[...document.querySelectorAll("#probabilities-second [role=meter]")]
          .some((meter) => Number(meter.getAttribute("aria-valuenow")) > 0)"""
    )
    box = page.locator("#pad canvas").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    down = page.evaluate("performance.now()")
    for step in range(5):  # longer than two signs of life are apart
        page.mouse.move(box["x"] + 60 + 20 * step, box["y"] + 90 + 20 * step)
        page.wait_for_timeout(1000 * ALIVE_SECONDS / 3)
    assert read_digit(page) is not None
    up = page.evaluate("performance.now()")
    with page.expect_response("**/run/predict"):
        page.mouse.up()
    sent = page.evaluate("performance.getEntriesByType('resource').map(one => [one.startTime, one.name])")
    assert [name for begun, name in sent if down < begun < up] == []


def test_two_networks_stand_side_by_side_and_nothing_moves(page, pen_digits):
    def height():
        return page.locator("#readout").bounding_box()["height"]

    alone = height()
    draw(page, pen_digits[0])
    choose(page, "both")
    page.locator("#probabilities-second").wait_for()
    wait_for_answer(page)
    assert height() == alone
    assert len(read_bars(page)) == len(read_bars(page, "#probabilities-second")) == 10
    assert sum(read_bars(page)) == pytest.approx(1, abs=0.01)
    assert sum(read_bars(page, "#probabilities-second")) == pytest.approx(1, abs=0.01)
    assert read_bars(page) != read_bars(page, "#probabilities-second")
    choose(page, "dense")
    page.locator("#probabilities-second").wait_for(state="hidden")
    assert height() == alone


def test_another_network_reads_the_drawing_anew_at_once(page):
    cross_pad(page, 0.5)  # no digit, of which no two networks think the same
    wait_for_answer(page)
    before = read_bars(page)
    choose(page, "dense")
    expect(page.locator("#verdict .words")).to_have_attribute("data-network", "dense")
    assert read_bars(page) != before


def test_the_bars_are_changed_in_place_and_keep_their_order(page):
    page.evaluate(
        "document.querySelectorAll('#probabilities [role=meter]').forEach(e => e.seenBefore = true)"
    )
    cross_pad(page, 0.5)
    wait_for_answer(page)
    meters = page.locator("#probabilities [role=meter]")
    assert meters.evaluate_all("all => all.map(e => [e.dataset.digit, e.seenBefore])") == [
        [str(digit), True] for digit in range(10)
    ]


def test_a_network_chosen_while_the_page_arrives_stays_chosen(page, app_url, pen_digits):
    """What the server tells of the visitor's own network may come late, and says nothing of the choice."""
    held = []
    events = page.evaluate("gradio_config.dependencies")
    number = next(one["id"] for one in events if one["api_name"] == "offer_network")

    def hold(route):
        if route.request.post_data_json["fn_index"] == number:
            held.append(route)
        else:
            route.continue_()

    page.route("**/gradio_api/run/predict", hold)
    open_pad(page, app_url)
    wait_until(page, lambda: held)
    choose(page, "dense")
    draw(page, pen_digits[0])
    read = page.locator("#readout .words").first
    expect(read).to_have_attribute("data-network", "dense")
    with page.expect_response("**/gradio_api/run/predict"):
        held.pop().continue_()
    wait_for_answer(page)
    expect(read).to_have_attribute("data-network", "dense")
