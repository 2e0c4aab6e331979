"""What a visitor finds whose server was restarted in the middle of a training, in Chromium."""

import re
from functools import partial

from playwright.sync_api import expect

from tests.support import recorded_worker
from tests.support.panel import press_start, status
from ui.page import build_page
from ui.readout.reading import Reader
from ui.server.security import SECURITY
from ui.server.training_job import TrainingJob
from ui.theme import LOOK


def launch(port=None):
    app = build_page(Reader())
    _, url, _ = app.launch(prevent_thread_lock=True, quiet=True, server_port=port, **SECURITY, **LOOK)
    return app, url


def test_after_a_restart_the_page_says_that_the_training_is_gone(browser, monkeypatch):
    monkeypatch.setattr("ui.training.panel.TrainingJob", partial(TrainingJob, worker=recorded_worker.WORKER))
    app, url = launch()
    page = browser.new_page()
    page.goto(url)
    press_start(page)
    expect(status(page)).to_have_text(re.compile("Epoch"))
    app.close()
    monkeypatch.setattr("ui.page.SERVER", "another")
    app, _ = launch(int(url.rstrip("/").rpartition(":")[2]))
    page.goto(url)
    expect(status(page)).to_have_text(re.compile("The server was restarted, and your training"))
    press_start(page)
    expect(status(page)).to_have_text(re.compile("Epoch"))
    page.close()
    app.close()
