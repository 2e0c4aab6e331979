"""How long after the pen is lifted is everything in the panel `inside` drawn? Pen digits, drawn in Chromium.

    python -m tests.benchmarks.look_inside
    python -m tests.benchmarks.look_inside --drawings 10

For each network, first with the panel closed, then open: milliseconds from the end of a drawing's last stroke
until the bars stand still, until evidence and every layer are drawn, and until occlusion is
(the panel waits 120 ms of them, to see that the pen rests), as median and 95th percentile; and the longest
time for which the page's own thread, on which the pen's line is drawn, was busy with one thing. Run it on
idle cores; what else they did shows in the load average that is printed.

Before that, for each network, the arithmetic alone: of reading, of evidence and layers, and of occlusion,
the shortest of some repetitions for each drawing, which other programs disturb least. After each network,
how long the page's thread is busy while nobody touches the page.
"""

import argparse
import os

import numpy as np
from playwright.sync_api import Browser, Page

from model.datasets import HELD_OUT_WRITERS, by_writers, load_pen_digits
from model.drawing import Drawing
from model.networks import NETWORKS
from model.store import WEIGHTS
from tests.benchmarks.pen_to_bars import draw_stroke
from tests.support.browser import open_browser
from tests.support.modules import open_modules
from tests.support.pad import open_pad, place_on_page, wait_for_answer
from tests.support.serving import serve
from ui.browser.weights import describe_file

# For the page, before it loads: when the pen was lifted, and when a picture of the panel was last drawn. An
# occlusion is drawn by lines, all other pictures pixel by pixel.
WATCH = """
  window.times = {};
  const mark = (name) => { times[name] = performance.now(); };
  addEventListener("pointerup", (event) => { times.lifted = event.timeStamp; }, true);
  const watch = (method, name, place) => {
    const draw = CanvasRenderingContext2D.prototype[method];
    CanvasRenderingContext2D.prototype[method] = function (...given) {
      draw.apply(this, given);
      if (this.canvas.closest(place)) mark(name);
    };
  };
  watch("putImageData", "pictures", "#inside");
  watch("stroke", "occlusion", ".occlusion");
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) times.task = Math.max(times.task ?? 0, duration);
  }).observe({ type: "longtask" });
  addEventListener("load", () => {
    new MutationObserver((records) => {
      if (records.some(({ target }) => target.closest?.(".bars"))) mark("bars");
    }).observe(document.body, { subtree: true, attributeFilter: ["aria-valuenow"] });
  });
"""
NAMES = ("bars", "pictures", "occlusion")
SETTLES = 1500  # milliseconds
IDLE_SECONDS = 10


ARITHMETIC = """async (repetitions) => {
  const { Network } = await import("/browser/network.js");
  const { explain } = await import("/browser/evidence.js");
  const { preprocess } = await import("/browser/preprocess.js");
  const { decode } = await import("/browser/reading.js");
  const { cut, without } = await import("/inside/pieces.js");
  const description = await (await fetch("/network.json")).json();
  const weights = await (await fetch("/network.bin")).arrayBuffer();
  const network = new Network(description, decode(weights, description.dtype));
  const shortest = (act) => Math.min(...Array.from({ length: repetitions }, () => {
    const began = performance.now();
    act();
    return performance.now() - began;
  }));
  return (await (await fetch("/drawings.json")).json()).map((drawing) => [
    shortest(() => network.read(preprocess(drawing))),
    shortest(() => explain(network, preprocess(drawing))),
    shortest(() => cut(drawing).forEach((piece) => network.read(preprocess(without(drawing, piece))))),
  ]);
}"""
REPETITIONS = 5


def measure_arithmetic(browser: Browser, name: str, drawings: list[Drawing]) -> np.ndarray:
    """(drawings, 3): milliseconds of a reading, of evidence and layers, of occlusion."""
    network = describe_file(WEIGHTS, name)
    files = {"network.json": network.description, "network.bin": network.weights}
    page = open_modules(browser, files | {"drawings.json": [drawing.as_lists() for drawing in drawings]})
    found = page.evaluate(ARITHMETIC, REPETITIONS)
    page.context.close()
    return np.array(found)[1:]


def measure(page: Page, drawings: list[Drawing]) -> tuple[dict[str, list[float]], float]:
    """Milliseconds from the pen-up, by what was drawn last; and the longest task. The first is a warm-up."""
    found: dict[str, list[float]] = {name: [] for name in NAMES}
    longest = 0.0
    for i, drawing in enumerate(drawings):
        page.get_by_role("button", name="Clear", exact=True).click()
        wait_for_answer(page)
        page.evaluate("() => { window.times = {}; }")
        for stroke in place_on_page(page, drawing):
            draw_stroke(page, stroke)
        wait_for_answer(page)
        page.wait_for_timeout(SETTLES)
        times = page.evaluate("times")
        if i == 0:
            continue
        longest = max(longest, times.get("task", 0.0))
        for name in NAMES:
            if times.get(name, 0) > times["lifted"]:
                found[name].append(times[name] - times["lifted"])
    return found, longest


def measure_idle(page: Page) -> float:
    """Milliseconds for which the page's thread is busy in IDLE_SECONDS in which nobody touches the page."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def busy() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")

    page.wait_for_timeout(SETTLES)
    before = busy()
    page.wait_for_timeout(1000 * IDLE_SECONDS)
    return 1000 * (busy() - before)


def describe(values: list[float] | np.ndarray) -> str:
    if not len(values):
        return f"{'–':>16}"
    return f"{np.median(values):9.1f} ({np.percentile(values, 95):.1f})".rjust(16)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--drawings", type=int, default=40, help="how many (default: 40)")
    options = parser.parse_args()
    every = by_writers(load_pen_digits(), HELD_OUT_WRITERS)
    chosen = np.random.default_rng(7).permutation(len(every))[: options.drawings + 1]
    drawings = [every[i] for i in chosen]
    with open_browser() as browser:
        print(
            f"{'arithmetic, ms':14}" + "".join(f"{one:>16}" for one in ("reading", "evidence", "occlusion"))
        )
        for name in NETWORKS:
            found = measure_arithmetic(browser, name, drawings)
            print(f"{name:14}" + "".join(map(describe, found.T)), flush=True)
    print(f"{'drawn, ms':14}" + "".join(f"{name:>16}" for name in NAMES) + f"{'longest task':>16}{'load':>8}")
    with serve() as url, open_browser() as browser:
        for name in NETWORKS:
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            context.add_init_script(WATCH)
            page = context.new_page()
            open_pad(page, url)
            page.locator("#network-choice").get_by_role("radio", name=name).check()
            for state in ("closed", "open"):
                if state == "open":
                    page.locator("#inside summary").click()
                found, longest = measure(page, drawings)
                cells = "".join(map(describe, found.values()))
                load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")  # not on Windows
                print(f"{name + ', ' + state:14}{cells}{longest:12.0f}{load:12.1f}", flush=True)
            print(f"{name}, busy in {IDLE_SECONDS} idle seconds: {measure_idle(page):.0f} ms", flush=True)
            context.close()


if __name__ == "__main__":
    main()
