"""Digits of UNIPEN that no training should learn from: cut off when they were cut out, or labelled wrongly.

Two rules find them. A fragment is one straight line that is no one, or a lying one: a zero of which only
the slash is there, a four of which only the stem. A wrong label has a probability below WRONG by a network
that saw nobody of the digit's institution. model/data/unipen-noise.json lists what they found; validation
and scores keep these digits, and docs/results.md gives the scores with and without.
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
LYING = 1.5  # width against height of what is no one


def is_fragment(drawing: Drawing) -> bool:
    """Whether a digit is one straight line that its label does not allow."""
    points = np.concatenate(drawing.strokes)
    width, height = np.ptp(points, axis=0)
    if drawing.label == 1 and width <= LYING * height:
        return False
    way = sum(np.hypot(*np.diff(stroke, axis=0).T).sum() for stroke in drawing.strokes)
    if way > DIRECT * np.hypot(width, height):
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
