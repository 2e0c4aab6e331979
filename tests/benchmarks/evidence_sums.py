"""Does evidence sum to the difference of the two logits, on many drawings and every kind of network?

    python -m tests.benchmarks.evidence_sums
    python -m tests.benchmarks.evidence_sums --drawings 50

A row for both networks with each activation, trained (ReLU: as shipped; others: two epochs of 2,000 of
MNIST's images) and with random weights and biases: the largest gap between sum and difference, in logits, and
the largest share of the evidence that an integral left over, which is spread over it (model/explain.py).
"""

import argparse

import numpy as np

from model import datasets
from model.explain import explain, load_average_digit
from model.layers import Layer, read_layers
from model.networks import ACTIVATIONS, NETWORKS
from model.preprocess import Paths, preprocess_all
from model.store import WEIGHTS, load_network

BIASES = 0.05  # standard deviation of what random weights and biases get on top


def make_layers(name: str, activation: str, trained: bool) -> list[Layer]:
    if trained and activation == "relu":
        return read_layers(load_network(WEIGHTS, name)[0])
    network = NETWORKS[name](activation, seed=3)
    if trained:
        mnist = datasets.load_mnist()
        network.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
        network.fit(mnist.x_train[:2000, ..., None], mnist.y_train[:2000], epochs=2, verbose=0)
    else:
        rng = np.random.default_rng(3)
        arrays = network.get_weights()
        network.set_weights([array + rng.normal(0, BIASES, array.shape) for array in arrays])
    return read_layers(network)


def measure(layers: list[Layer], images: np.ndarray) -> tuple[float, float]:
    """The largest gap, and the largest share that was spread."""
    gaps, shares = [], []
    for image in images:
        found = explain(layers, image)
        gaps.append(abs(found.ink + found.missing_ink + found.average_digit - found.difference))
        integrated = found.gradient * (image / 255 - load_average_digit())
        shares.append(np.abs(found.pixels - integrated).sum() / np.abs(integrated).sum())
    return max(gaps), max(shares)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--drawings", type=int, default=1000, help="how many (default: 1000)")
    parser.add_argument("--activations", nargs="+", default=ACTIVATIONS, choices=ACTIVATIONS)
    options = parser.parse_args()
    drawings = datasets.by_writers(datasets.load_pen_digits(), datasets.HELD_OUT_WRITERS)
    images = preprocess_all(Paths.of(drawings[: options.drawings]))
    for name in NETWORKS:
        for activation in options.activations:
            for trained in (True, False):
                gap, share = measure(make_layers(name, activation, trained), images)
                weights = "trained" if trained else "random"
                print(
                    f"{name:6}{activation:8}{weights:8}{len(images):5} drawings: gap {gap:.0e}, "
                    f"spread {share:.2%}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
