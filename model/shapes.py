"""Shapes that are not digits, drawn at random: scribbles, signs, grids, pairs and parts of digits.

Each function takes a random generator and drawings of digits to make a shape of, and returns strokes: a list
of (points, 2) arrays of any size at any place. model.nondigits says which are taught, and how often.
"""

from collections.abc import Callable

import numpy as np

from model.drawing import Drawing


def draw_scribble(rng: np.random.Generator, digits: list[Drawing]) -> list:
    """One to four smooth strokes that wander."""
    strokes = []
    for _ in range(rng.integers(1, 5)):
        turns = np.cumsum(rng.normal(0, rng.uniform(0.2, 1.5), rng.integers(12, 50))) + rng.uniform(0, 6.3)
        steps = np.stack([np.cos(turns), np.sin(turns)], axis=1) * rng.uniform(0.05, 0.12)
        strokes.append(rng.uniform(-0.4, 0.4, 2) + np.cumsum(steps, axis=0))
    # Few wander in one go without passing for some digit.
    return strokes if len(strokes) > 1 else [*strokes, rng.uniform(-0.6, 0.6, (rng.integers(2, 6), 2))]


def draw_angles(rng: np.random.Generator, digits: list[Drawing]) -> list:
    """Straight lines from anywhere to anywhere."""
    return [rng.uniform(-0.5, 0.5, (rng.integers(2, 6), 2)) for _ in range(rng.integers(2, 5))]


def draw_polygon(rng: np.random.Generator, digits: list[Drawing]) -> list:
    """Triangles, squares, stars: closed and angular. With more corners they pass for a 0."""
    corners = int(rng.integers(3, 6))
    angle = np.arange(corners + 1) * 2 * np.pi / corners + rng.normal(-np.pi / 2, 0.3)
    if corners == 5:
        angle = np.arange(6) * 4 * np.pi / 5 - np.pi / 2  # a star in one go
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1) * rng.uniform(0.8, 1.2, (len(angle), 1)) * 0.5
    points[-1] = points[0] + rng.normal(0, 0.03, 2)
    extra = [rng.uniform(-0.5, 0.5, (2, 2))] if rng.random() < 0.3 else []
    return [points, *extra]


def draw_wave(rng: np.random.Generator, digits: list[Drawing]) -> list:
    """A wave, a zigzag, a coil or a spiral of more than two periods."""
    t = np.linspace(0, 1, 60)
    periods = rng.uniform(2.2, 5)
    if rng.random() < 0.3:
        radius, angle = t * 0.5, 2 * np.pi * periods * t
        return [np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)]
    swing = np.sin(2 * np.pi * periods * t)
    if rng.random() < 0.4:
        swing = np.arcsin(swing) / (np.pi / 2)  # pointed
    loop = rng.uniform(0, 0.15) * np.cos(2 * np.pi * periods * t)
    points = np.stack([t - 0.5 + loop, swing * rng.uniform(0.08, 0.4)], axis=1)
    return [points if rng.random() < 0.6 else points[:, ::-1]]


def draw_sign(rng: np.random.Generator, digits: list[Drawing]) -> list:
    """Crosses, arrows, strokes beside each other, faces, a fish, a lying line."""
    line = np.array([[-0.5, 0.0], [0.5, 0.0]])
    upright = line[:, ::-1]
    ring = np.stack([np.cos(np.linspace(0, 6.3, 24)), np.sin(np.linspace(0, 6.3, 24))], axis=1)
    mouth = ring[2:11] * 0.25
    signs = [
        [line],
        [line, upright],
        [line, np.array([[0.25, -0.2], [0.5, 0], [0.25, 0.2]])],
        [upright, np.array([[-0.2, -0.25], [0, -0.5], [0.2, -0.25]])],
        [line + [0, -0.2], line + [0, 0.2]],
        [upright + [-0.3, 0], upright, upright + [0.3, 0]],
        [upright + [-0.2, 0], upright + [0.2, 0]],
        [ring * 0.5, ring * 0.03 + [-0.2, -0.15], ring * 0.03 + [0.2, -0.15], mouth],
        [ring * 0.5, line, upright],
        [ring * 0.5, ring * 0.25],
        [ring * 0.2 + [-0.3, 0], ring * 0.2 + [0.3, 0]],
        [ring * 0.05 + [-0.4, 0], ring * 0.05 + [0.4, 0]],
        [ring * [0.5, 0.22], np.array([[0.5, 0], [0.8, -0.2], [0.8, 0.2], [0.5, 0]])],  # a fish
        [ring * 0.2 + [0, -0.5], upright * 0.7, line * 0.6, np.array([[-0.3, 0.8], [0, 0.35], [0.3, 0.8]])],
    ]
    return signs[rng.integers(len(signs))]


def draw_tap(rng: np.random.Generator, digits: list[Drawing]) -> list:
    """The pen put down and lifted, without a way."""
    return [np.zeros((1, 2))]


def draw_grid(rng: np.random.Generator, digits: list[Drawing]) -> list:
    """Two to six parallel lines, mostly crossed by others: a hash, a grid, a ladder, a hatching."""
    across, down = (np.linspace(-0.5, 0.5, rng.integers(2, 7)) * rng.uniform(0.6, 1) for _ in range(2))
    lines = [np.array([[-0.5, y], [0.5, y]]) for y in across]
    if rng.random() < 0.8:
        lines += [np.array([[x, -0.5], [x, 0.5]]) for x in down]
    return lines


def draw_doodle(rng: np.random.Generator, digits: list[Drawing]) -> list:
    """Three to six rings, bows, lines and boxes of any size anywhere: cats, cars and houses in pieces."""
    strokes = []
    for _ in range(rng.integers(3, 7)):
        start, sweep = rng.uniform(0, 2 * np.pi), rng.choice([np.pi, 1.5 * np.pi, 2 * np.pi])
        corners = rng.choice([2, 4, 5, 24], p=[0.3, 0.15, 0.15, 0.4])  # a line, a triangle, a box, a bow
        angle = start + np.linspace(0, sweep if corners == 24 else 2 * np.pi, corners)
        if corners == 2:
            angle[1] = start + np.pi
        size = rng.uniform(0.08, 0.4, 2)
        strokes.append(np.stack([np.cos(angle), np.sin(angle)], axis=1) * size + rng.uniform(-0.4, 0.4, 2))
    return strokes


def draw_pair(rng: np.random.Generator, digits: list[Drawing]) -> list:
    """Two digits side by side."""
    left, right = (_unit(digits[rng.integers(len(digits))]) for _ in range(2))
    width = [np.ptp(np.concatenate(part)[:, 0]) for part in (left, right)]
    apart = sum(width) / 2 + rng.uniform(0.05, 0.35)
    size, drop = rng.uniform(0.7, 1.3), rng.normal(0, 0.1)
    return [*left, *(stroke * size + [apart, drop] for stroke in right)]


def draw_part(rng: np.random.Generator, digits: list[Drawing]) -> list:
    """The first 15 to 38 % of a digit's points, if curved or wider than high: an upright line is a 1, and
    what a 1 or 7 begins with is one itself."""
    for _ in range(20):
        if (digit := digits[rng.integers(len(digits))]).label in (1, 7):
            continue
        strokes = _unit(digit)
        points = sum(map(len, strokes))
        kept, left = [], max(2, int(points * rng.uniform(0.15, 0.38)))
        for stroke in strokes:
            if left >= 2:
                kept.append(stroke[:left])
            left -= len(stroke)
        width, height = np.ptp(np.concatenate(kept), axis=0)
        way = sum(np.hypot(*np.diff(stroke, axis=0).T).sum() for stroke in kept)
        if width > 1.5 * height or (width > 0.6 * height and way > 1.3 * np.hypot(width, height)):
            return kept
    return [np.array([[-0.5, 0.0], [0.5, 0.0]])]


def draw_turned(rng: np.random.Generator, digits: list[Drawing]) -> list:
    """A mirrored 3, 4, 7 or 9, or a 3 or 7 turned by 90 degrees: like letters of a script that nobody thought
    of. Other digits would stay one, or become one."""
    mirrored = rng.random() < 0.5
    while (digit := digits[rng.integers(len(digits))]).label not in ((3, 4, 7, 9) if mirrored else (3, 7)):
        pass
    if mirrored:
        return [stroke * [-1, 1] for stroke in _unit(digit)]
    turn = rng.choice([-1, 1])
    return [stroke[:, ::-1] * [turn, -turn] for stroke in _unit(digit)]


def draw_crossed_out(rng: np.random.Generator, digits: list[Drawing]) -> list:
    """A digit with a zigzag all over it."""
    t = np.linspace(-0.5, 0.5, rng.integers(7, 14))
    zigzag = np.stack([t, np.where(np.arange(len(t)) % 2, 0.45, -0.45) * rng.uniform(0.5, 1)], axis=1)
    return [*_unit(digits[rng.integers(len(digits))]), zigzag if rng.random() < 0.5 else zigzag[:, ::-1]]


def _unit(drawing: Drawing) -> list[np.ndarray]:
    """Strokes about the origin, the longer side 1."""
    points = np.concatenate(drawing.strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    return [(stroke - (low + high) / 2) / max(*(high - low), 1e-9) for stroke in drawing.strokes]


SHAPES: dict[str, Callable[[np.random.Generator, list[Drawing]], list]] = {
    "scribble": draw_scribble,
    "angles": draw_angles,
    "polygon": draw_polygon,
    "wave": draw_wave,
    "sign": draw_sign,
    "tap": draw_tap,
    "grid": draw_grid,
    "doodle": draw_doodle,
    "pair": draw_pair,
    "part": draw_part,
    "turned": draw_turned,
    "crossed-out": draw_crossed_out,
}
