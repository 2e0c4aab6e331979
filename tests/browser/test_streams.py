"""What the training panel shows while jobs replace each other, in Chromium, with a worker that plays back."""

import re
import traceback
from functools import partial

import pytest
from playwright.sync_api import expect

from tests.support import recorded_worker
from tests.support.panel import button, press_start, status
from ui.page import build_page
from ui.readout.reading import Reader
from ui.server.security import SECURITY
from ui.server.training_job import TrainingJob
from ui.theme import LOOK

RECORD_HEADLINES = """() => {
  const headline = document.querySelector("#train-status .headline");
  window.headlines = [];
  new MutationObserver(() => headlines.push(headline.textContent))
    .observe(headline, {childList: true, characterData: true, subtree: true});
}"""


@pytest.fixture
def page(browser, tmp_path, monkeypatch):
    """The page in this process. A training prepares for a second and is measured for three."""
    monkeypatch.setenv("RECORDED_PREPARING", "1")
    monkeypatch.setenv("RECORDED_MEASURING", "3")
    monkeypatch.setattr("ui.training.panel.TrainingJob", partial(TrainingJob, worker=recorded_worker.WORKER))
    # Not capsys: as uvicorn sets up its logging, absl's handler would close the stream that pytest captures.
    errors = []
    monkeypatch.setattr("traceback.print_exc", lambda *_, **__: errors.append(traceback.format_exc()))
    app = build_page(Reader(), tmp_path)
    _, url, _ = app.launch(prevent_thread_lock=True, quiet=True, **SECURITY, **LOOK)
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(url)
    expect(status(page)).to_have_text(re.compile("These curves|Ready to train"))
    yield page
    page.close()
    app.close()
    assert errors == []


@pytest.mark.parametrize("delay", [0, 250, 2500])
def test_start_after_stop_shows_the_new_training_at_once_and_never_again_the_old_one(page, delay):
    press_start(page)
    expect(status(page)).to_have_text(re.compile("Epoch"))
    button(page, "Stop").click()
    expect(status(page)).to_have_text(re.compile("Stopped in epoch"))
    page.wait_for_timeout(delay)
    page.evaluate(RECORD_HEADLINES)
    button(page, "Start").click()
    expect(status(page)).to_have_text(re.compile("Epoch"))
    headlines = page.evaluate("headlines")
    assert headlines[0] in ("Your turn is next.", "Getting the data ready …")
    assert "Getting the data ready …" in headlines
    assert not [one for one in headlines if "Stopped" in one]
    expect(button(page, "Stop")).to_be_enabled()
    expect(button(page, "Start over")).to_be_visible()


def test_start_over_while_a_training_goes_on_shows_the_new_one(page):
    press_start(page)
    expect(status(page)).to_have_text(re.compile("Epoch"))
    page.evaluate(RECORD_HEADLINES)
    button(page, "Start over").click()
    expect(status(page)).to_have_text("Getting the data ready …")
    expect(status(page)).to_have_text(re.compile("Epoch"))
    headlines = page.evaluate("headlines")
    after = headlines[headlines.index("Getting the data ready …") :]
    assert [one for one in after if "Epoch" in one][:1] == ["Epoch 1 of 50"]
    expect(page.locator("#curve-loss .legend li")).to_have_count(2)
