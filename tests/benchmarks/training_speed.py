"""How long does train.py take beside the tutorial as written, and beside the arithmetic alone?

    python -m tests.benchmarks.training_speed dense
    python -m tests.benchmarks.training_speed cnn
    python -m tests.benchmarks.training_speed cnn --epochs 2 --repetitions 1

prints a table of medians; a ratio is to the first row's, the median over the repetitions. Run it on an idle
machine: `cnn` takes three quarters of an hour. The rows:

- `tests.benchmarks.plain_tutorial`, a plain Keras script: batches of 64, Adam at 0.001;
- `train.py --recipe tutorial`, the same batches and rate: what the loop alone is worth;
- `train.py --recipe quick`: the loop, larger batches and a falling rate;
- NumPy's matrix products of the shapes that forward and backward pass consist of, for as many batches: a
  convolution is the product that it is once its patches are laid out, which is left out.

"fit" is the training with its validations, from the call that trains to the end of the last validation:
compilation is in it, and so are train.py's reports and checkpoints; importing Keras, reading MNIST and
building the network are in neither. "to 97.5 %" ends at the first epoch's end with that accuracy on MNIST's
test set, the tutorial's validation. "command" is the whole process; train.py's ends with the evaluation on
three sets. They take turns, each in a process of its own, with the repetition's number as seed, and another
one first each time, since a machine may slow down as it warms up. The accuracy is the last epoch's, the mean
of all.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from model.history import read_history
from model.networks import NETWORKS
from model.settings import choose_settings

ROOT = Path(__file__).parents[2]
IMAGES, TEST_IMAGES = 60_000, 10_000
SCRIPT_BATCH_SIZE = 64  # of tests.benchmarks.plain_tutorial
GOAL = 0.975
BARS = {"tutorial": 0.6, "quick": 0.25}  # at most, of the script's fit, for `dense`
PRODUCT_BATCHES = 20  # are timed at once

# The layers with weights, as products: rows for each image, what a row holds, how many units.
SHAPES = {
    "dense": [(1, 784, 128), (1, 128, 10)],
    "cnn": [(784, 9, 32), (196, 288, 64), (1, 3136, 128), (1, 128, 10)],
}


@dataclass(frozen=True)
class Trained:
    """One training: seconds of `fit`, to GOAL (infinite: never), of the whole command, and its accuracy."""

    fit: float
    goal: float
    command: float
    accuracy: float


def train_script(network: str, epochs: int, seed: int) -> Trained:
    """The plain Keras script."""
    module = ["-m", "tests.benchmarks.plain_tutorial", network]
    numbers = ["--epochs", epochs, "--batch-size", SCRIPT_BATCH_SIZE, "--seed", seed]
    printed, seconds = run_command(*module, *numbers)
    return sum_up([json.loads(line) for line in printed.splitlines()], seconds)


def train_ours(recipe: str, network: str, epochs: int, seed: int) -> Trained:
    """train.py by that recipe."""
    options = ["--network", network, "--recipe", recipe, "--epochs", epochs, "--seed", seed]
    with tempfile.TemporaryDirectory() as folder:
        _, seconds = run_command("train.py", *options, "--out", folder)
        rows = read_history(Path(folder) / f"{network}.history.jsonl").rows
    return sum_up([row for row in rows if row["val_accuracy"] is not None], seconds)


def run_command(*command) -> tuple[str, float]:
    """What it prints, and the seconds that it takes."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *map(str, command)], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout, time.perf_counter() - began


def sum_up(epochs: list[dict], command: float) -> Trained:
    """epochs: for each one `seconds` since the training began and `val_accuracy` at its end."""
    goal = next((epoch["seconds"] for epoch in epochs if epoch["val_accuracy"] >= GOAL), math.inf)
    return Trained(epochs[-1]["seconds"], goal, command, epochs[-1]["val_accuracy"])


def time_products(network: str, epochs: int, batch_size: int) -> float:
    """Seconds that the matrix products of a training with its validations take, in NumPy, float32."""
    steps = epochs * math.ceil(IMAGES / batch_size)
    forward, backward = np.sum(
        [time_layer(batch_size, *shape, first=not i) for i, shape in enumerate(SHAPES[network])], axis=0
    )
    return steps * (forward + backward) + epochs * TEST_IMAGES / batch_size * forward


def time_layer(images: int, rows: int, inputs: int, units: int, first: bool) -> tuple[float, float]:
    """Seconds of a layer's products: forward; backward to its weights and, but for the first, its input."""
    rng = np.random.default_rng(0)
    x, weights, error = (
        rng.random(shape, np.float32)
        for shape in ((images * rows, inputs), (inputs, units), (images * rows, units))
    )
    back = time_product(x.T, error) + (0 if first else time_product(error, weights.T))
    return time_product(x, weights), back


def time_product(a: np.ndarray, b: np.ndarray) -> float:
    """Seconds: the quickest of five times, since whatever else goes on only adds to it."""
    out, taken = a @ b, []
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(PRODUCT_BATCHES):
            np.matmul(a, b, out=out)
        taken.append((time.perf_counter() - began) / PRODUCT_BATCHES)
    return min(taken)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("--epochs", type=int, default=10, help="of each training (default: 10)")
    parser.add_argument("--repetitions", type=int, default=5, help="of all the trainings (default: 5)")
    options = parser.parse_args()
    network, epochs = options.network, options.epochs
    quick = choose_settings(network, "quick")
    sides = {
        f"plain Keras script, batches of {SCRIPT_BATCH_SIZE}": train_script,
        f"train.py, tutorial: batches of {choose_settings(network, 'tutorial').batch_size}": partial(
            train_ours, "tutorial"
        ),
        f"train.py, quick: batches of {quick.batch_size}": partial(train_ours, "quick"),
    }
    runs = {name: [] for name in sides}
    products = {SCRIPT_BATCH_SIZE: [], quick.batch_size: []}
    for seed in range(1, options.repetitions + 1):
        names = list(sides)
        for name in names[seed % len(names) :] + names[: seed % len(names)]:
            trained = sides[name](network, epochs, seed)
            runs[name].append(trained)
            print(f"{name}: fit {trained.fit:.1f} s, to 97.5 % {trained.goal:.1f} s", file=sys.stderr)
        for batch_size, taken in products.items():
            taken.append(time_products(network, epochs, batch_size))
    print(f"{network}, {epochs} epochs, medians of {options.repetitions}, {os.cpu_count()} cores")
    titles = (("fit", 8), ("ratio", 8), ("to 97.5 %", 12), ("ratio", 8), ("command", 10), ("ratio", 8))
    print(" " * 40 + "".join(f"{title:>{width}}" for title, width in titles) + f"{'accuracy':>11}")
    script = next(iter(runs.values()))
    for name, done in runs.items():
        line = f"{name:40}"
        for what, width in (("fit", 6), ("goal", 10), ("command", 8)):
            taken, beside = ([getattr(one, what) for one in some] for some in (done, script))
            with np.errstate(invalid="ignore"):  # where neither came to GOAL, there is no ratio
                ratio = np.nanmedian(np.divide(taken, beside))
            line += f"{np.median(taken):{width}.1f} s{ratio:8.2f}"
        print(line + f"{np.mean([one.accuracy for one in done]):11.2%}")
    for batch_size, taken in products.items():
        seconds, ratio = np.median(taken), np.median(np.divide(taken, [one.fit for one in script]))
        print(f"{f'matrix products, batches of {batch_size}':40}{seconds:6.1f} s{ratio:8.2f}")
    if network == "dense":
        print(f"bars: fit of tutorial at most {BARS['tutorial']:g}, of quick at most {BARS['quick']:g}")


if __name__ == "__main__":
    main()
