"""The smallest network that can be watched while it learns: two inputs, two hidden units, one output.

    python -m model.smallest

trains it for a hundred steps and prints the loss before every tenth and at the end: eleven lines. The page
shows the same run as a figure in which every number can be read (ui/inside/smallest.js).

It has nine parameters. Both hidden units are ReLU, the output is linear; the loss is the mean squared error
over two points, and each step is plain gradient descent on both at once:

    hidden = max(0, input · W1 + b1)        prediction = hidden · W2 + b2
    loss = mean((prediction − target)²)     each weight −= 0.01 × its gradient
"""

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from model.devices import start_backend
from model.errors import DigitsError

if TYPE_CHECKING:
    import keras

INPUTS = ((1, 2), (3, 4))
TARGETS = (1, 0)
LEARNING_RATE = 0.01
STEPS = 100
PRINTED_EVERY = 10
SEED = 97  # of the initial weights; with it both hidden units learn


def draw_weights(rng: np.random.Generator) -> list[np.ndarray]:
    """Random initial weights: W1 (2, 2), b1 (2,), W2 (2, 1), b2 (1,), float32. As Keras' default they are
    uniform within ±√(6 / (inputs + outputs)) (Glorot and Bengio 2010), and biases 0; drawn by NumPy, so that
    a seed means the same on every backend.

    Two draws in ten begin with both hidden units dead: ReLU gives 0 for both points. After 100 steps it is
    one in three. Then no gradient reaches W1, and the output learns only the mean of the targets.
    """
    weights = []
    for inputs, outputs in ((2, 2), (2, 1)):
        limit = (6 / (inputs + outputs)) ** 0.5
        weights += [rng.uniform(-limit, limit, (inputs, outputs)), np.zeros(outputs)]
    return [weight.astype(np.float32) for weight in weights]


def build(weights: Sequence[np.ndarray]) -> "keras.Sequential":
    """The network with these weights (see `draw_weights`), compiled."""
    import keras
    from keras import layers

    network = keras.Sequential(
        [keras.Input((2,)), layers.Dense(2, activation="relu"), layers.Dense(1)], name="smallest"
    )
    network.set_weights(weights)
    network.compile(
        optimizer=keras.optimizers.SGD(LEARNING_RATE),
        loss="mean_squared_error",
        # On JAX a step takes 25 ms unless it is compiled; elsewhere compiling takes longer than the run.
        jit_compile=keras.backend.backend() == "jax",
    )
    return network


def train(network: "keras.Sequential", steps: int = STEPS) -> Iterator[float]:
    """Trains, and yields the loss before each step, then the loss after the last: steps + 1 numbers."""
    batch = np.array(INPUTS, np.float32), np.array(TARGETS, np.float32)[:, None]
    for _ in range(steps):
        yield float(network.train_on_batch(*batch))
    yield float(network.test_on_batch(*batch))


def main() -> int:
    from ui.text.terminal import stop

    try:
        start_backend()
    except DigitsError as error:
        stop("model.smallest", error)
    network = build(draw_weights(np.random.default_rng(SEED)))
    for step, loss in enumerate(train(network)):
        if step % PRINTED_EVERY == 0:
            print(f"{'end' if step == STEPS else f'step {step:2d}':7}  loss {loss:.6f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
