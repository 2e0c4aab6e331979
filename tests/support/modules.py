"""A blank page in Chromium on which the modules of ui/ can be imported, without any server."""

import json
from collections.abc import Mapping

from playwright.sync_api import Browser, Page, Route

from tests.support.serving import ROOT
from ui.text.words import write_tables

ORIGIN = "https://modules.test/"  # a secure one, as the page's own mostly is; no request leaves the browser


def open_modules(browser: Browser, files: Mapping[str, bytes | object] = {}, **context) -> Page:
    """The page; `await import("/browser/network.js")` is ui/browser/network.js on it. files: what else it can
    fetch, by path: bytes, or what becomes JSON. context: for Playwright."""
    page = browser.new_page(**context)

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).split("?")[0]
        if path in files:
            body = files[path]
            route.fulfill(body=body if isinstance(body, bytes) else json.dumps(body).encode())
        elif path == "text/tables.js":
            route.fulfill(body=write_tables(), content_type="text/javascript")
        elif path.endswith(".js") and (ROOT / "ui" / path).is_file():
            route.fulfill(body=(ROOT / "ui" / path).read_bytes(), content_type="text/javascript")
        elif path == "":
            route.fulfill(body="<!doctype html><title>Modules</title>", content_type="text/html")
        else:
            route.fulfill(status=404)

    page.context.route(f"{ORIGIN}**", answer)
    page.goto(ORIGIN)
    return page
