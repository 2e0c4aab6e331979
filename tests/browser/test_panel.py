"""The training panel on a phone and by keyboard alone, in Chromium."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.pad import PHONE, draw_with_finger, wait_for_answer
from tests.support.panel import button, start, status, wait_for_curve

# Of the curves on the page, however far it is scrolled.
PLACE = "document.querySelector('#curve-loss').getBoundingClientRect().y + scrollY"
# A finger needs about so many pixels to hit what it means (WCAG 2.2, success criterion 2.5.8).
FINGER = 24


def test_a_phone_shows_a_training_without_sideways_scrolling_and_draws_meanwhile(open_page, pen_digits):
    page = open_page(**PHONE)
    wait_for_answer(page)
    start(page)
    wait_for_curve(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    places = [page.locator(f"#curve-{name}").bounding_box() for name in ("loss", "accuracy", "drawing")]
    assert all(place["x"] >= 0 and place["x"] + place["width"] <= 390 for place in places)
    assert places[0]["y"] + places[0]["height"] <= places[1]["y"]
    assert places[1]["y"] + places[1]["height"] <= places[2]["y"]
    for name in ("Start over", "Pause", "Stop"):
        box = button(page, name).bounding_box()
        assert min(box["width"], box["height"]) >= FINGER
    page.evaluate("scrollTo(0, 0)")
    draw_with_finger(page, next(digit for digit in pen_digits if digit.label == 2))
    wait_for_answer(page)
    assert page.evaluate("scrollY") == 0
    assert page.locator("#verdict .glyph").inner_text() == "2"
    before = page.evaluate(PLACE)
    button(page, "Stop").tap()
    expect(status(page)).to_have_text(re.compile("Stopped in epoch"))
    assert page.evaluate(PLACE) == before


class Keyboard:
    """Tab, arrows, Space and letters, and what they have reached."""

    def __init__(self, page):
        self.page = page

    def reach(self, target):
        """Tabs until the target has the focus, and asserts that one sees where it is."""
        for _ in range(150):
            self.page.keyboard.press("Tab")
            if target.evaluate("element => element === document.activeElement"):
                break
        else:
            raise AssertionError(f"Tab never comes to {target}")
        assert target.evaluate(
            """element => [element, element.closest('label')].filter(Boolean).some(part => {
              const style = getComputedStyle(part);
              return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) ||
                style.boxShadow !== 'none' || style.borderColor !== 'rgba(0, 0, 0, 0)';
            })"""
        )

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)


@pytest.fixture
def keyboard(visitor):
    return Keyboard(visitor)


def test_every_choice_says_what_it_decides(page):
    for accordion in ("More settings", "How good is it?"):
        page.get_by_role("button", name=accordion).click()
    for name in ("Network that reads your drawing", "Network to train", "Recipe", "Optimizer", "Test set"):
        expect(page.get_by_role("group", name=name, exact=True)).to_be_visible()


def test_a_training_is_set_started_paused_stopped_and_judged_by_keyboard_alone(visitor, keyboard):
    page = visitor
    wait_for_answer(page)
    keyboard.reach(page.locator("#train-network input:checked"))
    keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="cnn").last).to_be_checked()
    keyboard.press("ArrowLeft")
    keyboard.reach(page.locator("#train-recipe input:checked"))
    keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="tutorial")).to_be_checked()
    keyboard.reach(page.get_by_label("Epochs"))
    keyboard.press("Control+a", "5", "0")
    keyboard.reach(button(page, "Start"))
    keyboard.press("Space")
    expect(status(page)).to_have_text(re.compile(r"Epoch \d+ of 50"))
    keyboard.reach(button(page, "Pause"))
    keyboard.press("Space")
    expect(status(page)).to_have_text(re.compile("Paused in epoch"))
    # What has changed its name is still the same button, and still has the focus.
    assert button(page, "Resume").evaluate("element => element === document.activeElement")
    keyboard.press("Space")
    expect(status(page)).to_have_text(re.compile("Epoch"))
    wait_for_curve(page)
    keyboard.reach(button(page, "Stop"))
    keyboard.press("Enter")
    expect(status(page)).to_have_text(re.compile("Stopped in epoch"))

    curve = page.locator("#curve-loss .plot")
    keyboard.reach(curve)
    keyboard.press("Home")
    expect(page.locator("#curve-loss [aria-live]")).to_have_text(re.compile(r"epoch 0\.\d\d: training \d"))
    keyboard.reach(page.get_by_role("button", name="How good is it?"))
    keyboard.press("Enter")
    expect(page.locator("#results .headline")).to_have_text(re.compile("of 10000 digits"))
    # The matrix is one stop, in which arrow keys lead from count to count.
    keyboard.reach(page.get_by_role("button", name=re.compile("0 read as 0: ")))
    keyboard.press("ArrowRight")
    focused = page.locator("#results td button:focus")
    read = re.match("0 read as ([1-9]): ", focused.get_attribute("aria-label"))[1]
    keyboard.press("ArrowDown")
    cell = re.match(f"[1-9] read as {read}", focused.get_attribute("aria-label"))[0]
    keyboard.press("Space")
    expect(page.locator("#results .caption")).to_have_text(re.compile(f"^{cell}"))
    expect(page.locator("#results td button[tabindex='0']")).to_have_count(1)


def test_every_further_setting_is_reached_and_changed_by_keyboard(visitor, keyboard):
    page = visitor
    wait_for_answer(page)
    keyboard.reach(page.get_by_role("button", name="More settings"))
    keyboard.press("Enter")
    batch = page.get_by_label("Batch size")
    keyboard.reach(batch)
    keyboard.press("ArrowDown", "Enter")
    rate = page.get_by_label("Learning rate")
    keyboard.reach(rate)
    before = rate.input_value()
    keyboard.press("ArrowUp")
    assert float(rate.input_value()) > float(before)
    for chosen, wanted in (("adam", "sgd"), ("relu", "sigmoid")):
        keyboard.reach(page.get_by_role("radio", name=chosen, exact=True))
        keyboard.press("ArrowRight")
        expect(page.get_by_role("radio", name=wanted, exact=True)).to_be_checked()
    dropout = page.get_by_role("slider", name="Dropout")
    keyboard.reach(dropout)
    before = dropout.input_value()
    keyboard.press("ArrowRight")
    assert float(dropout.input_value()) > float(before)
    augmentation = page.get_by_label("Augmentation")
    keyboard.reach(augmentation)
    before = augmentation.is_checked()
    keyboard.press("Space")
    assert augmentation.is_checked() != before
    seed = page.get_by_label("Seed")
    keyboard.reach(seed)
    keyboard.press("Control+a", "7")
    assert seed.input_value() == "7"
