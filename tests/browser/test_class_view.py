"""Class view: pad, verdict and bars as large as the window, and the QR code of the page's address."""

import io
import itertools
from urllib.request import urlopen

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from tests.browser.test_windows import AXE, FIND_PROBLEMS, SETTLED
from tests.support.language import find_foreign, speak
from tests.support.pad import count_ink, cross_pad, draw, open_pad, wait_for_answer
from tests.support.panel import button
from tests.support.requirements import do_without
from tests.support.serving import serve
from ui.server.address import find_own_address

# For the page: what cannot be seen whole without scrolling.
FIND_HIDDEN = """() =>
  [...document.querySelectorAll('#pad canvas, #pad button, .glyph, .bar, .class-controls button')]
  .filter(one => one.checkVisibility({visibilityProperty: true})).filter(one => {
    const {left, top, right, bottom} = one.getBoundingClientRect();
    return left < 0 || top < 0 || right > innerWidth || bottom > innerHeight;
  }).map(one => one.outerHTML)"""
FOCUS_IS_IN_CLASS_VIEW = """() =>
  document.activeElement === document.body ||
  document.querySelector('#first-view').contains(document.activeElement)"""


@pytest.fixture
def three(pen_digits):
    return next(digit for digit in pen_digits if digit.label == 3)


@pytest.fixture(scope="module")
def lan_url():
    """Where the page answers that is served to the whole network, on this machine."""
    if find_own_address() is None:
        do_without("a network")
    with serve(GRADIO_SERVER_NAME="0.0.0.0") as url:
        yield url


def measure_font(page, selector):
    return page.locator(selector).first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")


def open_class_view(page):
    button(page, "Class view").click()
    expect(page.locator(".class-controls")).to_be_visible()


def test_everything_is_large_and_in_sight_on_a_projector(page, seven):
    draw(page, seven)
    sizes = ((1280, 720), (1920, 1080), (1024, 768))
    for networks, (width, height) in itertools.product(("cnn", "both"), sizes):
        page.locator("#network-choice").get_by_role("radio", name=networks).check()
        wait_for_answer(page)
        page.set_viewport_size({"width": width, "height": height})
        open_class_view(page)
        page.evaluate(SETTLED)
        assert page.evaluate(FIND_HIDDEN) == [] and page.evaluate(FIND_PROBLEMS) == []
        assert page.locator("#pad canvas").bounding_box()["width"] > 0.49 * min(width, 1.8 * height)
        assert measure_font(page, "#verdict .glyph") >= height / 9  # 120 pixels at 1920 × 1080
        assert measure_font(page, "#probabilities .bar") >= height / (27 if networks == "cnn" else 40)
        button(page, "Leave class view").click()
        page.wait_for_function("!document.fullscreenElement")


def test_drawing_goes_on_and_nothing_is_lost_on_the_way_in_and_out(page, seven, three):
    draw(page, seven)
    wait_for_answer(page)
    open_class_view(page)
    expect(button(page, "Leave class view")).to_be_focused()
    expect(page.locator("#verdict .glyph")).to_have_text("7")
    assert count_ink(page) > 0
    button(page, "Clear").click()
    draw(page, three)
    expect(page.locator("#verdict .glyph")).to_have_text("3")
    page.keyboard.press("Escape")
    expect(page.locator(".class-controls")).to_be_hidden()
    expect(button(page, "Class view")).to_be_focused()
    expect(page.locator("#verdict .glyph")).to_have_text("3")
    assert count_ink(page) > 0
    for _ in range(len(three.strokes) + 1):
        button(page, "Undo").click()
    expect(page.locator("#verdict .glyph")).to_have_text("7")


def test_the_rest_of_the_page_is_out_of_the_way_until_it_is_left_by_the_button(page):
    before = page.locator("#pad").bounding_box()
    open_class_view(page)
    expect(button(page, "Start")).to_have_count(0)
    expect(page.get_by_role("heading")).to_have_count(0)
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_IS_IN_CLASS_VIEW)
    button(page, "Leave class view").click()
    expect(button(page, "Start")).to_be_visible()
    assert page.locator("#pad").bounding_box() == before


def test_a_window_in_full_screen_is_left_by_the_key_of_the_browser(page):
    open_class_view(page)
    page.wait_for_function("document.fullscreenElement")
    page.evaluate("document.exitFullscreen()")  # as the browser does by itself at Escape
    expect(page.locator(".class-controls")).to_be_hidden()


def test_a_page_for_this_machine_alone_says_how_to_serve_it_to_a_class(page):
    open_class_view(page)
    button(page, "QR code").click()
    expect(page.locator("#class-code .how")).to_contain_text("GRADIO_SERVER_NAME to 0.0.0.0")
    expect(page.locator("#class-code .code")).to_be_hidden()
    cross_pad(page, 0.5)
    button(page, "QR code").click()
    expect(page.locator("#probabilities")).to_be_visible()
    expect(page.locator("#class-code")).to_be_hidden()


def test_the_code_leads_to_the_page(browser, lan_url):
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    open_pad(page, lan_url)
    for colours, language in (("light", "en"), ("dark", "zh")):
        page.emulate_media(color_scheme=colours)
        speak(page, language)
        page.locator("#class-view").click()
        page.locator("[data-do=code]").click()
        find_page_by_code(page, language)
        page.locator("[data-do=leave]").click()
    page.context.close()


def find_page_by_code(page, language):
    picture = page.locator("#class-code .code")
    expect(picture).to_be_visible()
    address = page.locator("#class-code .address").inner_text()
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())))
    assert found.text == address
    assert "127.0.0.1" not in address and urlopen(address).status == 200
    expect(picture).to_have_accessible_name(
        f"{address} 的二维码" if language == "zh" else f"QR code of {address}"
    )
    page.evaluate(SETTLED)
    assert page.evaluate(FIND_PROBLEMS) == [] and find_foreign(page, language) == []
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(one["id"], node["target"]) for one in found["violations"] for node in one["nodes"]] == []
