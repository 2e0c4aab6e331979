"""What moves the pen: mouse, finger, pen and keyboard, in Chromium."""

import pytest
from playwright.sync_api import expect

from tests.support.pad import (
    PHONE,
    count_ink,
    draw,
    draw_with_finger,
    read_digit,
    wait_for_answer,
    wait_until,
)
from tests.support.panel import button


def test_a_keyboard_draws_erases_undoes_and_clears(page):
    page.locator("#pad canvas").focus()
    press = page.keyboard.press
    press("ArrowUp")
    assert page.locator("#pad .cursor").is_visible()
    assert "Space puts the pen down" in page.locator("#pad canvas").evaluate(
        "canvas => document.getElementById(canvas.getAttribute('aria-describedby')).innerText"
    )
    press("Space")
    for _ in range(6):
        press("ArrowDown")
    press("Space")
    line = count_ink(page)
    assert line > 0
    press("ArrowRight")  # the pen is up
    assert count_ink(page) == line
    press("ArrowLeft")
    press("e")
    press("Enter")
    press("Enter")
    press("e")
    assert count_ink(page) == 0
    press("Control+z")
    assert count_ink(page) == line
    press("Delete")
    assert count_ink(page) == 0
    press("Space")
    expect(page.get_by_text("Pen down", exact=True)).to_be_visible()
    press("Tab")
    expect(page.get_by_text("Pen up", exact=True)).to_be_visible()


def test_a_finger_draws_on_a_phone_without_scrolling_the_page_and_its_taps_are_heard(open_page, pen_digits):
    page = open_page(**PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    pad = page.locator("#pad canvas").bounding_box()
    assert pad["y"] + pad["height"] < 844, "the pad comes first and is seen whole"
    two = next(digit for digit in pen_digits if digit.label == 2)
    draw_with_finger(page, two, size=0.8)
    wait_for_answer(page)
    assert read_digit(page) == 2
    assert page.evaluate("[scrollX, scrollY]") == [0, 0]
    for digit in pen_digits[:3]:  # a tap on a button right after a stroke is heard
        draw_with_finger(page, digit)
        button(page, "Clear").tap()
        expect(page.get_by_text("Draw a digit, 0 to 9")).to_be_visible()


# For the page: pointers, of which no browser driver moves two at once. Places are shares of the pad.
SEND = """
  const canvas = document.querySelector("#pad canvas");
  canvas.setPointerCapture = () => {}; // there is no real pointer to capture
  const box = canvas.getBoundingClientRect();
  const send = (type, pointerId, pointerType, x, y, button = 0) => {
    const at = { clientX: box.x + x * box.width, clientY: box.y + y * box.height };
    canvas.dispatchEvent(new PointerEvent(type, { pointerId, pointerType, button, ...at }));
  };
"""


def test_a_pen_takes_over_from_a_resting_palm_whose_dot_goes(page):
    kept = page.evaluate(
        f"() => {{ {SEND}"
        + """
          const strokes = () => JSON.parse(sessionStorage.getItem("digit-sketchpad-drawing"));
          send("pointerdown", 1, "touch", 0.8, 0.9);
          send("pointermove", 1, "touch", 0.82, 0.9);
          send("pointerdown", 2, "pen", 0.2, 0.2);
          send("pointermove", 1, "touch", 0.9, 0.9);
          send("pointermove", 2, "pen", 0.6, 0.6);
          send("pointerup", 1, "touch", 0.9, 0.9);
          send("pointerdown", 3, "touch", 0.7, 0.9);
          send("pointerup", 2, "pen", 0.6, 0.6);
          const withPalm = strokes();
          send("pointerup", 3, "touch", 0.7, 0.9);
          return [withPalm, strokes()];
        }"""
    )
    assert [len(strokes) for strokes in kept] == [1, 1]
    assert max(x for x, y in kept[1][0]) < 0.61
    button(page, "Undo").click()
    assert count_ink(page) == 0


def test_a_palm_that_the_browser_takes_back_leaves_no_dot_and_a_gesture_no_gap(page):
    """With a pen about it was a palm; without one, a gesture of the system, and what was drawn stays."""
    counts = page.evaluate(
        f"() => {{ {SEND}"
        + """
          const drawn = (type, id) => {
            send("pointerdown", id, type, 0.2, 0.1 * id);
            send("pointermove", id, type, 0.6, 0.1 * id);
            send(type === "touch" ? "pointercancel" : "pointerup", id, type, 0.6, 0.1 * id);
            return JSON.parse(sessionStorage.getItem("digit-sketchpad-drawing")).length;
          };
          return [drawn("touch", 1), drawn("pen", 2), drawn("touch", 3), drawn("pen", 4)];
        }"""
    )
    assert counts == [1, 2, 2, 3]


def test_a_mouse_whose_release_the_browser_kept_to_itself_draws_no_further(page):
    box = page.locator("#pad canvas").bounding_box()
    page.mouse.move(box["x"] + 80, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 80)
    page.evaluate(
        """() => addEventListener(
          "pointerup", (event) => event.stopImmediatePropagation(), { capture: true, once: true }
        )"""
    )
    page.mouse.up()
    page.mouse.move(box["x"] + 120, box["y"] + 200)
    drawn = "() => document.querySelector('#pad canvas').drawing.map((points) => points.at(-1)[1])"
    assert page.evaluate(drawn) == pytest.approx([80], abs=1)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.up()
    wait_until(page, lambda: len(page.evaluate(drawn)) == 2)


def test_what_a_palm_has_erased_comes_back_when_a_pen_takes_over(page, seven):
    draw(page, seven)
    ink = count_ink(page)
    button(page, "Eraser").click()
    page.evaluate(
        f"""() => {{ {SEND}
          const [x, y] = canvas.drawing[0][0].map((at) => at / canvas.clientWidth);
          send("pointerdown", 1, "touch", x, y);
        }}"""
    )
    wait_until(page, lambda: count_ink(page) < ink)
    # The pen's other end erases, too; there is nothing in that corner.
    page.evaluate(f"""() => {{ {SEND} send("pointerdown", 2, "pen", 0.02, 0.98, 5); }}""")
    wait_until(page, lambda: count_ink(page) == ink)
    assert page.evaluate("() => document.querySelector('#pad canvas').drawing.length") == len(seven.strokes)
