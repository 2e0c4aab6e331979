"""Draws on the pad as a hand would, and reads what the page says."""

import numpy as np
from playwright.sync_api import Page

from model.drawing import Drawing

# The bars have answered when they have stood still this long; a reading takes a tenth of it.
STILL_MILLISECONDS = 250

# For `open_page`.
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

# For the page: a canvas is 300 pixels wide until the pad's script, from then on listening, has measured it.
PAD_LISTENS = "![undefined, 300].includes(document.querySelector('#pad canvas')?.width)"

# For the page, before it loads: a stroke in the first frame that shows the pad, on whatever lies on top.
DRAW_AT_ONCE = (
    f"const padListens = () => {PAD_LISTENS};"
    + """
  const drawAtOnce = () => {
    const canvas = document.querySelector("#pad canvas");
    if (!padListens() || getComputedStyle(canvas).visibility === "hidden")
      return requestAnimationFrame(drawAtOnce);
    const box = canvas.getBoundingClientRect();
    const [x, y] = [box.x + 80, box.y + 200];
    const target = document.elementFromPoint(x, y);
    canvas.setPointerCapture = () => {}; // there is no real pointer to capture
    const send = (type, clientX) =>
      target.dispatchEvent(new PointerEvent(type, {pointerId: 1, button: 0, clientX, clientY: y}));
    send("pointerdown", x);
    for (let step = 1; step <= 10; step++) send("pointermove", x + 20 * step);
    send("pointerup", x + 200);
    window.drawnAtOnce = true;
  };
  drawAtOnce();
"""
)

# The browser takes a frame, 16 ms, for each movement, so one in three of a stroke's points is drawn.
EVERY = 3


def open_pad(page: Page, url: str) -> None:
    """Goes there, and waits until one can draw."""
    page.goto(url)
    page.locator("#pad canvas").wait_for()
    page.locator("#probabilities").wait_for()
    page.wait_for_function(PAD_LISTENS)


def draw(page: Page, drawing: Drawing, size: float = 0.6, place=(0.5, 0.5)) -> None:
    """Draws with the mouse. size: the drawing's longer side; place: its centre; as shares of the pad."""
    for stroke in place_on_page(page, drawing, size, place):
        page.mouse.move(*stroke[0])
        page.mouse.down()
        for point in stroke[1:]:
            page.mouse.move(*point)
        page.mouse.up()


def draw_with_finger(page: Page, drawing: Drawing, size: float = 0.6, place=(0.5, 0.5)) -> None:
    """Draws with a finger, through the browser's own handling of touch, which may scroll."""
    touch = page.context.new_cdp_session(page)

    def send(kind, *points):
        places = [{"x": x, "y": y} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    for stroke in place_on_page(page, drawing, size, place):
        send("touchStart", stroke[0])
        for point in stroke[1:]:
            send("touchMove", point)
        send("touchEnd")


def cross_pad(page, height, steps=10):
    """One stroke from left to right, at a share of the pad's height."""
    box = page.locator("#pad canvas").bounding_box()
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + height * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + height * box["height"], steps=steps)
    page.mouse.up()


def place_on_page(
    page: Page,
    drawing: Drawing,
    size: float = 0.6,
    place: tuple[float, float] = (0.5, 0.5),
    canvas: str = "#pad canvas",
) -> list[list[list[float]]]:
    """The drawing's strokes, thinned, as lists of [x, y] on the page; size and place as for `draw`."""
    box = page.locator(canvas).first.bounding_box()
    points = np.concatenate(drawing.strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = box["width"] * size / max(*(high - low), 1)
    centre = np.array([box["x"], box["y"]]) + np.array([box["width"], box["height"]]) * place
    strokes = [np.concatenate([stroke[:-1:EVERY], stroke[-1:]]) for stroke in drawing.strokes]
    return [((stroke - (low + high) / 2) * scale + centre).tolist() for stroke in strokes]


def wait_for_answer(page: Page) -> None:
    """Waits until no drawing waits for its reading and the bars have stood still for a while."""
    page.evaluate(
        """still => new Promise(resolve => {
          let timer;
          const again = () => { clearTimeout(timer); timer = setTimeout(check, still); };
          const busy = () => document.querySelector('#readout .readings').ariaBusy === 'true';
          const check = () => busy() ? again() : resolve();
          new MutationObserver(again)
            .observe(document.querySelector('#readout'), {subtree: true, attributes: true});
          again();
        })""",
        STILL_MILLISECONDS,
    )


def wait_until(page: Page, condition, seconds: float = 240) -> None:
    """Waits until the condition, a function without arguments, holds; fails if that takes longer. The page's
    events reach the test meanwhile, which they do not in tests.support.processes.wait_until."""
    for _ in range(int(seconds * 20)):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"did not come about within {seconds} s")


def read_bars(page: Page, bars: str = "#probabilities") -> list[float]:
    """The ten probabilities that the bars show, in their order on the page."""
    meters = page.locator(f"{bars} [role=meter]")
    return [
        float(value)
        for value in meters.evaluate_all("meters => meters.map(meter => meter.getAttribute('aria-valuenow'))")
    ]


def wait_for_another_reading(page: Page, *before: list[float]) -> None:
    """Waits until the bars show a reading and none of those before. A network of one's own is chosen a moment
    before it is known, and the bars are empty while it comes."""
    wait_until(page, lambda: any(bars := read_bars(page)) and bars not in before)


def read_digit(page: Page) -> int | None:
    """The digit with the highest bar; None where all bars are empty."""
    bars = read_bars(page)
    return bars.index(max(bars)) if any(bars) else None


def count_ink(page: Page) -> int:
    """How many pixels of the pad hold ink, once what was drawn is shown."""
    return page.evaluate(
        """() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => {
          const {width, height} = document.querySelector('#pad canvas');
          const context = document.querySelector('#pad canvas').getContext('2d');
          const {data} = context.getImageData(0, 0, width, height);
          resolve(data.filter((value, i) => i % 4 === 3 && value > 0).length);
        })))"""
    )
