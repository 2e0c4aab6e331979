"""Which ranking of the ink finds what a verdict rests on? Others than the evidence that the page shows.

    python -m tests.benchmarks.rankings
    python -m tests.benchmarks.rankings --held-out --drawings 500

As tests/benchmarks/evidence.py, of pen digits by the validation writers: a tenth of the ink is taken away,
that with the highest ranking, or random pixels. A ranking is a gradient of the difference of the two logits
times how a pixel differs from the average digit or from paper. Gradients: of the drawing, averaged on the way
to what it is compared with (integrated), or averaged over drawings with a random tenth of their ink missing
(holes). Blurred: smoothed over the pen's width, which keeps the sum. "asked again" is no ranking but a bound:
the gradient is taken anew after each twentieth of that tenth.
"""

import argparse
from collections.abc import Iterator

import numpy as np

from model.datasets import HELD_OUT_WRITERS, VALIDATION_WRITERS, by_writers, load_pen_digits
from model.explain import load_average_digit
from model.layers import backward, forward, read_layers
from model.networks import NETWORKS
from model.preprocess import Paths, preprocess_all
from model.store import WEIGHTS, load_network
from tests.benchmarks.evidence import SHARE, take_ink

STEPS = 16  # images of an average
ASKED = 20
BLUR = 1.5  # pixels, standard deviation
GROUP = 50  # images that are computed together


class Question:
    """A group of images (count, 28, 28) uint8, and which two logits of each are compared."""

    def __init__(self, layers: list, images: np.ndarray, rng: np.random.Generator):
        self.layers, self.images, self.rng = layers, images, rng
        self.ink = images / 255
        ranked = np.argsort(-forward(layers, self.ink)[-1])
        self.weighting = np.zeros((len(images), 10))
        np.put_along_axis(self.weighting, ranked[:, :1], 1, axis=1)
        np.put_along_axis(self.weighting, ranked[:, 1:2], -1, axis=1)

    def difference(self, images: np.ndarray) -> np.ndarray:
        return (forward(self.layers, images / 255)[-1] * self.weighting).sum(axis=1)

    def gradient(self, ink: np.ndarray) -> np.ndarray:
        return backward(self.layers, ink, forward(self.layers, ink), self.weighting)[0]

    def integrate(self, start: np.ndarray) -> np.ndarray:
        shares = (np.arange(STEPS) + 0.5) / STEPS
        return np.mean([self.gradient(start + (self.ink - start) * share) for share in shares], axis=0)

    def average_over_holes(self) -> np.ndarray:
        return np.mean(
            [self.gradient(self.take(self.rng.random(self.ink.shape)) / 255) for _ in range(STEPS)], axis=0
        )

    def take(self, ranking: np.ndarray) -> np.ndarray:
        return np.stack([take_ink(*one) for one in zip(self.images, ranking, strict=True)])


def blur(pixels: np.ndarray) -> np.ndarray:
    reach = np.arange(-4, 5)
    kernel = np.exp(-((reach / BLUR) ** 2) / 2)
    for axis in (1, 2):
        pixels = np.apply_along_axis(np.convolve, axis, pixels, kernel / kernel.sum(), mode="same")
    return pixels


def rank(question: Question) -> Iterator[tuple[str, np.ndarray]]:
    ink, average = question.ink, load_average_digit()
    gradient = question.gradient(ink)
    for name, pixels in [
        ("gradient, average digit (shown)", gradient * (ink - average)),
        ("gradient, paper", gradient * ink),
        ("integrated, average digit", question.integrate(average) * (ink - average)),
        ("integrated, paper", question.integrate(np.zeros_like(ink)) * ink),
        ("holes, paper", question.average_over_holes() * ink),
    ]:
        yield name, pixels
        yield name + ", blurred", blur(pixels)


def ask_again(question: Question) -> np.ndarray:
    """The images without a tenth of their ink, taken in ASKED parts."""
    left = question.images.copy()
    for part in range(1, ASKED + 1):
        ranking = question.gradient(left / 255) * left
        for image, first, pixels in zip(left, question.images, ranking, strict=True):
            order = np.argsort(-np.where(image > 0, pixels, -np.inf), axis=None)
            due = part / ASKED * SHARE * first.sum(dtype=float) - (first.sum(dtype=float) - image.sum())
            if due > 0:
                taken = np.cumsum(image.ravel()[order], dtype=float)
                image.ravel()[order[: np.searchsorted(taken, due) + 1]] = 0
    return left


def measure(layers: list, images: np.ndarray, rng: np.random.Generator) -> tuple[float, dict[str, float]]:
    """The mean difference of the two logits, and how much it falls by each way."""
    differences: list[float] = []
    falls: dict[str, list[float]] = {}
    for first in range(0, len(images), GROUP):
        question = Question(layers, images[first : first + GROUP], rng)
        before = question.difference(question.images)
        differences.extend(before)
        ways = {"random": question.take(rng.random(question.ink.shape))}
        ways |= {name: question.take(pixels) for name, pixels in rank(question)}
        ways[f"asked again, {ASKED} times"] = ask_again(question)
        for name, changed in ways.items():
            falls.setdefault(name, []).extend(before - question.difference(changed))
    return float(np.mean(differences)), {name: float(np.mean(values)) for name, values in falls.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--drawings", type=int, default=400, help="how many (default: 400)")
    parser.add_argument("--held-out", action="store_true", help="pen digits of writers 25 to 30")
    options = parser.parse_args()
    rng = np.random.default_rng(7)
    writers = HELD_OUT_WRITERS if options.held_out else VALIDATION_WRITERS
    every = by_writers(load_pen_digits(), writers)
    chosen = rng.permutation(len(every))[: options.drawings]
    images = preprocess_all(Paths.of([every[i] for i in chosen]))
    for name in NETWORKS:
        difference, falls = measure(read_layers(load_network(WEIGHTS, name)[0]), images, rng)
        print(f"{name}: the difference, {difference:.2f}, falls by")
        for way, fall in falls.items():
            print(f"  {way:42}{fall:6.2f}{fall / falls['random']:6.2f} times random", flush=True)


if __name__ == "__main__":
    main()
