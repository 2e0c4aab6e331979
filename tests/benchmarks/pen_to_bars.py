"""How long after the pen is lifted do the bars stand still? Real pen digits, drawn in Chromium on the page.

    python -m tests.benchmarks.pen_to_bars
    python -m tests.benchmarks.pen_to_bars --strokes 20

prints a table: while nothing else goes on, and while a training runs. Each stroke is drawn point by point;
the time runs from pointerup to the last change of a bar, measured in the page. Needs DIGITS_DATA
and Chromium.
"""

import argparse

import numpy as np

from model.data import HELD_OUT_WRITERS, by_writers, load_pen_digits
from tests.browser.hand import draw, wait_for_answer
from tests.browser.serving import open_browser, serve, wait_until_loaded

WATCH = """() => {
  window.lifted = 0;
  window.changed = 0;
  addEventListener("pointerup", () => { lifted = performance.now(); }, true);
  new MutationObserver(() => { changed = performance.now(); })
    .observe(document.querySelector("#probabilities"), {subtree: true, attributes: true});
}"""


def measure(page, drawings, strokes: int) -> np.ndarray:
    """Milliseconds from pen-up to the last change of the bars, one a drawing of a single stroke."""
    taken = []
    for drawing in drawings:
        if len(taken) == strokes:
            break
        if len(drawing.strokes) != 1:
            continue
        page.get_by_role("button", name="Clear", exact=True).click()
        wait_for_answer(page)
        draw(page, drawing)
        wait_for_answer(page)
        lifted, changed = page.evaluate("() => [lifted, changed]")
        taken.append(max(0.0, changed - lifted))
    return np.array(taken)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--strokes", type=int, default=100, help="how many in each row (default: 100)")
    options = parser.parse_args()
    drawings = by_writers(load_pen_digits(), HELD_OUT_WRITERS)[::3]
    with serve() as url, open_browser() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(url)
        wait_until_loaded(page)
        page.evaluate(WATCH)
        print(f"{'pen-up to final bars, cnn':30} {'strokes':>8} {'median':>8} {'95th percentile':>16}")
        for name in ("idle", "while a training runs"):
            if name != "idle":
                page.locator("#epochs input").fill("100")
                page.locator("#train-start").click()
                page.locator("#train-status", has_text="images/s").wait_for(timeout=60_000)
            taken = measure(page, drawings, options.strokes)
            median, late = np.percentile(taken, [50, 95])
            print(f"{name:30} {len(taken):8d} {median:5.0f} ms {late:13.0f} ms", flush=True)


if __name__ == "__main__":
    main()
