"""The two networks of the tutorial, and the table of them.

Both take (28, 28, 1) uint8, ink bright on dark, and return ten probabilities. The division by 255 is a
layer of the network, so nobody can forget it.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

ACTIVATIONS = ("relu", "sigmoid", "tanh")
CLASSES = 10


def dense(activation: str = "relu", dropout: float = 0.5, seed: int | None = None) -> "keras.Sequential":
    """784 → Dense 128 → Dropout → Dense 10 (softmax): 101,770 parameters."""
    import keras
    from keras import layers

    draw = _initializers(seed)
    return keras.Sequential(
        [
            keras.Input((28, 28, 1), dtype="uint8"),
            layers.Rescaling(1 / 255),
            layers.Flatten(),
            layers.Dense(128, activation=activation, kernel_initializer=draw(0)),
            layers.Dropout(dropout, seed=seed),
            layers.Dense(CLASSES, activation="softmax", kernel_initializer=draw(1)),
        ],
        name="dense",
    )


def cnn(activation: str = "relu", dropout: float = 0.0, seed: int | None = None) -> "keras.Sequential":
    """Conv 32 → max-pool → Conv 64 → max-pool → Dense 128 → Dense 10 (softmax): 421,642 parameters.

    A dropout above 0 stands before the last layer; the network as it ships has none.
    """
    import keras
    from keras import layers

    draw = _initializers(seed)
    return keras.Sequential(
        [
            keras.Input((28, 28, 1), dtype="uint8"),
            layers.Rescaling(1 / 255),
            layers.Conv2D(32, 3, padding="same", activation=activation, kernel_initializer=draw(0)),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, padding="same", activation=activation, kernel_initializer=draw(1)),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(128, activation=activation, kernel_initializer=draw(2)),
            *([layers.Dropout(dropout, seed=seed)] if dropout else []),
            layers.Dense(CLASSES, activation="softmax", kernel_initializer=draw(3)),
        ],
        name="cnn",
    )


def _initializers(seed: int | None) -> Callable[[int], "keras.Initializer"]:
    """Keras' default, Glorot and Bengio's, seeded for each layer: the initial weights depend on the seed
    alone, and Keras' global random state is not used."""
    import keras

    # Keras' seeds have 32 bits.
    return lambda layer: keras.initializers.GlorotUniform(
        None if seed is None else (1000 * seed + layer) % 2**32
    )


NETWORKS: dict[str, Callable[..., "keras.Sequential"]] = {"dense": dense, "cnn": cnn}


def build_network(settings: dict, seed: int | None = None) -> "keras.Sequential":
    """The network that these settings describe, with random weights. settings: as in a card; only
    "network", "activation" and "dropout" are used. seed: of weights and dropout; None: random."""
    return NETWORKS[settings["network"]](settings["activation"], settings["dropout"], seed)


def round_weights(weights: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The weights rounded to what float16 holds, still float32; as they are where one of them is beyond it.

    A network is rounded before it is calibrated, scored and published. Its weights then reach a browser in
    half the bytes, and it computes there what it computes here. Rounding changes a weight by at
    most 2⁻¹¹ of it, or by 2⁻²⁵ below 2⁻¹⁴.
    """
    with np.errstate(over="ignore"):
        halves = [weight.astype(np.float16).astype(np.float32) for weight in weights]
    return halves if all(np.isfinite(half).all() for half in halves) else list(weights)
