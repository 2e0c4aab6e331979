"""UNIPEN's digits, each institution read by a network that saw nobody of it: rows of a table.

tests.benchmarks.cross_validate runs it. Validation writers are of the other institutions, and choose epoch,
temperature and threshold. A sixth of the kinds of letters, another one for each institution, is not taught
either: "new kinds" are these, "letters" all the others, as the institution's people wrote them, without those
of which an upright line is left. "Clean" is without the digits that model.noise names.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from model.calibration import apply_temperature, choose_temperature, ood_score
from model.classifier import Classifier
from model.datasets import INSTITUTIONS, find_institution, load_unipen_digits, load_unipen_others
from model.evaluate import TEST_SETS, LabelledImages, auroc, expected_calibration_error, load_images, score
from model.noise import load_noise
from model.nondigits import LOOKALIKES, fair_letters
from model.preprocess import Paths, preprocess_all
from model.styles import is_slashed_zero

REFUSED = 0.015  # of the clean digits, where the share of letters taken is measured
COLUMNS = (
    "digits",
    "all",
    "clean",
    "slashed 0",
    "of",
    "ECE",
    "refused",
    "letters",
    "taken",
    "AUROC",
    "new kinds",
    "taken",
    "AUROC",
    "MNIST",
    "pen",
)


@dataclass(frozen=True)
class Stranger:
    """An institution as a network met it.

    probabilities: (digits, 10). labels: (digits,). clean, slashed: (digits,) bool. letters:
    out-of-distribution scores of letters of kinds that it was taught; new_kinds: of others. threshold: the
    card's. on: accuracy on MNIST's test set and on pen-digit writers 25 to 30.
    """

    probabilities: np.ndarray
    labels: np.ndarray
    clean: np.ndarray
    slashed: np.ndarray
    letters: np.ndarray
    new_kinds: np.ndarray
    threshold: float
    on: tuple[float, float]

    def row(self) -> list[float]:
        """In the order of COLUMNS."""
        clean, slashed = self.clean, self.slashed & self.clean
        right, scores = self.probabilities.argmax(axis=1) == self.labels, ood_score(self.probabilities)
        threshold = np.quantile(scores[clean], REFUSED)
        return [
            len(right),
            right.mean(),
            right[clean].mean(),
            right[slashed].mean() if slashed.any() else np.nan,
            slashed.sum(),
            self.calibration_error(),
            (scores[clean] < self.threshold).mean(),
            *(
                value
                for some in (self.letters, self.new_kinds)
                for value in (len(some), (some >= threshold).mean(), auroc(scores[clean], some))
            ),
            *self.on,
        ]

    def calibration_error(self, temperature: float = 1.0) -> float:
        """Of the clean digits, at a temperature on top of the card's."""
        found = apply_temperature(self.probabilities[self.clean], temperature)
        return expected_calibration_error(found.max(axis=1), found.argmax(axis=1) == self.labels[self.clean])


def meet(institution: str, train: Callable[..., Classifier]) -> Stranger:
    """Trains without the institution, and reads it. train: takes options of model.splits.split_drawings."""
    others = load_unipen_others()
    fair = set(others) - set("".join(LOOKALIKES.values()))
    kinds = "".join(sorted(fair)[INSTITUTIONS.index(institution) :: len(INSTITUTIONS)])
    classifier = train(left_out=(institution,), kinds_left_out=kinds)
    noise = load_noise()
    own = [
        (place, one) for place, one in enumerate(load_unipen_digits()) if find_institution(one) == institution
    ]
    images = LabelledImages.of(institution, [one for _, one in own])
    letters, new_kinds = (
        [
            one
            for one in fair_letters({kind: others[kind] for kind in wanted})
            if find_institution(one) == institution
        ]
        for wanted in (fair - set(kinds), set(kinds))
    )
    found = classifier.probabilities(images.images)
    sets = [load_images(name) for name in TEST_SETS]
    return Stranger(
        found,
        images.labels,
        np.array([place not in noise for place, _ in own]),
        np.array([is_slashed_zero(one) for _, one in own]),
        *(
            ood_score(classifier.probabilities(preprocess_all(Paths.of(some))))
            for some in (letters, new_kinds)
        ),
        classifier.threshold,
        tuple(score(classifier, one)["accuracy"] for one in sets),
    )


def pool(strangers: list[Stranger]) -> list[float]:
    """The row of all: digits and letters pooled, rates at each network's own threshold, the rest as means."""
    rows = np.array([one.row() for one in strangers])
    digits = rows[:, 0]
    clean = np.array([one.clean.sum() for one in strangers])

    def mean(column: int, weights: np.ndarray) -> float:
        return float(np.average(np.nan_to_num(rows[:, column]), weights=weights))

    pooled = [digits.sum(), mean(1, digits), mean(2, clean), mean(3, rows[:, 4]), rows[:, 4].sum()]
    pooled += [mean(5, clean), mean(6, clean)]
    for first in (7, 10):
        letters = rows[:, first]
        pooled += [letters.sum(), mean(first + 1, letters), mean(first + 2, letters)]
    return [*pooled, rows[:, 13].mean(), rows[:, 14].mean()]


def temperature_of_others(strangers: list[Stranger], one: Stranger) -> float:
    """The temperature, of the cards', that is best for the clean digits of all institutions but one.

    How model.calibration.TEMPERATURE_FACTOR was chosen, without the institution that it is judged on."""
    others = [stranger for stranger in strangers if stranger is not one]
    return choose_temperature(
        np.concatenate([stranger.probabilities[stranger.clean] for stranger in others]),
        np.concatenate([stranger.labels[stranger.clean] for stranger in others]),
    )


def write_row(name: str, row: list[float]) -> str:
    shown = [f"{name:8}"]
    for column, value in zip(COLUMNS, row, strict=True):
        if column in ("digits", "of", "letters", "new kinds"):
            shown.append(f"{value:10.0f}")
        else:
            shown.append(f"{value:10.4f}" if column == "AUROC" else f"{value:10.2%}")
    return "".join(shown)


def main(train: Callable[..., Classifier], institutions: list[str]) -> None:
    print(f"{'':8}" + "".join(f"{column:>10}" for column in COLUMNS), flush=True)
    strangers = []
    for institution in institutions:
        strangers.append(meet(institution, train))
        print(write_row(institution, strangers[-1].row()), flush=True)
    print(write_row("pooled", pool(strangers)))
    if len(strangers) > 1:
        print_temperatures(institutions, strangers)


def print_temperatures(institutions: list[str], strangers: list[Stranger]) -> None:
    """The calibration error with the temperature that the other institutions choose."""
    print(f"\n{'':8}{'others choose':>18}{'ECE':>10}")
    chosen = [temperature_of_others(strangers, one) for one in strangers]
    errors = [one.calibration_error(each) for one, each in zip(strangers, chosen, strict=True)]
    for name, each, error in zip(institutions, chosen, errors, strict=True):
        print(f"{name:8}{each:12.2f} times{error:10.2%}")
    clean = [one.clean.sum() for one in strangers]
    print(f"{'pooled':8}{'':18}{np.average(errors, weights=clean):10.2%}")
