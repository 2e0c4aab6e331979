"""Every state of the page in every language. In windows of every size nothing lies on anything else, nothing
is cut, nothing scrolls sideways. axe-core (tests/support/axe) finds nothing against it, in light and in dark.
All that is read or heard is in the tables of ui/text."""

from pathlib import Path

import pytest

from tests.browser.conftest import open_anew
from tests.support.language import find_foreign, speak
from tests.support.states import STATES
from ui.text.words import DEFAULT_LANGUAGE, list_languages

SUPPORT = Path(__file__).parents[1] / "support"
FIND_PROBLEMS = (SUPPORT / "layout.js").read_text(encoding="utf-8")
AXE = (SUPPORT / "axe" / "axe.min.js").read_text(encoding="utf-8")
# Phones, a phone held sideways, tablets, half and whole screens; 640 × 400 is 1280 × 800 at a zoom of 200 %.
SIZES = [
    (320, 640),
    (360, 740),
    (390, 844),
    (600, 900),
    (640, 400),
    (719, 900),
    (720, 900),
    (820, 1180),
    (844, 390),
    (960, 700),
    (1024, 768),
    (1100, 800),
    (1280, 800),
    (1920, 1080),
]
# In languages but the first one, of which words are as long as they get: one window of each way to lay out.
FEWER = [(320, 640), (640, 400), (720, 900), (960, 700), (1280, 800)]
# For the page: the next frame but one, when whatever watches sizes has answered. What fades or glides is put
# to its end.
SETTLED = """() => new Promise(resolve => {
  const look = () => {
    const moving = document.getAnimations();
    if (!moving.length) return resolve();
    moving.filter((one) => one.effect.getComputedTiming().endTime < Infinity).forEach((one) => one.finish());
    requestAnimationFrame(look);
  };
  requestAnimationFrame(() => requestAnimationFrame(look));
})"""


@pytest.fixture(scope="module", params=STATES)
def page_in_state(request, shared_context, app_url, pen_digits):
    """A page in one of the states; what it trains is stopped in the end."""
    with open_anew(shared_context, app_url) as page:
        STATES[request.param](page, next(digit for digit in pen_digits if digit.label == 7))
        page.mouse.move(0, 0)
        page.evaluate(AXE)
        yield page
        if page.locator("#train-stop").is_enabled():
            page.locator("#train-stop").click()
            page.locator("#train-status .progress:is([data-phase=stopped], [data-phase=done])").wait_for(
                state="attached"
            )


@pytest.fixture(scope="module", params=list_languages())
def language(request, page_in_state):
    """The language that the page speaks. The three tests of one are run before the page is told another."""
    speak(page_in_state, request.param)
    return request.param


@pytest.fixture
def resize(page_in_state):
    """Gives the page's window another size, also in full screen, where `set_viewport_size` is refused."""
    developer = page_in_state.context.new_cdp_session(page_in_state)

    def resize(width, height):
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        developer.send("Emulation.setDeviceMetricsOverride", size)

    yield resize
    developer.detach()  # and the window has its own size again


def test_the_searches_of_this_file_find_what_is_planted(page):
    page.evaluate(AXE)
    page.evaluate(
        """() => document.querySelector("#readout").insertAdjacentHTML(
          "beforeend", "<button style='position: fixed; left: -40px; top: 50px'>Planted</button><input>"
        )"""
    )
    assert any("Planted" in one for one in page.evaluate(FIND_PROBLEMS))
    assert any("Planted" in one for one in find_foreign(page, "en"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert "label" in [one["id"] for one in found["violations"]]


def test_everything_that_is_read_or_heard_is_in_the_table_of_the_language(page_in_state, language):
    assert find_foreign(page_in_state, language) == []


def test_in_no_window_anything_overlaps_is_cut_or_scrolls_sideways(page_in_state, resize, language):
    problems = {}
    for width, height in SIZES if language == DEFAULT_LANGUAGE else FEWER:
        resize(width, height)
        page_in_state.evaluate(SETTLED)
        problems[f"{width} × {height}"] = page_in_state.evaluate(FIND_PROBLEMS)
    assert {size: found for size, found in problems.items() if found} == {}


def test_axe_finds_nothing(page_in_state, resize, language):
    colours, width = ("light", 1280) if language == DEFAULT_LANGUAGE else ("dark", 390)
    page_in_state.emulate_media(color_scheme=colours)
    resize(width, 800)
    page_in_state.evaluate(SETTLED)
    found = page_in_state.evaluate("axe.run(document, {resultTypes: ['violations']})")
    page_in_state.emulate_media(color_scheme="light")
    assert [
        (one["id"], node["target"], node["failureSummary"])
        for one in found["violations"]
        for node in one["nodes"]
    ] == []
