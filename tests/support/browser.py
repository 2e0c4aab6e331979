"""Opens the Chromium that tests and scripts look at the page with."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
# The popups of the address bar are pages of their own, which take a third of the time to a page of ours.
# Of several --disable-features the last one counts, so what Playwright 1.65 switches off stands here, too.
SWITCHED_OFF = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)
# Those from the third on keep Chromium from calling its makers, which would look like calls of the page.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    f"--disable-features={','.join(SWITCHED_OFF)}",
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
