"""Curves of a run: loss, accuracy and the ten probabilities of a drawing, drawn in place as they grow.

In: the rows of runs (model/history.py). Out: plots, plain values for a `Curves` component. Pure functions
decide here what is shown: averages, smoothing, ranges, the table for screen readers. curves.js puts it on the
screen. It never rebuilds its SVG, so nothing flickers during a run; plot_updates.py sends it what is new.
"""

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import gradio as gr

from ui.text.words import Joined, Text, fill_template, pack
from ui.training.scales import find_step, make_epoch_scale, make_linear_scale, make_log_scale

Point = tuple[float, float]  # (epoch, value)
Reading = tuple[float, Sequence[float]]  # (epoch, ten probabilities)

MAX_LINE_POINTS = 300  # of a line; a plot of 600 px cannot show more
MAX_EARLIER_LINE_POINTS = 120  # of a run to compare with
# The accuracy axis begins at one of these, and so seldom moves.
ACCURACY_FLOORS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99)
# The first points of a run lie far from all others. This share of the training points may leave the plot.
OUTLIERS = 0.1
WINNING = 0.1  # classes with at least this probability at the end are named on the plot
MAX_TABLE_ROWS = 50


class PlottedRun:
    """A run for the curves. Keep it while the run grows: what was read of the rows is not read again.

    name: in the legend. rows: of its history, a list that may grow. epochs: planned in all. settings: as in a
    card; {} if unknown.
    """

    def __init__(
        self, name: Text | Joined, rows: Sequence[dict] = (), epochs: int = 1, settings: dict | None = None
    ):
        self.name, self.rows, self.epochs, self.settings = name, rows, epochs, settings or {}
        self._averages: dict[tuple, Average] = {}
        self._validated: list[dict] = []
        self._read = 0

    def average(self, key: str, x_to: float, most: int = MAX_LINE_POINTS) -> list[Point]:
        """The training curve of "loss" or "accuracy", see `Average`."""
        average = self._averages.setdefault((key, x_to, most), Average(key, x_to, most))
        return average.extend(self.rows)

    @property
    def validated(self) -> list[dict]:
        """The rows at an epoch's end."""
        new = self.rows[self._read :]
        self._read += len(new)
        self._validated += [row for row in new if row.get("val_loss") is not None]
        return self._validated


class Average:
    """One point for each of `most` equal parts of the axis from 0 to `x_to` in which a row ends.

    A row holds the mean over the batches since the row before. A point holds the mean since the point before,
    at the epoch of its last row. Parts do not depend on how far the run is, so a point stays where it is.
    """

    def __init__(self, key: str, x_to: float, most: int):
        self.key, self.x_to, self.most = key, x_to, most
        self.points: list[Point] = []
        self.read, self.step, self.part = 0, 0, None
        self.batches, self.total = 0, 0.0  # of the last point

    def extend(self, rows: Sequence[dict]) -> list[Point]:
        """Reads the rows that are new; returns the points."""
        new = rows[self.read :]
        self.read += len(new)
        for row in new:
            value, batches = row[self.key], row["step"] - self.step
            self.step = row["step"]
            if value is None or not math.isfinite(value):
                continue
            part = min(self.most, math.ceil(row["epoch"] / self.x_to * self.most - 1e-9))
            if part != self.part:
                self.points.append((0.0, 0.0))
                self.part, self.batches, self.total = part, 0, 0.0
            self.batches, self.total = self.batches + batches, self.total + value * batches
            self.points[-1] = row["epoch"], self.total / self.batches if self.batches else value
        return self.points


def smooth(points: Sequence[Point], smoothing: float) -> list[Point]:
    """Exponential moving average of the values; smoothing from 0 (unchanged) to below 1.

    The bias towards the first value is removed as in Adam (Kingma and Ba 2015, section 3).
    """
    mean, weight, smoothed = 0.0, 0.0, []
    for epoch, value in points:
        mean = smoothing * mean + (1 - smoothing) * value
        weight = smoothing * weight + (1 - smoothing)
        smoothed.append((epoch, mean / weight))
    return smoothed


def thin(points: Sequence, x_to: float, most: int = MAX_LINE_POINTS) -> list:
    """Of points or readings, the last in each of `most` equal parts of the axis from 0 to `x_to`."""
    if len(points) <= most:
        return list(points)
    kept = {min(most - 1, int(point[0] / x_to * most)): point for point in points}
    return list(kept.values())


def plot_loss(runs: Sequence[PlottedRun], smoothing: float = 0.0) -> dict:
    """The plot of the loss. runs: the one to look at first, then earlier ones to compare it with."""
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
    """The plot of the accuracy, as `plot_loss`."""
    lines = _make_lines(runs, "accuracy", smoothing)
    lowest = [_find_quantile(line, OUTLIERS if line["look"] == "training" else 0) for line in lines]
    low = max((f for f in ACCURACY_FLOORS if f <= min(lowest, default=0)), default=0.0)
    return _make_plot(lines, runs, {"linear": make_linear_scale(low, 1, percent=True)}, "accuracy")


def plot_probabilities(readings: Sequence[Reading], epochs: int, note: Text | str = "") -> dict:
    """The plot of the ten probabilities over a run. note: shown while there is no reading."""
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
        "lines": lines if shown else [],
        "legend": [],
        "table": {"head": [Text("curves.epoch"), *map(str, range(10))], "rows": rows},
        "note": "" if shown else note,
    }


def _make_lines(runs: Sequence[PlottedRun], key: str, smoothing: float) -> list[dict]:
    """Two lines per run. tone: 0 the run to look at, others earlier ones."""
    x_to = _find_end(runs)
    lines = []
    for tone, run in enumerate(runs):
        most = MAX_EARLIER_LINE_POINTS if tone else MAX_LINE_POINTS
        training = smooth(run.average(key, x_to, most), smoothing)
        validation = thin(_pick_points(run.validated, f"val_{key}"), x_to, most)
        for look, points in (("training", training), ("validation", validation)):
            if points:
                lines.append(_make_line(look, look, tone, points, run=run.name))
    return lines


def _pick_points(rows: Sequence[dict], key: str) -> list[Point]:
    points = [(row["epoch"], row[key]) for row in rows if row.get(key) is not None]
    return [point for point in points if math.isfinite(point[1])]


def _make_line(name: str, look: str, tone: int | None, points: list[Point], run="", end="") -> dict:
    rounded = [(round(epoch, 3), round(value, 5)) for epoch, value in points]
    return {"name": name, "look": look, "tone": tone, "run": run, "end": end, "points": rounded}


def _make_plot(lines: list[dict], runs: Sequence[PlottedRun], scales: dict, what: str) -> dict:
    rows = _pick_evenly(runs[0].validated) if runs else ()
    cells = [[f"{row['epoch']:g}", f"{row[what]:.4f}", f"{row[f'val_{what}']:.4f}"] for row in rows]
    heads = [Text(f"curves.training-{what}"), Text(f"curves.validation-{what}")]
    legend = [{"tone": tone, "name": run.name} for tone, run in enumerate(runs)]
    return {
        "x": make_epoch_scale(_find_end(runs)),
        "scales": scales,
        "lines": lines,
        # One run needs no legend: the words above the plot name its two lines.
        "legend": legend if len(legend) > 1 else [],
        "table": {"head": [Text("curves.epoch"), *heads], "rows": cells},
        "note": "",
    }


def _find_end(runs: Sequence[PlottedRun]) -> int:
    return max((run.epochs for run in runs), default=1)


def _find_quantile(line: dict, share: float) -> float:
    values = sorted(value for _, value in line["points"])
    return values[round(share * (len(values) - 1))]


def _pick_evenly(rows: Sequence, most: int = MAX_TABLE_ROWS) -> Iterable:
    stride = max(1, math.ceil(len(rows) / most))
    return rows[stride - 1 :: stride]


class Curves(gr.HTML):
    """One plot. Its value is a plot, whole or as plot_updates.py makes it.

    name: what is plotted, "loss", "accuracy" or "drawing". percent: whether values are shares, shown as per
    cent. corner: where the names of several runs leave the curves free, `top` or `bottom`, at the right. Its
    style is in curves.css, which `launch` is given: Gradio parses a css_template again, and lays the page out
    again, at every new value.
    """

    def __init__(self, name="loss", value: dict | None = None, *, percent=False, corner="top", **kwargs):
        here = Path(__file__).parent
        template = (here / "curves.html").read_text(encoding="utf-8").replace("NAME", name)
        super().__init__(
            value,
            html_template=fill_template(template),
            js_on_load=(here / "curves.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            elem_classes=["curves"],
            name=name,
            percent=percent,
            corner=corner,
            **kwargs,  # Gradio makes a component anew for gr.skip()
        )

    def postprocess(self, value: dict | None) -> str | None:
        """As one string: Gradio 6.31 sends edits of a dict, and breaks where several lists shrink."""
        return None if value is None else json.dumps(value, separators=(",", ":"), default=pack)
