"""Styles of digits that whole countries write and few data sets hold: drawn onto plain digits, and found.

A zero may be slashed, barred or dotted (so that it is no O), a one have a flag, a foot, or a downstroke
retraced upwards, a seven a bar; the roof of a five may stand apart. `add_styles` works on drawings about the
origin whose longer side is near 1, as model.augment bends them. All ranges are in that unit.
"""

import numpy as np

from model.drawing import Drawing
from model.preprocess import Paths, find_ink_boxes

STYLED = 0.35  # probability for a digit that may have a style
MIN_HEIGHT = 0.9  # lying digits are left alone
MIN_ZERO_WIDTH = 0.35  # a slash in a narrower zero fills it
MAX_ONE_WIDTH = 0.3  # a wider one has its flag or foot already

# A slashed zero: the pen passes within INNER of the middle, and beyond OUTER in all eight directions around
# it. In half sides of the box.
INNER, OUTER = 0.25, 0.45


def add_styles(paths: Paths, labels: np.ndarray, rng: np.random.Generator) -> Paths:
    """Adds strokes to some zeros, ones and sevens, and moves the roof of some fives; labels: (count,)."""
    boxes = find_ink_boxes(paths)
    tall = boxes[:, 3] - boxes[:, 1] > MIN_HEIGHT
    chosen = np.flatnonzero((rng.random(paths.count) < STYLED) & tall & np.isin(labels, (0, 1, 5, 7)))
    xy, added = paths.xy.copy(), []
    for index in chosen:
        own = slice(*np.searchsorted(paths.drawing, [index, index + 1]))
        width = boxes[index, 2] - boxes[index, 0]
        if labels[index] == 7:
            new = [draw_bar(xy[own], rng)]
        elif labels[index] == 0 and width > MIN_ZERO_WIDTH:
            new = [draw_slash(width, rng)]
        elif labels[index] == 1 and width < MAX_ONE_WIDTH:
            new = draw_flag_and_foot(xy[own], rng)
        else:
            new = []
            if labels[index] == 5:
                move_roof(xy[own], paths.stroke[own], rng)
        added += [(index, stroke) for stroke in new]
    return add_strokes(paths.replace_xy(xy), added)


def draw_bar(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Through a seven's stem."""
    y = rng.uniform(-0.1, 0.15)
    x = points[np.abs(points[:, 1] - y).argmin(), 0]
    left, right = rng.uniform(0.12, 0.3, 2)
    return np.array([[x - left, y + rng.normal(0, 0.04)], [x + right, y + rng.normal(0, 0.04)]])


def draw_slash(width: float, rng: np.random.Generator) -> np.ndarray:
    """In a zero: mostly rising to the right, else falling, a lying bar, or a dot."""
    kind = rng.choice(["rising", "falling", "bar", "dot"], p=[0.6, 0.1, 0.2, 0.1])
    if kind == "dot":
        return rng.normal(0, 0.04, (1, 2)) + rng.normal(0, 0.02, (2, 2))
    if kind == "bar":
        out = width / 2 * rng.uniform(0.6, 1.5, 2)
        return np.array([[-out[0], rng.normal(0, 0.06)], [out[1], rng.normal(0, 0.06)]])
    x, y = width / 2 * rng.uniform(0.5, 1.3), rng.uniform(0.2, 0.55)
    return np.array([[x, -y], [-x, y]]) * ([1, 1] if kind == "rising" else [-1, 1])


def draw_flag_and_foot(points: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """On a plain one: a flag, a flag and a foot, a foot, or the way back up beside the downstroke."""
    top, foot = points[points[:, 1].argmin()], points[points[:, 1].argmax()]
    kind = rng.choice(["flag", "both", "foot", "retraced"], p=[0.4, 0.25, 0.1, 0.25])
    if kind == "retraced":
        aside = rng.uniform(0.02, 0.15) * rng.choice([-1, 1], p=[0.6, 0.4])
        return [np.array([foot, foot + (top - foot) * rng.uniform(0.25, 1) + [aside, 0]])]
    strokes = []
    if kind != "foot":
        out = rng.uniform(0.08, 0.34)  # a flag falls by at least 24 degrees: flatter ones make a seven
        strokes.append(np.array([top + [-out, out * rng.uniform(0.45, 1.5)], top]))
    if kind != "flag":
        left, right = rng.uniform(0.08, 0.28, 2)
        strokes.append(np.array([foot - [left, 0], foot + [right, rng.normal(0, 0.03)]]))
    return strokes


def move_roof(points: np.ndarray, stroke: np.ndarray, rng: np.random.Generator) -> None:
    """Moves the last stroke of a five, if it has several; in place."""
    last = stroke == stroke[-1]
    if not last.all():
        points[last] += rng.normal(0, (0.08, 0.05))


def add_strokes(paths: Paths, added: list[tuple[int, np.ndarray]]) -> Paths:
    """The drawings with strokes (index of the drawing, points) added at their ends."""
    if not added:
        return paths
    xy = np.concatenate([paths.xy, *(points for _, points in added)])
    drawing = np.concatenate([paths.drawing, *(np.full(len(points), index) for index, points in added)])
    new = np.repeat(np.arange(len(added)), [len(points) for _, points in added])
    stroke = np.concatenate([paths.stroke, new + paths.stroke.max(initial=-1) + 1])
    order = np.argsort(drawing, kind="stable")
    stroke = stroke[order]
    return Paths(xy[order], drawing[order], np.cumsum(np.r_[False, stroke[1:] != stroke[:-1]]), paths.count)


def is_slashed_zero(drawing: Drawing) -> bool:
    """Whether a zero has a slash, bar or dot within: its pen passes the middle and goes all around it."""
    points = np.concatenate(drawing.strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    size = np.maximum((high - low) / 2, 1e-9)
    way = [_interpolate((stroke - (low + high) / 2) / size) for stroke in drawing.strokes]
    x, y = np.concatenate(way).T
    radius = np.hypot(x, y)
    eighths = np.floor(np.arctan2(y, x)[radius > OUTER] / (np.pi / 4))
    return drawing.label == 0 and len(np.unique(eighths % 8)) == 8 and bool((radius < INNER).any())


def _interpolate(stroke: np.ndarray) -> np.ndarray:
    """Eight points for each step of a stroke."""
    steps = np.linspace(0, 1, 9)[:, None, None]
    return np.concatenate([stroke, (stroke[:-1] + np.diff(stroke, axis=0) * steps).reshape(-1, 2)])
