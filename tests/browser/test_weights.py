"""What a visitor finds whose browser cannot get the weights, or has no worker, in Chromium."""

from playwright.sync_api import expect

from tests.browser.conftest import WINDOW
from tests.support.pad import draw, open_pad, read_bars, read_digit, wait_for_answer, wait_until
from tests.support.panel import button, start


def test_weights_that_cannot_be_had_are_said_and_a_button_tries_at_once(browser, app_url, pen_digits):
    context = browser.new_context(viewport=WINDOW)
    away = [True]
    context.route("**/cnn.bin", lambda route: route.abort() if away else route.continue_())
    page = context.new_page()
    open_pad(page, app_url)
    draw(page, next(digit for digit in pen_digits if digit.label == 3))
    words = page.locator("#verdict .words")
    expect(words).to_contain_text("The weights of cnn could not be downloaded. Trying again in")
    assert read_bars(page) == [0] * 10
    away.clear()
    page.locator("#verdict").get_by_role("button", name="Try now").press("Enter")
    expect(page.locator("#verdict .glyph")).to_have_text("3")
    expect(page.get_by_role("button", name="Try now")).to_be_hidden()
    context.close()


def test_weights_that_came_damaged_are_not_read_by_half(browser, app_url, pen_digits):
    context = browser.new_context(viewport=WINDOW)
    context.route("**/cnn.bin", lambda route: route.fulfill(body=b"x" * 1000))
    page = context.new_page()
    open_pad(page, app_url)
    draw(page, pen_digits[0])
    expect(page.locator("#verdict .words")).to_contain_text("are incomplete: 1000 of 843284 bytes")
    assert read_bars(page) == [0] * 10
    page.locator("#network-choice").get_by_role("radio", name="dense").check()  # which is unharmed
    wait_for_answer(page)
    assert read_digit(page) is not None
    context.close()


def test_a_browser_without_workers_reads_too(open_page, pen_digits):
    page = open_page(script="delete window.Worker;")
    draw(page, next(digit for digit in pen_digits if digit.label == 3))
    expect(page.locator("#verdict .glyph")).to_have_text("3")
    assert page.workers == []


def test_no_request_is_sent_for_a_drawing(open_page, pen_digits):
    page = open_page()
    expect(button(page, "Start")).to_be_enabled()
    wait_for_answer(page)
    sent = []
    page.on("request", lambda request: sent.append(request.post_data or request.url))
    for digit in pen_digits[:4]:
        draw(page, digit)
        button(page, "Clear").click()
    # The page's timer asks by itself, without data.
    assert [one for one in sent if "[[" in one] == []


def test_a_training_is_told_a_drawing_when_the_stroke_has_ended_and_not_before(visitor):
    page = visitor
    start(page)
    box = page.locator("#pad canvas").bounding_box()
    sent = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.mouse.down()
    for step in range(60):
        page.mouse.move(box["x"] + 50 + 3 * step, box["y"] + 60)
        page.wait_for_timeout(20)
    assert [one for one in sent if '"strokes"' in one] == []
    page.mouse.up()
    wait_until(page, lambda: any('"strokes"' in one for one in sent))
    assert len([one for one in sent if '"strokes"' in one]) == 1
