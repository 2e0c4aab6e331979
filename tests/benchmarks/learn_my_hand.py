"""Whether ten corrections help a writer whom the network reads badly, and cost nobody else: a table.

    python -m tests.benchmarks.learn_my_hand dense                     hands simulated from writers 25 to 30
    python -m tests.benchmarks.learn_my_hand dense --institution ibm   real ones, UNIPEN's, left out of it all

The twelve hands that the network reads worst are taught (--hands). Writers 25 to 30 are read by the network
that ships: each as it is, and as five simulated writers, who lean, turn, squeeze and round all their digits
in one way that is theirs. For an institution a network is trained first that saw none of it (--epochs
shortens that), and the replay holds none of it. Of a random half of a hand's digits ten are corrected,
misread ones first, as a visitor would; the accuracy is that on the other half, before and after. A hand takes
about ten seconds.
"""

import argparse
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from model.classifier import Classifier
from model.correction import learn_hand
from model.datasets import (
    HELD_OUT_WRITERS,
    INSTITUTIONS,
    by_writers,
    find_institution,
    load_pen_digits,
    load_unipen_digits,
)
from model.drawing import Drawing
from model.evaluate import TEST_SETS, LabelledImages
from model.networks import NETWORKS
from model.noise import load_noise
from model.settings import choose_settings
from tests.benchmarks.cross_validate import train_anew

CORRECTIONS = 10
SIMULATED = 5  # hands a writer
# Twice and more of what model/augment.py bends by, so that these hands are none that the network knows.
SLANT, TURN, SQUEEZE, SWAY = 0.6, 0.35, 0.35, 0.09


@dataclass(frozen=True)
class Writer:
    """A hand by name, its drawings, and what the network made of them before."""

    name: str
    drawings: list[Drawing]
    images: LabelledImages
    probabilities: np.ndarray

    @property
    def wrong(self) -> np.ndarray:
        return self.probabilities.argmax(axis=1) != self.images.labels

    def choose_corrections(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Indices of ten drawings of a random half, misread ones first, then those read right with the least
        certainty; and of the other half."""
        order = rng.permutation(len(self.drawings))
        half, others = np.split(order, [len(order) // 2])
        misread, right = half[self.wrong[half]], half[~self.wrong[half]]
        doubtful = right[np.argsort(self.probabilities[right].max(axis=1))]
        return np.concatenate([misread, doubtful])[:CORRECTIONS], others


def simulate_hand(drawings: list[Drawing], rng: np.random.Generator) -> list[Drawing]:
    """The drawings as one other person would write them, who always leans and bends the same way."""
    angle, slant, squeeze = rng.normal(0, (TURN, SLANT, SQUEEZE))
    cos, sin = np.cos(angle), np.sin(angle)
    lean = np.array([[cos, -sin], [sin, cos]]) @ np.diag(np.exp([squeeze, -squeeze]))
    lean = lean @ np.array([[1, -slant], [0, 1]])
    wave, phase = rng.normal(0, 4, (2, 2)), rng.uniform(0, 6.3, 2)

    def move(stroke: np.ndarray, low: np.ndarray, size: float) -> np.ndarray:
        unit = (stroke - low) / size
        return (unit + SWAY * np.sin(unit @ wave + phase)) @ lean.T

    moved = []
    for drawing in drawings:
        points = np.concatenate(drawing.strokes)
        low, size = points.min(axis=0), max(np.ptp(points, axis=0).max(), 1)
        moved.append(Drawing(tuple(move(stroke, low, size) for stroke in drawing.strokes), drawing.label))
    return moved


def find_hands() -> dict[str, list[Drawing]]:
    """Writers 25 to 30, and simulated ones."""
    rng = np.random.default_rng(1)
    digits, hands = load_pen_digits(), {}
    for number in HELD_OUT_WRITERS:
        own = by_writers(digits, [number])
        hands[f"writer {number}"] = own
        hands |= {f"writer {number}, hand {i + 1}": simulate_hand(own, rng) for i in range(SIMULATED)}
    return hands


def find_strangers(institution: str) -> dict[str, list[Drawing]]:
    """The writers of an institution who wrote enough that some digits are left over; noise is left out."""
    noise, hands = load_noise(), defaultdict(list)
    for place, drawing in enumerate(load_unipen_digits()):
        if find_institution(drawing) == institution and place not in noise:
            hands[drawing.writer.rsplit("/", 1)[1]].append(drawing)
    return {name: own for name, own in hands.items() if len(own) >= 2 * CORRECTIONS}


def rank(classifier: Classifier, hands: dict[str, list[Drawing]]) -> list[Writer]:
    """The worst read first."""
    writers = []
    for name, drawings in hands.items():
        images = LabelledImages.of(name, drawings)
        writers.append(Writer(name, drawings, images, classifier.probabilities(images.images)))
    return sorted(writers, key=lambda writer: -writer.wrong.mean())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("network", choices=NETWORKS, nargs="?", default="cnn")
    parser.add_argument("--institution", choices=INSTITUTIONS, help="real writers, all left out")
    parser.add_argument("--hands", type=int, default=12, help="how many (default: 12)")
    parser.add_argument("--epochs", type=int, help="of the training (default: the recipe's)")
    parser.add_argument(
        "--repeats", type=int, help="epochs that show the same images (default: the recipe's)"
    )
    options = parser.parse_args()
    split = {"left_out": (options.institution,)} if options.institution else {}
    if options.institution:
        classifier = train_anew(options.network, 1, options.epochs, options.repeats, **split)
        settings = choose_settings(options.network).as_dict()
        classifier.card |= {"network": options.network, "settings": settings}
        writers = rank(classifier, find_strangers(options.institution))
    else:
        classifier = Classifier.load(options.network)
        writers = rank(classifier, find_hands())
    rng = np.random.default_rng(1)
    print(f"{options.network}: accuracy on other digits of a hand, on MNIST's test set, on writers 25 to 30")
    print(f"{'':22}{'other half':>20}{'MNIST':>20}{'unseen writers':>20}  taken")
    gains = []
    for writer in writers[: options.hands]:
        chosen, rest = writer.choose_corrections(rng)
        *_, outcome = learn_hand(classifier, [writer.drawings[i] for i in chosen], **split)
        read = outcome.classifier.probabilities(writer.images.images[rest]).argmax(axis=1)
        shares = [(1 - writer.wrong[rest].mean(), (read == writer.images.labels[rest]).mean())]
        gains.append(shares[0][1] - shares[0][0])
        shares += [(outcome.before[name], outcome.after[name]) for name in TEST_SETS]
        figures = "".join(f"{f'{before:.2%} → {after:.2%}':>20}" for before, after in shares)
        print(f"{writer.name:22}{figures}  {'no' if outcome.forgotten else 'yes'}", flush=True)
    print(f"mean gain {100 * np.mean(gains):.1f} points; hands that lost: {sum(gain < 0 for gain in gains)}")


if __name__ == "__main__":
    main()
