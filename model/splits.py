"""Which drawings the recipe `handwriting` trains on and which choose.

Digits, and what is no digit in files of one's own, are split by writers, never by drawings. UNIPEN's letters
are all trained on: no validation data are letters. Digits are those of the pen digits, of UNIPEN and of a
person's own files. They are drawn at random for each epoch, a collection with a share in proportion to the
square root of its size: so small collections are seen often enough, and a few drawings of one person's own do
not dominate.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from model.datasets import (
    INSTITUTIONS,
    TRAINING_WRITERS,
    VALIDATION_WRITERS,
    DataError,
    by_writers,
    find_institution,
    load_pen_digits,
    load_unipen_digits,
    load_unipen_others,
)
from model.drawing import Drawing, read_drawings
from model.noise import load_noise
from model.nondigits import fair_letters

# Of the sorted writers of UNIPEN, and of own files, number 5, 17, 29, … (from 0) validate.
VALIDATION_STRIDE, VALIDATION_OFFSET = 12, 5


@dataclass(frozen=True)
class Split:
    """digits: to train on; probabilities: (digits,) of each to be drawn, which sum to 1. letters: what is
    no digit, by people. validation: digits of other writers. writers: who they are, for a card."""

    digits: list[Drawing]
    probabilities: np.ndarray
    letters: list[Drawing]
    validation: list[Drawing]
    writers: dict


def split_drawings(
    left_out: Sequence[str] = (),
    kinds_left_out: str = "",
    writers: Sequence[int] = TRAINING_WRITERS,
    validation_writers: Sequence[int] = VALIDATION_WRITERS,
    files: Sequence[str] = (),
) -> Split:
    """The split without the institutions and characters left out; writers: numbers of pen digits' writers.

    files: drawings files of somebody's own. Raises DataError, DrawingError.
    """
    pen_digits, noise = load_pen_digits(), load_noise()
    unipen = [
        (index, one)
        for index, one in enumerate(load_unipen_digits())
        if find_institution(one) not in left_out
    ]
    own = [drawing for path in files for drawing in read_own(path)]
    collections = {"pen digits": by_writers(pen_digits, writers)}
    validation = by_writers(pen_digits, validation_writers)
    chosen = choose_validation_writers(one for _, one in unipen)
    validation += [one for _, one in unipen if one.writer in chosen]
    trained = [one for index, one in unipen if one.writer not in chosen and index not in noise]
    for institution in INSTITUTIONS:
        collections[institution] = [one for one in trained if find_institution(one) == institution]
    chosen_own = choose_validation_writers(own)
    own_digits = [one for one in own if one.label is not None]
    validation += [one for one in own_digits if one.writer in chosen_own]
    collections["own"] = [one for one in own_digits if one.writer not in chosen_own]
    collections = {name: drawings for name, drawings in collections.items() if drawings}
    weights = np.concatenate([np.full(len(some), len(some) ** -0.5) for some in collections.values()])
    letters = fair_letters(load_unipen_others(), kinds_left_out)
    letters = [one for one in letters if find_institution(one) not in left_out]
    return Split(
        [one for some in collections.values() for one in some],
        weights / weights.sum(),
        letters + [one for one in own if one.label is None and one.writer not in chosen_own],
        validation,
        {
            "pen digits": {"trained": list(writers), "validation": list(validation_writers)},
            "UNIPEN": {
                "institutions": [name for name in INSTITUTIONS if name in collections],
                "trained": len({one.writer for one in trained}),
                "validation": len(chosen),
            },
            "own drawings": len(own),
        },
    )


def choose_validation_writers(drawings: Iterable[Drawing]) -> set[str]:
    """Every twelfth writer in the order of their names: the choice depends on who is in the data, not on the
    order or the number of the drawings."""
    writers = sorted({one.writer for one in drawings if one.writer is not None})
    return set(writers[VALIDATION_OFFSET::VALIDATION_STRIDE])


def read_own(path: str) -> list[Drawing]:
    """A drawings file. Raises DrawingError, DataError if it cannot be opened."""
    try:
        return read_drawings(path)
    except OSError as error:
        raise DataError("data.unreadable", path=path, reason=error.strerror) from error
