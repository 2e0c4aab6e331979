"""Curves of a run: loss, accuracy and the ten probabilities of a drawing, drawn in place as they grow.

In go the rows of runs (see model/history.py); out comes the plain value of a `Curves` component. What to
show – smoothing, thinning, ranges, ticks, the table for screen readers – is decided here, in pure functions;
curves.js only puts it on the screen. It never rebuilds its SVG, so nothing flickers while a run goes on.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import gradio as gr

Point = tuple[float, float]  # (epoch, value)
Reading = tuple[float, Sequence[float]]  # (epoch, ten probabilities)

# More points than a plot of 600 px can show would only cost time on their way to the browser.
MOST_POINTS = 300
MOST_POINTS_EARLIER = 120  # of runs that are there to compare with
# Where the accuracy axis may begin: it follows the run upwards in a few steps, so that it seldom moves.
ACCURACY_FLOORS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99)
# The first moments of a run lie far outside all others. This share of the training points may leave the plot.
OUTLIERS = 0.1
MOST_TICKS = 6
# Classes whose probability at the end is at least this are named on the plot.
WINNING = 0.1
MOST_TABLE_ROWS = 50


@dataclass(frozen=True)
class PlottedRun:
    """A run as the curves show it. name: what sets it apart; rows: its history; epochs: how far it goes."""

    name: str
    rows: Sequence[dict] = field(default_factory=tuple)
    epochs: int = 1


def smooth(points: Sequence[Point], smoothing: float) -> list[Point]:
    """Exponential moving average of the values; smoothing from 0 (as they are) to below 1.

    The bias towards the first value is removed as in Adam (Kingma and Ba 2015, section 3).
    """
    average, weight, smoothed = 0.0, 0.0, []
    for epoch, value in points:
        average = smoothing * average + (1 - smoothing) * value
        weight = smoothing * weight + (1 - smoothing)
        smoothed.append((epoch, average / weight))
    return smoothed


def thin(points: Sequence, x_to: float, most: int = MOST_POINTS) -> list:
    """At most `most` points, or readings: the last of each of `most` equal parts of the axis from 0 to
    `x_to`.

    The parts do not depend on how far the run has come, so the points already drawn stay where they are.
    """
    kept = {min(most - 1, int(point[0] / x_to * most)): point for point in points}
    return list(kept.values())


def find_step(span: float, most: int = MOST_TICKS) -> float:
    """The smallest of 1, 2, 5 times a power of ten that divides `span` into at most `most` steps."""
    magnitude = 10.0 ** math.floor(math.log10(span / most))
    return next(f * magnitude for f in (1, 2, 5, 10) if span / (f * magnitude) <= most + 1e-9)


def make_epoch_scale(epochs: int) -> dict:
    return make_linear_scale(0, epochs, least_step=1)


def make_linear_scale(low: float, high: float, percent: bool = False, least_step: float = 0) -> dict:
    step = max(least_step, find_step(high - low))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    decimals = max(0, -math.floor(math.log10(step * (100 if percent else 1)) + 1e-9))
    values = [round(i * step, 10) for i in range(first, last + 1)]
    labels = [f"{100 * v:.{decimals}f} %" if percent else f"{v:.{decimals}f}" for v in values]
    return {"low": low, "high": high, "ticks": list(zip(values, labels, strict=True))}


def make_log_scale(low: float, high: float) -> dict:
    """A logarithmic scale that holds `low` to `high`, both above 0, with ticks at 1, 2 and 5 × 10ⁿ."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = [round(f * 10.0**n, 10) for n in decades for f in (1, 2, 5)]
    bottom = max(s for s in steps if s <= low * (1 + 1e-9))
    top = min(s for s in steps if s >= high * (1 - 1e-9))
    if top == bottom:
        top = steps[steps.index(top) + 1]
    inside = [s for s in steps if bottom <= s <= top]
    if len(inside) > MOST_TICKS + 1:
        inside = [s for s in inside if math.isclose(math.log10(s) % 1, 0, abs_tol=1e-6) or s in (bottom, top)]
    return {"low": bottom, "high": top, "ticks": [(s, f"{s:g}") for s in inside]}


def plot_loss(runs: Sequence[PlottedRun], smoothing: float = 0.0) -> dict:
    """The value of the loss curves. runs: the one to look at first, then earlier ones to compare it with."""
    lines = _make_lines(runs, "loss", smoothing)
    values = [v for line in lines for _, v in line["points"]]
    if not values:
        return _make_plot(lines, runs, {"linear": make_linear_scale(0, 1)}, "loss")
    high = max(_find_quantile(line, 1 - OUTLIERS if line["look"] == "training" else 1) for line in lines)
    step = find_step(max(high, 1e-6), 4)
    scales = {"linear": make_linear_scale(0, math.ceil(high / step - 1e-9) * step)}
    if min(values) > 0:
        scales["log"] = make_log_scale(min(values), max(values))
    return _make_plot(lines, runs, scales, "loss")


def plot_accuracy(runs: Sequence[PlottedRun], smoothing: float = 0.0) -> dict:
    """The value of the accuracy curves, as `plot_loss`."""
    lines = _make_lines(runs, "accuracy", smoothing)
    lowest = [_find_quantile(line, OUTLIERS if line["look"] == "training" else 0) for line in lines]
    low = max((f for f in ACCURACY_FLOORS if f <= min(lowest, default=0)), default=0.0)
    return _make_plot(lines, runs, {"linear": make_linear_scale(low, 1, percent=True)}, "accuracy")


def plot_probabilities(readings: Sequence[Reading], epochs: int, note: str = "") -> dict:
    """The value of the curves of the ten probabilities over a run; note: what stands there before it."""
    lines, shown = [], thin(readings, epochs)
    winners = {max(range(10), key=ten.__getitem__) for _, ten in shown}
    for digit in range(10):
        points = [(epoch, ten[digit]) for epoch, ten in shown]
        wins = bool(points) and points[-1][1] >= WINNING
        tone = digit if digit in winners or wins else None
        lines.append(_make_line(str(digit), "class", tone, points, end=str(digit) if wins else ""))
    rows = [[f"{epoch:.2f}", *(f"{p:.2f}" for p in ten)] for epoch, ten in _pick_evenly(readings)]
    return {
        "x": make_epoch_scale(epochs),
        "scales": {"linear": make_linear_scale(0, 1, percent=True)},
        "lines": [line for line in lines if line["points"]],
        "legend": [],
        "table": {"head": ["Epoch", *map(str, range(10))], "rows": rows},
        "note": "" if readings else note,
    }


def _make_lines(runs: Sequence[PlottedRun], key: str, smoothing: float) -> list[dict]:
    lines = []
    x_to = _find_end(runs)
    for tone, run in enumerate(runs):
        most = MOST_POINTS_EARLIER if tone else MOST_POINTS
        training = smooth(_pick_points(run.rows, key), smoothing)
        validation = _pick_points(run.rows, f"val_{key}")
        for look, points in (("training", training), ("validation", validation)):
            lines.append(_make_line(look, look, tone, thin(points, x_to, most), run=run.name))
    return [line for line in lines if line["points"]]


def _pick_points(rows: Sequence[dict], key: str) -> list[Point]:
    return [(row["epoch"], row[key]) for row in rows if row.get(key) is not None]


def _make_line(name: str, look: str, tone: int | None, points: list[Point], run="", end="") -> dict:
    rounded = [(round(epoch, 3), round(value, 5)) for epoch, value in points]
    return {"name": name, "look": look, "tone": tone, "run": run, "end": end, "points": rounded}


def _make_plot(lines: list[dict], runs: Sequence[PlottedRun], scales: dict, what: str) -> dict:
    rows = [row for row in (runs[0].rows if runs else ()) if row.get(f"val_{what}") is not None]
    cells = [[f"{r['epoch']:g}", f"{r[what]:.4f}", f"{r[f'val_{what}']:.4f}"] for r in _pick_evenly(rows)]
    legend = [{"tone": tone, "name": run.name} for tone, run in enumerate(runs)]
    return {
        "x": make_epoch_scale(_find_end(runs)),
        "scales": scales,
        "lines": lines,
        # One run needs no legend: the words above the plot name its two lines.
        "legend": legend if len(legend) > 1 else [],
        "table": {"head": ["Epoch", f"Training {what}", f"Validation {what}"], "rows": cells},
        "note": "",
    }


def _find_end(runs: Sequence[PlottedRun]) -> int:
    return max((run.epochs for run in runs), default=1)


def _find_quantile(line: dict, share: float) -> float:
    values = sorted(value for _, value in line["points"])
    return values[round(share * (len(values) - 1))]


def _pick_evenly(rows: Sequence, most: int = MOST_TABLE_ROWS) -> Iterable:
    stride = max(1, math.ceil(len(rows) / most))
    return rows[stride - 1 :: stride]


class Curves(gr.HTML):
    """One plot. Its value is what `plot_loss`, `plot_accuracy` or `plot_probabilities` make.

    title: what is plotted, in a word or two; percent: whether values are shares, shown as per cent;
    corner: where the names of several runs leave the curves free, `top` or `bottom`, at the right.
    Its style stands in curves.css, which `launch` is given: a css_template would be parsed again, and the
    page laid out again, with every new value.
    """

    def __init__(self, title="", value: dict | None = None, *, percent=False, corner="top", elem_id=None):
        here = Path(__file__).parent
        super().__init__(
            value,
            html_template=(here / "curves.html").read_text(encoding="utf-8"),
            js_on_load=(here / "curves.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            elem_id=elem_id,
            elem_classes=["curves"],
            title=title,
            percent=percent,
            corner=corner,
        )

    def postprocess(self, value: dict | None) -> str | None:
        """As one string: of a dict Gradio sends edits, and gets them wrong where several lists shrink."""
        return None if value is None else json.dumps(value, separators=(",", ":"))
