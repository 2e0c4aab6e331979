"""The page in Firefox: it reads a drawing, and in no window anything overlaps, is cut or scrolls sideways.

Without Firefox the tests are skipped with the reason, except where CI=true: there they fail.
"""

import pytest

from tests.browser.test_windows import FIND_PROBLEMS, SETTLED
from tests.support.firefox import open_firefox
from tests.support.requirements import do_without

SIZES = [(320, 640), (390, 844), (640, 400), (844, 390), (960, 700), (1280, 800)]
PAD = "document.querySelector('#pad canvas')"


@pytest.fixture(scope="module")
def firefox(app_url):
    """A page in Firefox that has read a one."""
    try:
        with open_firefox() as firefox:
            firefox.resize(1280, 800)
            firefox.open(app_url)
            firefox.wait_for(
                f"{PAD} && ![300, 0].includes({PAD}.width) && document.querySelector('#verdict')"
            )
            firefox.wait_for("document.querySelector('#curve-loss tbody')?.rows.length")
            box = firefox.evaluate(f"{PAD}.getBoundingClientRect()")
            middle = box["x"] + box["width"] / 2
            firefox.drag([(middle, box["y"] + box["height"] * share / 10) for share in range(2, 9)])
            firefox.wait_for("document.querySelector('#verdict .glyph').textContent === '1'")
            yield firefox
    except FileNotFoundError as missing:
        do_without(str(missing))


def click(firefox, selector, state):
    firefox.evaluate(f"document.querySelector({selector!r}).click()")
    firefox.wait_for(state)


def find_problems(firefox):
    problems = {}
    for width, height in SIZES:
        firefox.resize(width, height)
        firefox.evaluate(f"({SETTLED})()")
        problems[f"{width} × {height}"] = firefox.evaluate(f"({FIND_PROBLEMS})()")
    return {size: found for size, found in problems.items() if found}


def test_nothing_overlaps_or_is_cut_when_a_drawing_is_read(firefox):
    assert find_problems(firefox) == {}


def test_nothing_overlaps_or_is_cut_when_two_networks_read(firefox):
    click(firefox, "#network-choice input[value=both]", "document.querySelector('[data-count=\"2\"]')")
    assert find_problems(firefox) == {}


def test_nothing_overlaps_or_is_cut_among_further_settings(firefox):
    click(firefox, "#more-settings > button", "document.querySelector('#more-settings input[type=range]')")
    assert find_problems(firefox) == {}


def test_what_is_for_screen_readers_alone_is_not_seen(firefox):
    """Firefox shows the caption of a table that is clipped itself."""
    firefox.resize(1280, 800)
    seen = """[...document.querySelectorAll('.curve caption')].filter(caption => {
      const {x, y, width, height} = caption.getBoundingClientRect();
      const inside = (at) => at && (at === caption || at.contains(caption) && at.matches('table'));
      return width > 1 && height > 1 && inside(document.elementFromPoint(x + width / 2, y + height / 2));
    }).length"""
    assert firefox.evaluate("document.querySelectorAll('.curve caption').length") == 3
    assert firefox.evaluate(seen) == 0


def test_class_view_fills_the_window(firefox):
    click(firefox, "#class-view", "document.querySelector('.class-controls').checkVisibility()")
    assert find_problems(firefox) == {}
    firefox.resize(1920, 1080)
    firefox.evaluate(f"({SETTLED})()")
    assert firefox.evaluate("parseFloat(getComputedStyle(document.querySelector('.glyph')).fontSize)") >= 120
    firefox.resize(1280, 800)
    click(firefox, "[data-do=leave]", "!document.querySelector('.class-controls').checkVisibility()")
