"""What visits leave behind: people who open the page, draw, start a training and close the tab.

    python -m tests.benchmarks.sessions --visits 200

Prints threads, open files, processes and memory of the server before, just after, and when the last visit
has been forgotten. The first visits are made before the first figures are taken: what a server loads once is
no leak. and Chromium; Linux.
"""

import argparse
import re
import time

from playwright.sync_api import Browser

from model.datasets import HELD_OUT_WRITERS, by_writers, load_pen_digits
from model.drawing import Drawing
from tests.support.browser import open_browser
from tests.support.pad import draw, open_pad
from tests.support.panel import press_start, status
from tests.support.processes import find_server, measure
from tests.support.serving import serve
from ui.server.sessions import SESSION_GRACE

WARM_UP = 5
AT_ONCE = 4  # tabs of a round: most of them wait in the line, as they would
STARTED = re.compile("data ready|Your turn|in line|Epoch")


def visit(browser: Browser, url: str, drawings: list[Drawing]) -> None:
    """One round: a tab for each drawing, closed in the midst of a training or of waiting for one."""
    contexts = [browser.new_context() for _ in drawings]
    for context, drawing in zip(contexts, drawings, strict=True):
        page = context.new_page()
        open_pad(page, url)
        draw(page, drawing)
        press_start(page)
        status(page).filter(has_text=STARTED).wait_for()
    for context in contexts:
        context.close()


def show(when: str, figures: dict[str, float]) -> None:
    print(f"{when:34}" + "".join(f"{value:8.0f} {name}" for name, value in figures.items()), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--visits", type=int, default=200, help="how many (default: 200)")
    count = parser.parse_args().visits
    digits = by_writers(load_pen_digits(), HELD_OUT_WRITERS)
    with serve() as url, open_browser() as browser:
        server = find_server()

        def make(number: int) -> None:
            for first in range(0, number, AT_ONCE):
                visit(browser, url, digits[first : min(first + AT_ONCE, number)])

        def wait_until_forgotten() -> None:
            time.sleep(SESSION_GRACE + 5)

        make(WARM_UP)
        wait_until_forgotten()
        show(f"before, after {WARM_UP} visits:", measure(server))
        began = time.monotonic()
        make(count)
        show(f"after {count} more, in {time.monotonic() - began:.0f} s:", measure(server))
        wait_until_forgotten()
        show("a minute later:", measure(server))


if __name__ == "__main__":
    main()
