"""Is the evidence true? What a network's verdict loses with the ink that is said to carry it.

    python -m tests.benchmarks.evidence
    python -m tests.benchmarks.evidence --drawings 50

Of each pen digit of writers 25 to 30 a tenth of the ink is taken away in three ways: the pixels with most
evidence for the verdict against the runner-up (model/explain.py), random pixels, and those with most evidence
against it. The table has, a row a network, the mean difference of the two logits before, how much it falls by
each, and how many times as much by the first as by the second.
"""

import argparse

import numpy as np

from model.datasets import HELD_OUT_WRITERS, by_writers, load_pen_digits
from model.explain import explain
from model.layers import forward, read_layers
from model.networks import NETWORKS
from model.preprocess import preprocess
from model.store import WEIGHTS, load_network

SHARE = 0.1  # of the ink


def take_ink(image: np.ndarray, ranking: np.ndarray) -> np.ndarray:
    """The image without the share of its ink that has the highest ranking (28, 28)."""
    order = np.argsort(-np.where(image > 0, ranking, -np.inf), axis=None, kind="stable")
    taken = np.cumsum(image.ravel()[order], dtype=float)
    left = image.copy()
    left.ravel()[order[: np.searchsorted(taken, SHARE * taken[-1]) + 1]] = 0
    return left


def measure(layers: list, images: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """(count, 4): the difference of the logits, and how much it falls by each of the three ways."""
    rows = []
    for image in images:
        found = explain(layers, image)
        changed = [take_ink(image, found.pixels), take_ink(image, rng.random((28, 28)))]
        changed.append(take_ink(image, -found.pixels))
        logits = forward(layers, np.stack(changed) / 255)[-1]
        rows.append([found.difference, *(found.difference - logits[:, found.digit] + logits[:, found.other])])
    return np.array(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--drawings", type=int, default=500, help="how many (default: 500)")
    options = parser.parse_args()
    rng = np.random.default_rng(7)
    every = by_writers(load_pen_digits(), HELD_OUT_WRITERS)
    chosen = rng.permutation(len(every))[: options.drawings]
    images = [preprocess(every[i]) for i in chosen]
    print(f"{'':8}{'difference':>12}{'most evidence':>16}{'random':>10}{'most against':>15}{'by random':>12}")
    for name in NETWORKS:
        layers = read_layers(load_network(WEIGHTS, name)[0])
        before, most, at_random, against = measure(layers, images, rng).mean(axis=0)
        print(
            f"{name:8}{before:12.2f}{-most:16.2f}{-at_random:10.2f}{-against:15.2f}"
            f"{most / at_random:8.1f} times",
            flush=True,
        )


if __name__ == "__main__":
    main()
