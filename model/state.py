"""A network in training: its weights, its optimizer, and how far it has come.

`State` is all that a resumed run needs to go on as if it had never stopped; `begin` makes a new one, with the
loss that also teaches what is no digit.
"""

import json
import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from model.drawing import NO_DIGIT
from model.networks import CLASSES, build_network
from model.settings import Settings

if TYPE_CHECKING:
    import keras


@dataclass
class State:
    """A network in training and all that a later run needs to go on as if it had never stopped."""

    network: "keras.Model"
    epochs_done: int = 0
    seconds: float = 0.0
    best_accuracy: float = 0.0  # on the validation data, of all epochs so far
    chosen_epoch: int = 0
    chosen_weights: list[np.ndarray] = field(default_factory=list)

    def choose(self, accuracy: float, count: int) -> None:
        """Chooses the epoch that has ended unless it is significantly worse than the best on the `count`
        validation digits.

        As the learning rate falls, later is better; two neighbouring epochs differ on a few hundred digits
        by chance alone. So the last epoch within two standard errors of the best accuracy is taken, in the
        spirit of the one-standard-error rule of Breiman et al., "Classification and Regression Trees", 1984.
        """
        self.best_accuracy = best = max(self.best_accuracy, accuracy)
        if accuracy >= best - 2 * math.sqrt(best * (1 - best) / count):
            self.chosen_epoch, self.chosen_weights = self.epochs_done, self.network.get_weights()

    def save(self, path: Path) -> None:
        """One file, replaced in one step."""
        network = self.network
        parts = {
            "weights": network.get_weights(),
            "optimizer": [np.asarray(variable) for variable in network.optimizer.variables],
            "chosen": self.chosen_weights,
        }
        arrays = {f"{part}{i}": array for part, some in parts.items() for i, array in enumerate(some)}
        numbers = [self.epochs_done, self.seconds, self.best_accuracy, self.chosen_epoch]
        beside = path.with_suffix(".new")
        with open(beside, "wb") as file:
            np.savez(file, numbers=np.frombuffer(json.dumps(numbers).encode(), np.uint8), **arrays)
            os.fsync(file.fileno())
        os.replace(beside, path)

    def load(self, path: Path) -> None:
        """Takes over what `save` wrote for a state that was begun with the same settings."""
        network = self.network
        with np.load(path, allow_pickle=False) as arrays:

            def part(name: str, count: int) -> list[np.ndarray]:
                return [arrays[f"{name}{i}"] for i in range(count)]

            weights = len(network.weights)
            network.set_weights(part("weights", weights))
            for variable, value in zip(
                network.optimizer.variables, part("optimizer", len(network.optimizer.variables)), strict=True
            ):
                variable.assign(value)
            numbers = json.loads(arrays["numbers"].tobytes())
            self.epochs_done, self.seconds, self.best_accuracy, self.chosen_epoch = numbers
            self.chosen_weights = part("chosen", weights) if "chosen0" in arrays else []


def create_state(settings: Settings, steps: int) -> State:
    """A network with random weights from the settings' seed, compiled for a training of `steps` batches."""
    network = build_network(settings.as_dict(), settings.seed)
    compile_network(network, settings, steps)
    return State(network)


def compile_network(network: "keras.Model", settings: Settings, steps: int) -> None:
    """Gives the network its optimizer, loss and metric for a training of `steps` batches."""
    import keras

    rate = float(settings.learning_rate)
    if settings.decay:
        rate = keras.optimizers.schedules.CosineDecay(rate, steps)
    optimizers = {
        "adam": keras.optimizers.Adam,
        "sgd": keras.optimizers.SGD,
        "rmsprop": keras.optimizers.RMSprop,
    }
    optimizer = optimizers[settings.optimizer](rate, weight_decay=settings.weight_decay or None)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    network.compile(
        optimizer,
        loss=divergence,
        metrics=[digit_accuracy],
        # On TensorFlow XLA would compile anew for each size of a batch, and on a GPU fail
        # where CUDA's ptxas or libdevice is missing. JAX is nothing without it.
        jit_compile=False if keras.backend.backend() == "tensorflow" else "auto",
    )
    network.optimizer.build(network.trainable_variables)


def divergence(labels, probabilities):
    """The Kullback-Leibler divergence from what each image should be read as. (batch,)

    For a digit that is the cross-entropy to its label; where the label is NO_DIGIT, the cross-entropy to the
    uniform distribution less its entropy, ln 10. So the best that can be reached is 0 for both.
    """
    from keras import losses, ops

    # With a column for NO_DIGIT: PyTorch's one_hot refuses a label beyond the last.
    targets = ops.one_hot(ops.cast(ops.reshape(labels, (-1,)), "int32"), CLASSES + 1)
    none, targets = targets[:, NO_DIGIT], targets[:, :CLASSES]
    targets = targets + none[:, None] / CLASSES
    return losses.categorical_crossentropy(targets, probabilities) - none * math.log(CLASSES)


def digit_accuracy(labels, probabilities):
    """The share of the digits in a batch whose highest probability is the label's. Scalar."""
    from keras import ops

    labels = ops.cast(ops.reshape(labels, (-1,)), "int32")
    right = ops.cast(ops.equal(ops.cast(ops.argmax(probabilities, axis=-1), "int32"), labels), "float32")
    digits = ops.cast(ops.not_equal(labels, NO_DIGIT), "float32")
    return ops.sum(right) / ops.maximum(ops.sum(digits), 1.0)


def seed_dropout(network: "keras.Model", seed: int, epoch: int) -> None:
    """Makes what dropout leaves out depend on seed and epoch alone, so that a resumed run repeats it."""
    for variable in network.non_trainable_variables:
        if "seed_generator" in variable.path:
            variable.assign(np.array([seed, epoch], np.uint32))
