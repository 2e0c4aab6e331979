"""Digits of UNIPEN that no training should learn from: cut off when they were cut out, or labelled wrongly.

Two kinds are found by rule. A fragment is a straight line that is not labelled 1 (of a 0 only the slash is
left), a 1 that lies on its side, or a 4 in one stroke that does not end in a downstroke. A wrong label has a
probability below WRONG by a network that saw nobody of the digit's institution. model/data/unipen-noise.json
lists what was found; validation and scores keep these digits, and docs/results.md gives the scores with and
without.

Letters are cut off, too: where only an upright line is left, it is a 1 (`is_upright_line`).
"""

import json
from collections.abc import Sequence

import numpy as np

from model.datasets import FOLDER
from model.drawing import Drawing

LIST = FOLDER / "unipen-noise.json"
WRONG = 1e-3  # of the labelled digit, by a network trained on other institutions
STRAIGHT = 0.06  # spread across the line against the spread along it
DIRECT = 1.15  # the pen's way against the diagonal: no retracing
LYING = 1.5  # width / height above which a 1 lies on its side
END = 0.25  # the last share of a one-stroke 4's length, which leads down, as a stem does


def is_fragment(drawing: Drawing) -> bool:
    """Whether only a part of a digit is there, as far as its label and its strokes tell."""
    points = np.concatenate(drawing.strokes)
    if drawing.label == 1:
        width, height = np.ptp(points, axis=0)
        return bool(width > LYING * height)
    if drawing.label == 4 and len(drawing.strokes) == 1 and not _ends_downwards(points):
        return True
    return _is_straight(drawing, points)


def is_upright_line(drawing: Drawing) -> bool:
    """Whether it is a plain 1: a stroke that stands, hardly longer than its box's diagonal."""
    if len(drawing.strokes) > 1:
        return False
    width, height = np.ptp(drawing.strokes[0], axis=0)
    return bool(height > 0 and width <= LYING * height and _is_direct(drawing))


def _is_direct(drawing: Drawing) -> bool:
    way = sum(np.hypot(*np.diff(stroke, axis=0).T).sum() for stroke in drawing.strokes)
    return bool(way <= DIRECT * np.hypot(*np.ptp(np.concatenate(drawing.strokes), axis=0)))


def _ends_downwards(stroke: np.ndarray) -> bool:
    way = np.r_[0, np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))]
    x, y = (stroke[-1, axis] - np.interp((1 - END) * way[-1], way, stroke[:, axis]) for axis in (0, 1))
    return bool(y > abs(x))


def _is_straight(drawing: Drawing, points: np.ndarray) -> bool:
    if not _is_direct(drawing):
        return False
    spread = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
    return bool(len(spread) < 2 or spread[1] <= STRAIGHT * spread[0])


def find_noise(drawings: Sequence[Drawing], probabilities: np.ndarray) -> dict[str, list[int]]:
    """The places of fragments and of wrong labels; probabilities (count, 10) by networks that saw nobody of
    the drawing's institution."""
    own = probabilities[np.arange(len(drawings)), [drawing.label for drawing in drawings]]
    fragments = [place for place, drawing in enumerate(drawings) if is_fragment(drawing)]
    wrong = sorted(set(np.flatnonzero(own < WRONG).tolist()) - set(fragments))
    return {"fragments": fragments, "wrong labels": wrong}


def load_noise() -> set[int]:
    """The places in `load_unipen_digits()` that are not trained on."""
    found = json.loads(LIST.read_text(encoding="utf-8"))
    return {place for places in found.values() for place in places}
