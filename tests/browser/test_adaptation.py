"""What a browser does to a page: its language, a translation of the words, a visitor's own colours."""

import re

from playwright.sync_api import expect

from tests.support.pad import draw, wait_for_answer
from tests.support.panel import button

# For the page: what a browser's translation does to each text.
TRANSLATE = """() => {
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) if (walker.currentNode.data.trim()) texts.push(walker.currentNode);
  for (const text of texts) {
    const outer = document.createElement("font"), inner = document.createElement("font");
    inner.textContent = text.data.toUpperCase();
    outer.append(inner);
    text.replaceWith(outer);
  }
}"""


def test_the_footer_opens_the_description_of_the_api(page):
    page.get_by_role("link", name="Use it from a program").click()
    expect(page.get_by_text("/explain").first).to_be_visible()


def test_a_translated_page_goes_on_to_say_what_its_buttons_do(page):
    page.get_by_role("radio", name="tutorial").check()
    page.evaluate(TRANSLATE)
    expect(page.locator("#train-start")).to_have_text("START")
    page.locator("#train-start").click()
    expect(page.locator("#train-start")).to_have_text("Start over")
    page.evaluate(TRANSLATE)
    expect(page.locator("#train-start")).to_have_text("START OVER")
    page.locator("#train-stop").click()
    expect(page.locator("#train-start")).to_have_text("Start")
    expect(page.locator("#train-status .headline")).to_have_text(re.compile("Stopped"))


def test_in_forced_colours_bars_choices_a_tick_and_a_slider_are_seen(page, pen_digits):
    page.emulate_media(forced_colors="active")
    draw(page, pen_digits[0])
    wait_for_answer(page)

    def colour(selector):
        return page.locator(selector).first.evaluate("element => getComputedStyle(element).backgroundColor")

    assert colour("#probabilities .winner i") != colour("#probabilities .winner [role=meter]")
    for choice in ("#network-choice", "#train-network", "#train-recipe"):
        assert colour(f"{choice} label:has(:checked)") != colour(f"{choice} label:not(:has(:checked))")
    button(page, "Eraser").click()
    assert colour("#pad [aria-pressed=true]") != colour("#pad [data-tool=clear]")
    page.get_by_role("button", name="More settings").click()

    def look(control):
        page.mouse.move(0, 0)
        page.evaluate("() => document.activeElement.blur()")  # no ring of the focus
        return control.screenshot()

    tick, slider = (
        page.locator(f"#more-settings input[type={kind}]").first for kind in ("checkbox", "range")
    )
    ticked, low = look(tick), look(slider)
    tick.uncheck()
    slider.press("End")
    assert look(tick) != ticked and look(slider) != low
