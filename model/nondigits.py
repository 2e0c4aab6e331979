"""Shapes that are not digits, as strokes: for which the networks are taught the uniform distribution.

Networks that only ever saw digits are overconfident on anything else. Showing them other shapes with that
distribution as the target (outlier exposure, Hendrycks et al. 2019) makes "no digit" a low highest
probability, and the ten-way softmax stays as it is. `TAUGHT` kinds are for training; `HELD_OUT` kinds are
never trained on, so that what a network makes of them tells what it would make of shapes that nobody thought
of.

Letters by people are taught, too. Shapes that somebody could mean as a digit are left out everywhere: an O is
a 0, an S a 5, a plain vertical line a 1. Shapes that are drawn at random are in model.shapes.
"""

from functools import cache

import numpy as np

from model.drawing import Drawing
from model.noise import is_upright_line
from model.shapes import SHAPES

# Characters of a Hershey font that nobody would take for a digit, whichever way they are bent. Left out are
# the Latin ones of LOOKALIKES, j, and what a network that was taught it still took for a digit more often
# than once in six: braces and angles for 1, u and k for 4, a written L for 2, f for 8.
_LATIN = "ACEFHKMNPRTUVWXacdehmnprtvwx"
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
            found.append(Drawing.parse(_join(strokes), None, kind))
    return tuple(found)


def _join(strokes: list) -> list:
    """A stroke that begins where the one before ends continues it, as a hand would draw them."""
    joined = []
    for stroke in strokes:
        if joined and joined[-1][-1] == stroke[0]:
            joined[-1] = joined[-1] + stroke[1:]
        else:
            joined.append(stroke)
    return joined


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
# Relative frequencies of the kinds that are taught. Letters are what people try first.
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
    written = round(by_people * count) if letters else 0
    shares = np.array(list(TAUGHT.values())) / sum(TAUGHT.values())
    return [letters[i] for i in rng.integers(len(letters), size=written)] + [
        _draw_one(kind, digits, rng) for kind in rng.choice(list(TAUGHT), count - written, p=shares)
    ]


def fair_letters(by_character: dict[str, list[Drawing]], left_out: str = "") -> list[Drawing]:
    """The letters and symbols that nobody should take for a digit, without the characters left out.

    Nor those of UNIPEN of which only an upright line is left: that is a 1, whatever it was meant as.
    """
    unfair = set("".join(LOOKALIKES.values()) + left_out)
    return [
        one
        for character, drawings in by_character.items()
        if character not in unfair
        for one in drawings
        if not is_upright_line(one)
    ]


def held_out_nondigits() -> list[Drawing]:
    """Every letter and symbol of the held-out kinds, once."""
    return [drawing for kind in HELD_OUT for drawing in glyphs(kind)]


def _draw_one(kind: str, digits: list[Drawing], rng: np.random.Generator) -> Drawing:
    if kind in _GLYPHS:
        known = glyphs(kind)
        return known[rng.integers(len(known))]
    return Drawing(tuple(np.asarray(stroke, float) for stroke in SHAPES[kind](rng, digits)), None, kind)
