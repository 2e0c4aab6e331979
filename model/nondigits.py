"""Shapes that are not digits, as strokes: what the networks are taught to answer evenly.

Networks that only ever saw digits are sure of nonsense. Showing them other shapes with the even distribution
as the target (outlier exposure, Hendrycks et al. 2019) makes "no digit" a low highest probability, and the
ten-way softmax stays as it is. `TAUGHT` kinds are for training; `HELD_OUT` kinds are never trained on, so
that what a network makes of them tells what it would make of shapes that nobody thought of.

Shapes that somebody could mean as a digit are in neither: an O is a 0, an S a 5, a plain vertical line a 1.
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from model.drawing import Drawing

# Characters of a Hershey font that nobody would take for a digit, whichever way they are bent. Left out are
# the Latin O, I, l, S, Z, B's neighbours b, g, q, and what a network that was taught it still took for a
# digit more often than once in six: braces and angles for 1, Y, u and k for 4, a written L for 2, f for 8.
_LATIN = "ABCEFHKMNPRTUVWXacdehmnprtvwx"
_GLYPHS = {
    "latin": {
        "rowmans": _LATIN + "#%*+-=@^~",
        "cursive": _LATIN,
        "scripts": _LATIN,
    },
    "print": {"timesr": _LATIN, "timesi": _LATIN, "rowmand": "AEFHKMNRTWX"},  # with serifs and double lines
    "greek": {"greeks": "ACDEGJLNPQRSTVWXaegjlmpqstvwx"},
    "kana": {"japanese": "AEFGIMNPUVWXZ^_acfqrl"},
    "cyrillic": {"cyrilc_1": "BDEGIJLPUWYZdegijlpuwyz"},
    "symbols": {"symbolic": "VWXYZ[]^_abcdefghijklmn", "astrology": "#$%&+@?>=<", "music": ":;<=>"},
}


@cache
def glyphs(kind: str) -> tuple[Drawing, ...]:
    """The letters or symbols of one kind in the Hershey stroke fonts."""
    from HersheyFonts import HersheyFonts

    font, found = HersheyFonts(), []
    for name, characters in _GLYPHS[kind].items():
        font.load_default_font(name)
        for character in characters:
            strokes = [[list(point) for point in stroke] for stroke in font.all_glyphs[character].strokes]
            found.append(Drawing.parse(_join(strokes)[:64], None, kind))
    return tuple(found)


def _join(strokes: list) -> list:
    """Strokes of which one begins where the last one ended become one, as a hand would draw them."""
    joined = []
    for stroke in strokes:
        if joined and joined[-1][-1] == stroke[0]:
            joined[-1] = joined[-1] + stroke[1:]
        elif stroke:
            joined.append(stroke)
    return joined


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
        swing = np.arcsin(swing) / 1.571  # pointed
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
    """Two to six lines one way and as many the other: a hash, a grid, a ladder, a hatching."""
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
    """The first quarter or third of a digit, as far as it is bent or lies: an upright line is a 1."""
    for _ in range(20):
        strokes = _unit(digits[rng.integers(len(digits))])
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
    """A 3, 4, 7 or 9 in a mirror, a 3 or 7 lying on its side: like letters of a script that nobody thought
    of. Others would stay a digit, or become one."""
    mirrored = rng.random() < 0.5
    while (digit := digits[rng.integers(len(digits))]).label not in ((3, 4, 7, 9) if mirrored else (3, 7)):
        pass
    if mirrored:
        return [stroke * [-1, 1] for stroke in _unit(digit)]
    return [stroke[:, ::-1] * rng.choice([-1, 1], 2) for stroke in _unit(digit)]


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


_DRAWN: dict[str, Callable] = {
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

# Letters and symbols of UNIPEN that a fair reader may take for a digit, by that digit. They are not taught.
LOOKALIKES = {
    0: "OoDQ",
    1: "Iil|!/\\()[]{}'`,J",
    2: "Zz",
    4: "Yy",
    5: "Ss$",
    6: "Gb",
    8: "B&",
    9: "gq",
}
# In what proportion the others are taught. Letters are what people try first.
TAUGHT = {
    "latin": 22,
    "print": 12,
    "greek": 8,
    "kana": 6,
    "scribble": 8,
    "angles": 4,
    "polygon": 6,
    "wave": 5,
    "sign": 6,
    "tap": 1,
    "grid": 4,
    "doodle": 6,
    "pair": 6,
    "part": 3,
    "turned": 15,
    "crossed-out": 3,
}
HELD_OUT = ("cyrillic", "symbols")


def draw_nondigits(
    count: int, by_people: float, digits: list[Drawing], letters: list[Drawing], rng: np.random.Generator
) -> list[Drawing]:
    """`count` drawings: letters by people, a share of `by_people` where there are any, and the taught kinds.
    digits: what pairs and parts are made of."""
    by_people = round(by_people * count) if letters else 0
    shares = np.array(list(TAUGHT.values())) / sum(TAUGHT.values())
    return [letters[i] for i in rng.integers(len(letters), size=by_people)] + [
        _draw_one(kind, digits, rng) for kind in rng.choice(list(TAUGHT), count - by_people, p=shares)
    ]


def fair_letters(by_character: dict[str, list[Drawing]], left_out: str = "") -> list[Drawing]:
    """The letters and symbols that nobody should take for a digit, without the characters left out."""
    unfair = set("".join(LOOKALIKES.values()) + left_out)
    return [
        one for character, drawings in by_character.items() if character not in unfair for one in drawings
    ]


def held_out_nondigits() -> list[Drawing]:
    """Every letter and symbol of the held-out kinds, once."""
    return [drawing for kind in HELD_OUT for drawing in glyphs(kind)]


def _draw_one(kind: str, digits: list[Drawing], rng: np.random.Generator) -> Drawing:
    if kind in _GLYPHS:
        known = glyphs(kind)
        return known[rng.integers(len(known))]
    return Drawing(tuple(np.asarray(stroke, float) for stroke in _DRAWN[kind](rng, digits)), None, kind)
