"""What a visitor who draws can rely on, in Chromium."""

import pytest
from playwright.sync_api import expect

from model.drawing import MAX_POINTS, MAX_STROKES
from tests.support.pad import (
    DRAW_AT_ONCE,
    count_ink,
    cross_pad,
    draw,
    read_bars,
    read_digit,
    wait_for_answer,
    wait_until,
)
from tests.support.panel import button

# For the page: keeps every drawing that the pad tells of.
KEEP_TOLD = "window.told = []; document.addEventListener('drawing', ({target}) => told.push(target.drawing))"


def watch_strokes(page):
    """From now on the page keeps each drawing that the pad tells of; returns what gives them."""
    page.evaluate(KEEP_TOLD)
    return lambda: page.evaluate("told")


def test_the_first_view_fits_without_scrolling_and_says_what_to_do_until_the_pen_is_down(page):
    assert page.title() == "Digit Sketchpad"
    for name in ("#pad .tools", "#verdict", "#probabilities", "#network-input"):
        box = page.locator(name).bounding_box()
        assert box["y"] + box["height"] <= 800
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    invitation = page.get_by_text("Draw a digit, 0 to 9")
    assert invitation.is_visible()
    assert read_bars(page) == [0] * 10
    box = page.locator("#pad canvas").bounding_box()
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.mouse.down()
    assert not invitation.is_visible()
    page.mouse.up()
    button(page, "Clear").click()
    assert invitation.is_visible()


def test_a_stroke_in_the_very_moment_that_the_pad_shows_is_kept_and_read(open_page):
    page = open_page(script=DRAW_AT_ONCE)
    page.wait_for_function("window.drawnAtOnce")
    # Gradio takes its loading sheet away once the whole page is built.
    page.locator(".main > .wrap.translucent").wait_for(state="detached")
    wait_for_answer(page)
    assert count_ink(page) > 0
    assert read_digit(page) is not None


def test_the_last_position_is_always_told(page):
    """On a page that is selected, too: a browser drags the selection, unless the pad prevents it."""
    sent = watch_strokes(page)
    page.evaluate("getSelection().selectAllChildren(document.body)")
    cross_pad(page, 0.5, steps=40)
    wait_for_answer(page)
    side = page.locator("#pad canvas").bounding_box()["width"]
    assert sent()[-1][0][-1] == pytest.approx([0.8 * side, 0.5 * side], abs=1)


def test_clear_empties_the_pad_and_undo_brings_the_drawing_back(page):
    cross_pad(page, 0.3)
    cross_pad(page, 0.7)
    drawn = count_ink(page)
    button(page, "Clear").click()
    wait_for_answer(page)
    assert count_ink(page) == 0
    assert read_bars(page) == [0] * 10
    button(page, "Undo").click()
    assert count_ink(page) == drawn
    button(page, "Undo").click()
    assert 0 < count_ink(page) < drawn
    button(page, "Undo").click()
    assert count_ink(page) == 0
    button(page, "Undo").click()  # nothing left to take back, and no harm done


def test_the_eraser_removes_the_whole_stroke_that_it_touches_and_undo_returns_it(page):
    cross_pad(page, 0.3)
    one = count_ink(page)
    cross_pad(page, 0.7)
    both = count_ink(page)
    eraser = button(page, "Eraser")
    assert eraser.get_attribute("aria-pressed") == "false"
    eraser.click()
    assert eraser.get_attribute("aria-pressed") == "true"
    box = page.locator("#pad canvas").bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.55 * box["height"])
    page.mouse.down()
    assert count_ink(page) == both
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.85 * box["height"])  # in one leap across it
    page.mouse.up()
    assert count_ink(page) == pytest.approx(one, rel=0.02)
    button(page, "Undo").click()
    assert count_ink(page) == both
    eraser.click()
    cross_pad(page, 0.5)
    assert count_ink(page) > both


def test_the_eraser_ends_where_there_is_nothing_to_erase(page, seven):
    draw(page, seven)
    button(page, "Eraser").click()
    button(page, "Clear").click()
    draw(page, seven)
    wait_for_answer(page)
    assert read_digit(page) == 7
    expect(button(page, "Eraser")).to_have_attribute("aria-pressed", "false")


# Chromium changes the pixel ratio when it is told to, but tells no page of it.
KEEP_RATIO_QUERIES = """
  const match = matchMedia;
  window.ratioQueries = [];
  window.matchMedia = (query) => {
    const found = match(query);
    if (query.includes("resolution")) ratioQueries.push(found);
    return found;
  };
"""


def test_zoomed_or_on_a_finer_screen_the_ink_is_as_sharp(open_page, seven):
    page = open_page(KEEP_RATIO_QUERIES)
    draw(page, seven)
    side = page.evaluate("document.querySelector('#pad canvas').width")
    developer = page.context.new_cdp_session(page)
    for ratio in (2, 1.25):  # and listens on
        size = {**page.viewport_size, "deviceScaleFactor": ratio, "mobile": False}
        developer.send("Emulation.setDeviceMetricsOverride", size)
        page.evaluate("ratioQueries.at(-1).dispatchEvent(new Event('change'))")
        assert page.evaluate("document.querySelector('#pad canvas').width") == round(ratio * side)
        assert count_ink(page) > 0


def test_in_new_colours_the_small_copy_of_the_pad_has_them_too(page, seven):
    draw(page, seven)
    lightest = """() => {
      const canvas = document.querySelector("#readout .ink-box");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return Math.max(...Array.from({ length: data.length / 4 }, (_, i) => data[4 * i + 3] && data[4 * i]));
    }"""
    wait_until(page, lambda: page.evaluate(lightest) < 200)
    page.emulate_media(color_scheme="dark")
    wait_until(page, lambda: page.evaluate(lightest) > 200)  # light ink on dark paper
    page.emulate_media(color_scheme="light")


def test_a_reload_keeps_the_drawing(page, pen_digits):
    draw(page, pen_digits[2])
    wait_for_answer(page)
    before = read_bars(page), count_ink(page)
    page.reload()
    page.locator("#readout .reading:first-child:not([data-verdict=blank])").wait_for()
    wait_for_answer(page)
    assert (read_bars(page), count_ink(page)) == before


def test_a_window_of_another_width_keeps_the_drawing(page):
    cross_pad(page, 0.5)
    wait_for_answer(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.querySelector('#pad canvas').clientWidth < 380")
    page.wait_for_timeout(500)
    sent = watch_strokes(page)
    cross_pad(page, 0.8)
    wait_until(page, lambda: sent() and len(sent()[-1]) == 2)
    side = page.locator("#pad canvas").bounding_box()["width"]
    assert sent()[-1][0][0] == pytest.approx([0.2 * side, 0.5 * side], abs=1)


def test_the_65th_stroke_is_not_begun_and_the_pad_says_why(page):
    sent = watch_strokes(page)
    box = page.locator("#pad canvas").bounding_box()
    for number in range(MAX_STROKES + 1):
        page.mouse.click(box["x"] + 20 + 30 * (number % 8), box["y"] + 20 + 30 * (number // 8))
    assert page.get_by_text(f"A drawing holds {MAX_STROKES} strokes").is_visible()
    wait_for_answer(page)
    assert max(map(len, sent())) == len(sent()[-1]) == MAX_STROKES


def test_a_drawing_never_has_too_many_points(open_page):
    page = open_page(script=KEEP_TOLD)
    # As if drawn before a reload, which is much faster than with the mouse.
    full = [[[x / 100, y / 50] for x in range(100)] for y in range(40)] + [
        [[x / 100, 0.9] for x in range(90)]
    ]
    page.evaluate("full => sessionStorage.setItem('digit-sketchpad-drawing', JSON.stringify(full))", full)
    page.reload()
    page.locator("#readout .reading:first-child:not([data-verdict=blank])").wait_for()
    cross_pad(page, 0.95, steps=12)
    wait_for_answer(page)
    sent = page.evaluate("told.map((strokes) => strokes.map((stroke) => stroke.length))")
    points = list(map(sum, sent))
    assert points[0] > MAX_POINTS - 10
    assert max(points) <= MAX_POINTS
    assert len(sent[-1]) == len(full) + 1
    assert sent[-1][-1] > 10, "older strokes are thinned, not the one that is drawn"
    assert page.locator(".reading[data-verdict=problem]").count() == 0
