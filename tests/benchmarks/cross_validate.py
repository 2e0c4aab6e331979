"""The figures of the recipe that ships, on people that it neither learned from nor chose by: tables.

    python -m tests.benchmarks.cross_validate --network dense --institutions   UNIPEN, one left out at a time
    python -m tests.benchmarks.cross_validate --network dense --seeds 1 2 3    pen-digit writers 25 to 30
    python -m tests.benchmarks.cross_validate --network dense --folds          every pen-digit writer once

Each row is a whole training, so a table can take hours on two cores; --epochs and --repeats shorten it, and
`--folds 3 4` or `--institutions ibm syn` go on with one that was cut off. `--institutions` prints the columns
of tests.benchmarks.institutions. The others: MNIST's test set read right; the writers' drawings read right;
expected calibration error on them; AUROC of the out-of-distribution score against letters and symbols of
kinds never trained on, each drawn plainly and bent ten times; the share of those taken for a digit when one
digit in a hundred is refused; the same answer when a drawing is moved, made ten times as large or small, or
its points are doubled or halved.
"""

import argparse
import time
from functools import partial

import numpy as np

from model import datasets
from model.augment import bend, pen_widths
from model.calibration import choose_threshold
from model.card import calibrate_network
from model.classifier import Classifier
from model.datasets import INSTITUTIONS
from model.drawing import NO_DIGIT, Drawing
from model.evaluate import load_images, score_probabilities
from model.networks import NETWORKS
from model.nondigits import held_out_nondigits
from model.preprocess import Paths, preprocess_all
from model.recipes import HandwritingData, steps_per_epoch
from model.settings import choose_settings
from model.state import create_state
from model.training import fit
from tests.benchmarks import institutions

WRITERS = range(1, 31)
FOLDS = 5
BENT_COPIES = 10
COLUMNS = ("MNIST", "writers", "ECE", "AUROC", "taken", "AUROC bent", "taken bent", "same answer")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--network", choices=NETWORKS, default="cnn")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1], help="one training a seed (default: 1)")
    parser.add_argument(
        "--folds",
        type=int,
        nargs="*",
        choices=range(FOLDS),
        help="over the writers, with the first seed (default: all five)",
    )
    parser.add_argument(
        "--institutions",
        nargs="*",
        choices=INSTITUTIONS,
        help="leave each of these out in turn, with the first seed (default: all six)",
    )
    parser.add_argument("--epochs", type=int, help="of each training (default: the recipe's)")
    parser.add_argument(
        "--repeats", type=int, help="epochs that show the same images (default: the recipe's)"
    )
    options = parser.parse_args()
    train = partial(
        train_anew, options.network, options.seeds[0], epochs=options.epochs, repeats=options.repeats
    )
    if options.institutions is not None:
        institutions.main(train, options.institutions or INSTITUTIONS)
        return
    if options.folds is not None:
        folds = options.folds or range(FOLDS)
        runs = [(f"fold {fold}", options.seeds[0], *split_writers(fold)) for fold in folds]
    else:
        split = datasets.TRAINING_WRITERS, datasets.VALIDATION_WRITERS, datasets.HELD_OUT_WRITERS
        runs = [(f"seed {seed}", seed, *split) for seed in options.seeds]
    print(
        f"{options.network:10}" + "".join(f"{column:>12}" for column in COLUMNS) + f"{'seconds':>9}",
        flush=True,
    )
    rows = []
    for name, seed, training, choosing, tested in runs:
        began = time.monotonic()
        classifier = train_anew(
            options.network,
            seed,
            options.epochs,
            options.repeats,
            writers=training,
            validation_writers=choosing,
        )
        rows.append(score(classifier, datasets.by_writers(datasets.load_pen_digits(), tested)))
        show(name, rows[-1], f"{time.monotonic() - began:9.0f}")
    show("median", np.median(rows, axis=0))


def split_writers(fold: int) -> tuple[tuple[int, ...], ...]:
    """Writers to train on, to choose by and to test on; over the folds each writer is tested once."""
    tested = tuple(writer for writer in WRITERS if writer % FOLDS == fold)
    others = tuple(writer for writer in WRITERS if writer % FOLDS != fold)
    return others[:-2], others[-2:], tested


def train_anew(
    network: str, seed: int, epochs: int | None = None, repeats: int | None = None, **split
) -> Classifier:
    """A network of the recipe; split: options of model.splits.split_drawings."""
    settings = choose_settings(network, seed=seed, epochs=epochs, repeats=repeats)
    dataset = HandwritingData(settings, **split)
    state = create_state(settings, settings.epochs * steps_per_epoch(settings, dataset))
    for _ in fit(state, settings, dataset):
        pass
    return Classifier(state.network, calibrate_network(state.network, dataset))


def score(classifier: Classifier, drawings: list[Drawing]) -> list[float]:
    """The figures in the order of COLUMNS, as shares."""
    labels = np.array([drawing.label for drawing in drawings])
    found = classifier.probabilities(preprocess_all(Paths.of(drawings)))
    mnist = load_images("mnist-test")
    on_mnist = score_probabilities(classifier.probabilities(mnist.images), mnist.labels, 0)
    on_writers = score_probabilities(found, labels, 0)
    threshold = choose_threshold(found, 0.01)
    shapes = Paths.of(held_out_nondigits())
    many = Paths.of(held_out_nondigits() * BENT_COPIES)
    rng = np.random.default_rng(0)
    bent = preprocess_all(bend(many, rng), pen_widths(many.count, rng))
    others = []
    for images in (preprocess_all(shapes), bent):
        both = np.concatenate([found, classifier.probabilities(images)])
        against = score_probabilities(both, np.r_[labels, np.full(len(images), NO_DIGIT)], threshold)
        others += [against["auroc"], against["non_digits_taken"]]
    return [
        on_mnist["accuracy"],
        on_writers["accuracy"],
        on_writers["ece"],
        *others,
        agree(classifier, drawings),
    ]


def agree(classifier: Classifier, drawings: list[Drawing]) -> float:
    """The share of drawings, over all changes that should change nothing, that are read as before."""
    before = classifier.probabilities(preprocess_all(Paths.of(drawings))).argmax(axis=1)
    same = []
    for change in (move, enlarge, shrink, double, halve):
        changed = [Drawing(tuple(change(stroke) for stroke in drawing.strokes)) for drawing in drawings]
        after = classifier.probabilities(preprocess_all(Paths.of(changed))).argmax(axis=1)
        same.append((after == before).mean())
    return float(np.mean(same))


def move(stroke: np.ndarray) -> np.ndarray:
    return stroke + [137.3, -58.9]


def enlarge(stroke: np.ndarray) -> np.ndarray:
    return stroke * 10


def shrink(stroke: np.ndarray) -> np.ndarray:
    return stroke * 0.1


def double(stroke: np.ndarray) -> np.ndarray:
    """A point in the middle between every two."""
    doubled = np.repeat(stroke, 2, axis=0)[:-1]
    doubled[1::2] = (stroke[1:] + stroke[:-1]) / 2
    return doubled


def halve(stroke: np.ndarray) -> np.ndarray:
    """Every other point, and both ends."""
    return np.concatenate([stroke[:-1:2], stroke[-1:]]) if len(stroke) > 2 else stroke


def show(name: str, row: list[float], seconds: str = "") -> None:
    shown = [
        f"{value:12.4f}" if "AUROC" in name_ else f"{value:12.2%}"
        for name_, value in zip(COLUMNS, row, strict=True)
    ]
    print(f"{name:10}" + "".join(shown) + seconds, flush=True)


if __name__ == "__main__":
    main()
