"""Takes the picture in the README: the page with a drawn digit, at 1280 × 800.

    python -m tests.support.screenshot

Needs Chromium.
"""

from model.datasets import HELD_OUT_WRITERS, by_writers, load_pen_digits
from tests.support.browser import open_browser
from tests.support.pad import draw, open_pad, wait_for_answer
from tests.support.serving import ROOT, serve

PICTURE = ROOT / "docs" / "page.png"


def main() -> None:
    seven = next(d for d in by_writers(load_pen_digits(), HELD_OUT_WRITERS) if d.label == 7)
    with serve() as url, open_browser() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        open_pad(page, url)
        draw(page, seven)
        page.locator('.reading[data-verdict="digit"]').wait_for()
        wait_for_answer(page)
        page.mouse.move(0, 0)
        page.screenshot(path=PICTURE)
    print(f"Took {PICTURE}")


if __name__ == "__main__":
    main()
