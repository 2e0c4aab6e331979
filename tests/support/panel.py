"""Works the training panel as a visitor would."""

import re

from playwright.sync_api import expect


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def status(page):
    return page.locator("#train-status .headline")


def start(page, epochs=50, recipe="tutorial"):
    """Starts a training and waits until it trains. recipe: `tutorial` is played back where the app is the
    recorded one; of the real ones `quick` is ready soonest."""
    press_start(page, epochs, recipe)
    expect(status(page)).to_have_text(re.compile(r"Epoch \d+ of"))


def press_start(page, epochs=50, recipe="tutorial"):
    page.get_by_role("radio", name=recipe).check()
    page.get_by_label("Epochs").fill(str(epochs))
    button(page, "Start").click()


def wait_for_curve(page):
    """Until the loss curve of a training that has started has its first point."""
    page.wait_for_function("document.querySelector('#curve-loss tbody').rows.length > 0")


def count_points(page, curve="#curve-loss"):
    """Of the longest line in the plot; 0 while the plot is not there."""
    paths = page.locator(f"{curve} .lines path").evaluate_all(
        "paths => paths.map(path => path.getAttribute('d'))"
    )
    return max((len(path.split("L")) for path in paths), default=0)
