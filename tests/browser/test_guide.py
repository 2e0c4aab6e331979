"""The first minute: what the page says to a visitor who has not been there before."""

import pytest
from playwright.sync_api import expect

from tests.support.language import find_foreign, speak
from tests.support.pad import PHONE, draw, open_pad, wait_for_answer
from tests.support.panel import button, press_start
from ui.text.words import Words, list_languages

NEXT, TRAINED = Words()("guide.read"), Words()("guide.trained")
# For the page: where everything below the first view begins.
PLACES = """() => [...document.querySelectorAll("#correction, #inside, #training, #train-status, #plots")]
  .map(one => one.getBoundingClientRect().top + scrollY)"""
NO_STORAGE = """for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("", "SecurityError"); } });"""


def read(page, seven):
    draw(page, seven)
    expect(page.locator("#verdict .glyph")).to_have_text("7")
    wait_for_answer(page)


def look_inside(page):
    page.locator("#inside summary").click()


def train(page):
    press_start(page, epochs=1)


@pytest.mark.parametrize("window, follow", [({}, look_inside), (PHONE, train)], ids=["desk", "phone"])
def test_it_says_what_to_press_and_what_to_do_with_a_network_and_nothing_moves(
    open_page, seven, window, follow
):
    page = open_page(**window)
    said, note = page.locator("#correction .said"), page.locator("#recipe-note")
    expect(page.get_by_text("Draw a digit, 0 to 9")).to_be_visible()
    expect(said).to_be_empty()
    before = page.evaluate(PLACES)
    read(page, seven)
    expect(said).to_have_text(NEXT)
    assert page.evaluate(PLACES) == before
    for language in list_languages():
        speak(page, language)
        expect(said).to_have_text(Words(language)("guide.read"))
        assert find_foreign(page, language) == []
    speak(page, "en")
    follow(page)
    expect(said).to_be_empty()
    if follow is look_inside:
        look_inside(page)  # closes it
        button(page, "Clear").click()
        read(page, seven)
        expect(said).to_be_empty()
        train(page)
    told = note.inner_text()
    before = page.evaluate(PLACES)
    expect(note).to_have_text(TRAINED)
    assert page.evaluate(PLACES) == before
    assert find_foreign(page, "en") == []
    button(page, "Use it on my pad").click()
    expect(page.locator("#network-choice").get_by_role("radio", name="yours")).to_be_checked()
    expect(note).to_have_text(told)


def test_a_correction_takes_the_place_of_the_sentence(page, seven):
    read(page, seven)
    expect(page.locator("#correction .said")).to_have_text(NEXT)
    page.locator("#correction [data-label='7']").click()
    expect(page.locator("#correction .said")).to_have_text("Kept as a 7.")


def test_who_comes_again_sees_nothing(page, app_url, seven):
    read(page, seven)
    expect(page.locator("#correction .said")).to_have_text(NEXT)
    again = page.context.new_page()
    open_pad(again, app_url)
    read(again, seven)
    expect(again.locator("#correction .said")).to_be_empty()
    press_start(again, epochs=1)
    expect(again.locator("#train-status .progress")).to_have_attribute("data-phase", "done")
    expect(button(again, "Use it on my pad")).to_be_enabled()
    expect(again.locator("#recipe-note")).not_to_have_text(TRAINED)


def test_who_has_looked_inside_already_is_not_told_to(page, seven):
    page.locator("#inside summary").click()
    read(page, seven)
    expect(page.locator("#correction .said")).to_be_empty()


def test_where_storage_is_off_it_is_said_once_a_visit(open_page, seven):
    page = open_page(script=NO_STORAGE)
    read(page, seven)
    expect(page.locator("#correction .said")).to_have_text(NEXT)
    page.locator("#inside summary").click()
    expect(page.locator("#correction .said")).to_be_empty()
    read(page, seven)
    expect(page.locator("#correction .said")).to_be_empty()
