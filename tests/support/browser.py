"""Opens the Chromium that tests and scripts look at the page with."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

# The first one has no window of its own, which spares a quarter of the time to a page.
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Those from the third on keep Chromium from calling its makers, which would look like calls of the page.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
]


PATIENCE_MS = 240_000  # far more than anything takes on a busy machine


@contextlib.contextmanager
def open_browser() -> Iterator[Browser]:
    """Chromium, whose pages wait with PATIENCE_MS. Raises FileNotFoundError where there is none."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    with sync_playwright() as playwright:
        if chromium is None and not Path(playwright.chromium.executable_path).exists():
            raise FileNotFoundError("Chromium: python -m playwright install chromium")
        expect.set_options(timeout=PATIENCE_MS)
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        browser.new_context, browser.new_page = map(_patient, (browser.new_context, browser.new_page))
        try:
            yield browser
        finally:
            browser.close()


def _patient(make: Callable[..., BrowserContext | Page]) -> Callable[..., BrowserContext | Page]:
    def make_patient(**arguments):
        made = make(**arguments)
        made.set_default_timeout(PATIENCE_MS)
        return made

    return make_patient
