"""What the training panel shows while jobs replace each other, in Chromium, with a worker that plays back."""

import re
import traceback

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import WINDOW
from tests.support.panel import button, press_start, start, status, wait_for_curve

RECORD_HEADLINES = """() => {
  const headline = document.querySelector("#train-status .headline");
  window.headlines = [];
  new MutationObserver(() => headlines.push(headline.textContent))
    .observe(headline, {childList: true, characterData: true, subtree: true});
}"""


@pytest.fixture(scope="module")
def url(launch):
    # Not capsys: as uvicorn sets up its logging, absl's handler would close the stream that pytest captures.
    errors = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("traceback.print_exc", lambda *_, **__: errors.append(traceback.format_exc()))
        url, close = launch()
        yield url
        close()
    assert errors == []


@pytest.fixture
def page(browser, url):
    page = browser.new_page(viewport=WINDOW)
    page.goto(url)
    expect(status(page)).to_have_text(re.compile("These curves|Ready to train"))
    yield page
    if button(page, "Stop").is_enabled():
        button(page, "Stop").click()
        expect(status(page)).to_have_text(re.compile("Stopped|Trained"))
    page.close()


@pytest.fixture
def hold(tmp_path, monkeypatch):
    """The folder in which a file `preparing` or `measuring` keeps a training from going on."""
    monkeypatch.setenv("RECORDED_HOLD", str(tmp_path))
    yield tmp_path
    for phase in tmp_path.iterdir():
        phase.unlink()


@pytest.mark.parametrize(("is_measured", "delay"), [(False, 0), (False, 250), (True, 0)])
def test_start_after_stop_shows_the_new_training_at_once_and_never_again_the_old_one(
    page, hold, is_measured, delay
):
    (hold / "measuring").touch()
    start(page)
    wait_for_curve(page)  # what is stopped before has learned nothing, and says so in other words
    button(page, "Stop").click()
    expect(status(page)).to_have_text(re.compile("Stopped in epoch"))
    if is_measured:
        (hold / "measuring").unlink()
        expect(button(page, "Use it on my pad")).to_be_enabled()
    page.wait_for_timeout(delay)
    page.evaluate(RECORD_HEADLINES)
    (hold / "preparing").touch()
    button(page, "Start").click()
    expect(status(page)).to_have_text("Getting the data ready…")
    (hold / "preparing").unlink()
    expect(status(page)).to_have_text(re.compile("Epoch"))
    headlines = page.evaluate("headlines")
    assert headlines[0] in ("Your turn is next.", "Getting the data ready…")
    assert not [one for one in headlines if "Stopped" in one]
    expect(button(page, "Stop")).to_be_enabled()
    expect(button(page, "Start over")).to_be_visible()


def test_start_over_while_a_training_goes_on_shows_the_new_one(page, hold):
    press_start(page)
    expect(status(page)).to_have_text(re.compile("Epoch"))
    page.evaluate(RECORD_HEADLINES)
    (hold / "preparing").touch()
    button(page, "Start over").click()
    expect(status(page)).to_have_text("Getting the data ready…")
    page.wait_for_timeout(500)  # the old one would have told of more by now
    headlines = page.evaluate("headlines")
    assert headlines[-1] == "Getting the data ready…"
    (hold / "preparing").unlink()
    expect(status(page)).to_have_text(re.compile("Epoch"))
    expect(page.locator("#curve-loss .legend li")).to_have_count(2)
