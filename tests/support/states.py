"""Every state of the page that a visitor meets, and how to bring a page that has just opened into it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from model.drawing import Drawing
from tests.support.pad import draw, wait_for_answer
from tests.support.panel import button, start, wait_for_curve


def show_empty(page: Page, seven: Drawing) -> None:
    wait_for_answer(page)


def choose_both(page: Page, seven: Drawing) -> None:
    page.get_by_role("radio", name="both").check()
    expect(page.locator(".readings")).to_have_attribute("data-count", "2")


def show_reading(page: Page, seven: Drawing) -> None:
    draw(page, seven)
    expect(page.locator("#verdict .glyph")).to_have_text("7")


def show_everything_open(page: Page, seven: Drawing) -> None:
    """Both networks read a drawing, some were corrected, more settings are open, and a unit is looked at."""
    for digit in (7, 8, 9):
        draw(page, seven, size=0.9 - digit / 20)
        wait_for_answer(page)
        page.locator(f"#correction [data-label='{digit}']").click()
    expect(page.locator("#collection li")).to_have_count(3)
    expect(page.locator("#correction .said")).not_to_be_empty()
    show_reading(page, seven)
    choose_both(page, seven)
    page.get_by_role("button", name="More settings").click()
    expect(page.get_by_label("Seed")).to_be_visible()
    page.locator("#inside summary").click()
    expect(page.locator("#evidence h3")).not_to_be_empty()
    page.locator(".layer canvas").nth(1).click()
    expect(page.locator(".unit h4")).not_to_be_empty()


def show_training(page: Page, seven: Drawing) -> None:
    show_reading(page, seven)
    start(page)
    wait_for_curve(page)


def show_results(page: Page, seven: Drawing) -> None:
    start(page)
    wait_for_curve(page)
    button(page, "Stop").click()
    page.get_by_role("button", name="How good is it?").click()
    expect(page.locator("#results .digits li").first).to_be_visible()
    expect(page.get_by_role("button", name="Download its card")).to_be_enabled()


def show_class_view(page: Page, seven: Drawing) -> None:
    show_reading(page, seven)
    page.locator("#class-view").click()
    expect(page.locator(".class-controls")).to_be_visible()


# What each is called: a function of a new page and a drawing of a seven.
STATES: dict[str, Callable[[Page, Drawing], None]] = {
    "empty": show_empty,
    "empty, for both networks": choose_both,
    "read": show_reading,
    "class view": show_class_view,
    "everything open": show_everything_open,
    "training": show_training,
    "results": show_results,
}
