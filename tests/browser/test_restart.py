"""What a visitor finds whose server was restarted in the middle of a training, in Chromium."""

import re

from playwright.sync_api import expect

from tests.support.panel import press_start, status


def test_after_a_restart_the_page_says_that_the_training_is_gone(browser, launch, monkeypatch):
    url, close = launch()
    page = browser.new_page()
    page.goto(url)
    press_start(page)
    expect(status(page)).to_have_text(re.compile("Epoch"))
    page.goto("about:blank")  # whose streams Gradio would wait for; what the tab has stored stays
    close()
    monkeypatch.setattr("ui.page.SERVER_START", "another")
    launch(server_port=int(url.rstrip("/").rpartition(":")[2]))
    page.goto(url)
    expect(status(page)).to_have_text(re.compile("The server was restarted, and your training"))
    press_start(page)
    expect(status(page)).to_have_text(re.compile("Epoch"))
    page.close()
