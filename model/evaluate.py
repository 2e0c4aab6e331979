"""How well a network reads: scores on MNIST's test set and on labelled drawings.

    python -m model.evaluate                              MNIST's test set
    python -m model.evaluate --drawings held-out          and pen digits of writers 25 to 30
    python -m model.evaluate --drawings held-out-shapes   the same and letters and symbols never trained on
    python -m model.evaluate --network dense --drawings mine.jsonl --json
    python -m model.evaluate --pictures FOLDER            pictures called 7.png, 7_3.png, seven.jpg, or in 7/

The set `pendigits-test` (14 other writers) is downloaded when asked for; nothing in this project was ever
chosen by looking at a score on it, and nothing should be.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model import datasets
from model.calibration import ood_score
from model.classifier import Classifier
from model.datasets import DataError
from model.devices import start_backend
from model.drawing import NO_DIGIT, Drawing, find_labels, read_drawings
from model.errors import DigitsError
from model.networks import NETWORKS
from model.nondigits import held_out_nondigits
from model.pictures import read_labelled_pictures
from model.preprocess import Paths, preprocess_all

BINS = 15  # of the expected calibration error


@dataclass(frozen=True)
class LabelledImages:
    """images: (count, 28, 28) uint8. labels: (count,) int, 0 to 9 or NO_DIGIT."""

    name: str
    images: np.ndarray
    labels: np.ndarray

    @classmethod
    def of(cls, name: str, drawings: list[Drawing]) -> "LabelledImages":
        return cls(name, preprocess_all(Paths.of(drawings)), find_labels(drawings))


def score(classifier: Classifier, images: LabelledImages) -> dict:
    """The scores of one set, as --json prints them; see `score_probabilities`."""
    return score_probabilities(classifier.probabilities(images.images), images.labels, classifier.threshold)


def score_probabilities(probabilities: np.ndarray, labels: np.ndarray, threshold: float) -> dict:
    """Scores (count, 10) probabilities against (count,) labels, 0 to 9 or NO_DIGIT.

    count, accuracy, ece and refused are of the digits. accuracy: by the highest probability, whatever the
    verdict. refused: share of digits whose verdict is not "digit". non_digits_taken: share of non-digits
    whose verdict is "digit". auroc: of the out-of-distribution score, for telling the two apart. None:
    nothing to score.
    """
    digits = labels != NO_DIGIT
    top, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    scores = ood_score(probabilities)
    taken = scores >= threshold
    by_digit = {str(d): _mean(right[labels == d]) for d in range(10)}
    return {
        "count": int(digits.sum()),
        "accuracy": _mean(right[digits]),
        "accuracy_by_digit": by_digit,
        "ece": expected_calibration_error(top[digits], right[digits]) if digits.any() else None,
        "refused": _mean(~taken[digits]),
        "non_digits": int((~digits).sum()),
        "non_digits_taken": _mean(taken[~digits]),
        "auroc": auroc(scores[digits], scores[~digits]),
    }


def expected_calibration_error(confidence: np.ndarray, right: np.ndarray) -> float:
    """Mean distance of confidence from accuracy over 15 bins of equal width, weighted by their counts (Naeini
    et al., "Obtaining Well Calibrated Probabilities Using Bayesian Binning", 2015)."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, confidence, BINS) - np.bincount(bins, right, BINS)
    return float(np.abs(gaps).sum() / len(confidence))


def auroc(positives: np.ndarray, negatives: np.ndarray) -> float | None:
    """The probability that a positive's score is above a negative's, ties counting half (Mann and Whitney
    1947); None if there are none of either."""
    if not len(positives) or not len(negatives):
        return None
    ordered = np.sort(negatives)
    below = np.searchsorted(ordered, positives, "left") + np.searchsorted(ordered, positives, "right")
    return float(below.mean() / 2 / len(negatives))


def confusion(predicted: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(10, 10) counts: row the label, column what was read; NO_DIGIT is left out."""
    table = np.zeros((10, 10), int)
    digits = labels != NO_DIGIT
    np.add.at(table, (labels[digits], predicted[digits]), 1)
    return table


def _mean(flags: np.ndarray) -> float | None:
    return float(flags.mean()) if len(flags) else None


TEST_SETS = ("mnist-test", "held-out")  # show how good a network is, and decide nothing


def load_images(source: str) -> LabelledImages:
    """A set by name (`mnist-test`, `held-out`, `held-out-shapes`, `pendigits-test`) or a drawings file."""
    if source == "mnist-test":
        images, labels = datasets.load_mnist_test()
        return LabelledImages(source, images, labels.astype(int))
    if source == "pendigits-test":
        return LabelledImages.of(source, datasets.load_pen_digits_test())
    if source in ("held-out", "held-out-shapes"):
        drawings = datasets.by_writers(datasets.load_pen_digits(), datasets.HELD_OUT_WRITERS)
        shapes = held_out_nondigits() if source == "held-out-shapes" else []
        return LabelledImages.of(source, drawings + shapes)
    return LabelledImages.of(Path(source).name, read_drawings(source))


def load_pictures(folder: str) -> LabelledImages:
    """A folder of pictures called for their label; the set has the folder's name. Raises PictureError."""
    return LabelledImages(Path(folder).resolve().name, *read_labelled_pictures(folder))


def main(arguments: list[str] | None = None) -> int:
    from ui.text.terminal import print_safely, stop

    with print_safely():
        options = _parse(arguments)
        try:
            sets, classifier = _load(options)
        except DigitsError as error:
            stop("model.evaluate", error)
        _score_all(sets, classifier, options.json)
    return 0


def _load(options: argparse.Namespace) -> tuple[list[LabelledImages], Classifier]:
    """All files are read before anything is scored: a broken line leaves nothing half done."""
    start_backend()
    try:
        sets = [load_images(source) for source in ("mnist-test", *options.drawings)]
        sets += [load_pictures(folder) for folder in options.pictures]
    except OSError as error:
        raise DataError("data.unreadable", path=error.filename, reason=error.strerror) from error
    names = [images.name for images in sets]
    if twice := [name for name in names if names.count(name) > 1]:
        raise DataError("data.twice", name=twice[0])
    if options.weights:
        return sets, Classifier.load(options.weights.stem, options.weights.parent)
    return sets, Classifier.load(options.network)


def _score_all(sets: list[LabelledImages], classifier: Classifier, as_json: bool) -> None:
    probabilities = [classifier.probabilities(images.images) for images in sets]
    scores = [
        score_probabilities(some, images.labels, classifier.threshold)
        for some, images in zip(probabilities, sets, strict=True)
    ]
    if as_json:
        print(json.dumps({images.name: found for images, found in zip(sets, scores, strict=True)}))
        return
    for images, found, some in zip(sets, scores, probabilities, strict=True):
        _print_scores(images, found, some.argmax(axis=1))


def _print_scores(images: LabelledImages, found: dict, predicted: np.ndarray) -> None:
    """predicted: (count,) the most probable digit of each image."""
    print(f"\n{images.name}")
    if found["count"]:
        print(
            f"  {found['count']} digits, {found['accuracy']:.2%} read right, {found['refused']:.2%} refused"
        )
        print(f"  expected calibration error {found['ece']:.2%}")
        print("  label     " + "".join(f"{digit:6d}" for digit in range(10)) + "   read as")
        for digit, row in enumerate(confusion(predicted, images.labels)):
            share = found["accuracy_by_digit"][str(digit)]
            print(
                f"  {digit:9d} "
                + "".join(f"{n or '·':>6}" for n in row)
                + (f"  {share:8.2%}" if share is not None else "")
            )
    if found["non_digits"]:
        print(f"  {found['non_digits']} that are no digit, {found['non_digits_taken']:.2%} taken for one")
    if found["auroc"] is not None:
        print(f"  AUROC of the out-of-distribution score, digits against the others: {found['auroc']:.4f}")


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m model.evaluate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--network", choices=NETWORKS, default="cnn", help="which one (default: cnn)")
    parser.add_argument(
        "--weights",
        type=Path,
        metavar="FILE",
        help="a .keras file with its card beside it, instead of --network",
    )
    parser.add_argument(
        "--drawings",
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help="drawings files (JSON Lines), or held-out, held-out-shapes, pendigits-test",
    )
    parser.add_argument(
        "--pictures",
        nargs="+",
        action="extend",
        default=[],
        metavar="FOLDER",
        help="folders of pictures called for their label: 7.png, 7_3.png, seven.jpg, 7/any.png",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    options = parser.parse_args(arguments)
    if options.weights and options.weights.suffix != ".keras":
        parser.error(f"--weights needs a .keras file, but is {options.weights}")
    return options


if __name__ == "__main__":
    sys.exit(main())
