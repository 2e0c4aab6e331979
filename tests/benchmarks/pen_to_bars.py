"""How long after the pen is lifted do the bars stand still? Real pen digits, drawn in Chromium.

    python -m tests.benchmarks.pen_to_bars
    python -m tests.benchmarks.pen_to_bars --strokes 10 --epochs 2

prints a table: a `gr.Sketchpad` demo (sketchpad_demo.py) and this page, by turns, both reading with `cnn`;
then this page while each network is trained on it, by its default recipe and from the start to the end of the
training, with at least as many strokes. Run it on an idle machine, with Chromium.

A stroke's last movement and its pen-up are one event, with no time between them, as of a hand. The clock
starts with that event's own time and stops at the last change of a bar's value (of the label, for the demo).
The 40 ms in which a bar glides to its value are not in it. Strokes whose bars changed no more after the
pen-up are counted as `before`, and are in no percentile. The demo's page is loaded anew for each stroke.

Curve updates are those in which the last point of the loss curve moved along the epochs, from the start of
the first epoch to the end of the last: frames in which an axis glides are none. `rebuilt` counts SVG elements
that were taken out of the page.
"""

import argparse
import itertools
from collections.abc import Iterator

import numpy as np
from playwright.sync_api import Browser, Page

from model.datasets import HELD_OUT_WRITERS, by_writers, load_pen_digits
from model.drawing import Drawing
from model.networks import NETWORKS
from tests.support.browser import open_browser
from tests.support.pad import open_pad, place_on_page, wait_for_answer
from tests.support.serving import serve

DEMO_SHARE = 5  # one stroke on the demo for so many on the page: it takes its time
DEMO_STILL = 3000  # milliseconds after which its label is taken for final; what came later would flatter it
DEMO_SIZE = 0.3  # of its canvas, whose white paper is in the middle
DEMO_SECONDS = 60  # it has failed if it says nothing for so long
PREPARES = 180_000  # milliseconds: a training imports Keras and bends its first digits

# Both pages: when the pen was lifted, when an answer was last changed.
WATCH_ANSWERS = """answers => {
  window.lifted = window.changed = 0;
  addEventListener("pointerup", event => { lifted = event.timeStamp; }, true);
  new MutationObserver(records => {
    if (records.some(({target}) => !(target.parentElement ?? target).closest("[data-testid=status-tracker]")))
      changed = performance.now();
  }).observe(document.querySelector(answers),
    {subtree: true, attributes: true, childList: true, characterData: true});
}"""

WATCH_TRAINING = """() => {
  window.run = {began: 0, ended: 0, updates: 0, rebuilt: 0};
  const progress = document.querySelector("#train-status .progress");
  new MutationObserver(() => {
    if (progress.dataset.phase === "training") run.began ||= performance.now();
    else if (run.began) run.ended ||= performance.now();
  }).observe(progress, {attributes: true});
  let at = "";
  new MutationObserver(() => {
    const path = document.querySelector("#curve-loss .lines .training:not(.earlier)")?.getAttribute("d");
    const last = path?.split("L").at(-1).split(",")[0];
    if (run.began && !run.ended && last !== at) run.updates++;
    at = last;
  }).observe(document.querySelector("#curve-loss .lines"), {subtree: true, attributeFilter: ["d"]});
  new MutationObserver(records => {
    for (const {removedNodes} of records) for (const node of removedNodes)
      if (node.tagName === "svg" || node.querySelector?.("svg")) run.rebuilt++;
  }).observe(document.querySelector("#plots"), {subtree: true, childList: true});
}"""


def draw_stroke(page: Page, stroke: list[list[float]]) -> None:
    """Through the browser's own handling of a mouse. Playwright would wait for a frame before the pen-up."""
    mouse = page.context.new_cdp_session(page)
    kinds = ["mousePressed", *["mouseMoved"] * (len(stroke) - 2), "mouseReleased"]
    for kind, (x, y) in zip(kinds, stroke, strict=True):
        held = {"button": "left", "buttons": int(kind != "mouseReleased"), "clickCount": 1}
        mouse.send("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **held})
    mouse.detach()


def read_clock(page: Page) -> float | None:
    """Milliseconds from the pen-up to the last change; None if there was none."""
    lifted, changed = page.evaluate("[lifted, changed]")
    return changed - lifted if changed > lifted else None


def time_page(page: Page, drawing: Drawing) -> float | None:
    page.get_by_role("button", name="Clear", exact=True).click()
    wait_for_answer(page)
    draw_stroke(page, *place_on_page(page, drawing))
    wait_for_answer(page)
    return read_clock(page)


def time_demo(page: Page, drawing: Drawing) -> float | None:
    page.reload()
    page.get_by_role("button", name="Brush").click()
    page.evaluate(WATCH_ANSWERS, "[data-testid=label]")
    draw_stroke(page, *place_on_page(page, drawing, DEMO_SIZE, canvas="canvas"))
    page.wait_for_function(
        "still => changed > lifted && performance.now() > changed + still",
        arg=DEMO_STILL,
        timeout=DEMO_SECONDS * 1000,
    )
    return read_clock(page)


def open_page(browser: Browser, url: str) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    open_pad(page, url)
    page.evaluate(WATCH_ANSWERS, "#probabilities")
    return page


def compare(browser: Browser, url: str, demo_url: str, drawings: Iterator[Drawing], strokes: int):
    """Milliseconds a stroke on the demo, and on the page, by turns."""
    on_demo, on_page = [], []
    page = open_page(browser, url)
    demo = browser.new_page(viewport={"width": 1280, "height": 800})
    demo.goto(demo_url)
    time_demo(demo, next(drawings))  # the first answer of `predict` compiles it
    for number, drawing in zip(range(strokes), drawings, strict=False):
        page.bring_to_front()
        on_page.append(time_page(page, drawing))
        if number % DEMO_SHARE == 0:
            demo.bring_to_front()
            on_demo.append(time_demo(demo, drawing))
    demo.close()
    page.close()
    return on_demo, on_page


def train(browser: Browser, url: str, network: str, epochs: int, drawings: Iterator[Drawing], strokes: int):
    """Milliseconds a stroke while whole trainings run; curve updates a second of each; SVGs taken out."""
    taken, paces, rebuilt = [], [], 0
    while len(taken) < strokes:
        page = open_page(browser, url)  # each run on a page of its own, with nothing to compare it with
        page.locator("#train-network").get_by_role("radio", name=network).check()
        page.locator("#epochs input").fill(str(epochs))
        page.evaluate(WATCH_TRAINING)
        page.locator("#train-start").click()
        page.wait_for_function("run.began", timeout=PREPARES)
        while not page.evaluate("run.ended"):
            taken.append(time_page(page, next(drawings)))
        headline = page.locator("#train-status .headline").inner_text()
        if not headline.startswith("Trained"):
            raise SystemExit(f"{network}: {headline}")
        run = page.evaluate("run")
        paces.append(1000 * run["updates"] / (run["ended"] - run["began"]))
        rebuilt += run["rebuilt"]
        page.close()
    return taken, f"{np.median(paces):15.1f} {rebuilt:9d}"


def show(name: str, taken: list[float | None], curves: str = "") -> float:
    """Prints a row; returns the median."""
    after = [one for one in taken if one is not None]
    median, late = np.percentile(after, [50, 95])
    print(
        f"{name:28} {len(taken):8d} {len(taken) - len(after):7d} {median:7.0f} ms {late:7.0f} ms{curves}",
        flush=True,
    )
    return median


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--strokes", type=int, default=100, help="how many in each row (default: 100)")
    parser.add_argument("--epochs", type=int, default=10, help="of each training (default: 10)")
    options = parser.parse_args()
    digits = by_writers(load_pen_digits(), HELD_OUT_WRITERS)[::3]
    drawings = itertools.cycle([digit for digit in digits if len(digit.strokes) == 1])
    print(
        f"{'pen-up to final bars':28} {'strokes':>8} {'before':>7} {'median':>10} {'95th perc.':>10}"
        f" {'updates/s':>14} {'rebuilt':>9}"
    )
    with serve() as url, open_browser() as browser:
        with serve(command=("-m", "tests.benchmarks.sketchpad_demo")) as demo_url:
            on_demo, on_page = compare(browser, url, demo_url, drawings, options.strokes)
        slow = show("gr.Sketchpad demo", on_demo)
        fast = show("this page, idle", on_page)
        for network in NETWORKS:
            taken, curves = train(browser, url, network, options.epochs, drawings, options.strokes)
            show(f"this page, {network} training", taken, curves)
    print(f"The demo takes {slow / fast:.0f} times as long as this page.")


if __name__ == "__main__":
    main()
