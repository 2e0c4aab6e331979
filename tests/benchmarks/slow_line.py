"""How long until one can draw, and is answered, on a slow line?

    python -m tests.benchmarks.slow_line
    python -m tests.benchmarks.slow_line --megabits 10 --delay 50 --rounds 3

Chromium with an empty cache, its network slowed. A stroke is drawn in the first frame that shows the pad. The
first reading may be by a smaller network that stands in for the chosen one; the last row is of that one.
Medians over the rounds, in seconds from the request for the page.
"""

import argparse
import time

import numpy as np

from tests.support.browser import open_browser
from tests.support.pad import DRAW_AT_ONCE
from tests.support.serving import serve

COLUMNS = ("pad", "first reading", "chosen network")


def time_page(browser, url: str, megabits: float, delay: int) -> list[float]:
    """Seconds, in the order of COLUMNS."""
    context = browser.new_context()
    try:
        page = context.new_page()
        line = context.new_cdp_session(page)
        line.send("Network.enable")
        bytes_a_second = megabits * 1e6 / 8
        line.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": delay,
                "downloadThroughput": bytes_a_second,
                "uploadThroughput": bytes_a_second,
            },
        )
        page.add_init_script(DRAW_AT_ONCE)
        began, found = time.monotonic(), []
        page.goto(url, wait_until="commit", timeout=120_000)
        read = "[...document.querySelectorAll('#readout [role=meter]')].some(one => one.ariaValueNow > 0)"
        chosen = "document.querySelector('#readout .words').dataset.network === 'cnn'"
        for condition in ("window.drawnAtOnce", read, f"{read} && {chosen}"):
            page.wait_for_function(condition, timeout=120_000, polling=20)
            found.append(time.monotonic() - began)
        return found
    finally:
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--megabits", type=float, default=1.6, help="a second, each way (default: 1.6)")
    parser.add_argument("--delay", type=int, default=150, help="milliseconds (default: 150)")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with serve() as url, open_browser() as browser:
        rows = [time_page(browser, url, options.megabits, options.delay) for _ in range(options.rounds)]
    for name, seconds in zip(COLUMNS, np.median(rows, axis=0), strict=True):
        print(f"{name:16}{seconds:6.1f} s")


if __name__ == "__main__":
    main()
