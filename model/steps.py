"""Training on several batches in one call of the backend.

TensorFlow spends as long on being called as it takes `dense` to learn a batch of 64: 1.8 ms a batch one by
one, 0.9 ms in calls of sixteen (two cores). Keras' own way, `steps_per_execution`, goes through tf.data,
whose tuning thread ends only when it wakes next, 10 · (2^k − 1) ms after an epoch began (TensorFlow 2.21):
each epoch would last 0.63, 1.27, 2.55, 5.11, 10.23, … s, however soon its last batch is done. So several
batches are handed over as one array here, and a loop inside the graph takes Keras' own step for each. The
weights come out the same.

On JAX with a GPU, which would wait for Python most of the time, `jax.lax.scan` does the same. On JAX with a
CPU, where `cnn` takes a hundred times as long in a loop, on PyTorch and on several devices one batch is
trained on after the other.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from model.devices import count_replicas, runs_on_gpu
from model.networks import CLASSES

if TYPE_CHECKING:
    import keras

SCANNED_BATCHES = 16  # in one call of JAX, which compiles anew for each number

# Takes images (count, 28, 28, 1) uint8, labels (count,) uint8 and the size of a batch, and trains on the
# batches in order; the last one may be smaller. Returns mean loss and accuracy, each batch's computed before
# its update.
TrainBatches = Callable[[np.ndarray, np.ndarray, int], tuple[float, float]]


def make_train_batches(network: "keras.Model") -> TrainBatches:
    """For a compiled network (model.state)."""
    import keras

    backend = keras.backend.backend()
    if backend == "tensorflow":
        return _loop(network)
    if backend == "jax" and count_replicas() == 1 and runs_on_gpu():
        return _scan(network)
    return _one_by_one(network)


def _one_by_one(network: "keras.Model") -> TrainBatches:
    def train_batches(images: np.ndarray, labels: np.ndarray, size: int) -> tuple[float, float]:
        found = []
        for first in range(0, len(labels), size):
            some = slice(first, first + size)
            logs = network.train_on_batch(images[some], labels[some], return_dict=True)
            found.append((logs["loss"], logs["digit_accuracy"], len(labels[some])))
        *values, counts = np.array(found, float).T
        loss, accuracy = np.average(values, axis=1, weights=counts)
        return float(loss), float(accuracy)

    return train_batches


def _loop(network: "keras.Model") -> TrainBatches:
    import keras
    from keras import ops

    _make_metrics(network)
    step = network.train_step

    def take_steps(images, labels, size):
        def take_step(i, nothing):
            some = slice(i * size, (i + 1) * size)
            step((images[some], labels[some]))
            return nothing

        ops.fori_loop(0, -(-ops.shape(labels)[0] // size), take_step, 0)
        return network.get_metrics_result()

    # Keras' train_function is traced again when the number of images changes. ExportArchive is Keras' public
    # way to a graph with a signature, traced once; nothing is exported. A training starts 0.7 s sooner.
    signature = (
        keras.InputSpec("uint8", shape=(None, *network.input_shape[1:])),
        keras.InputSpec("uint8", shape=(None,)),
        keras.InputSpec("int32", shape=()),
    )
    in_graph = keras.export.ExportArchive().add_endpoint("take_steps", take_steps, signature)

    def train_batches(images: np.ndarray, labels: np.ndarray, size: int) -> tuple[float, float]:
        network.reset_metrics()
        found = in_graph(images, labels, size)
        return float(found["loss"]), float(found["digit_accuracy"])

    return train_batches


def _make_metrics(network: "keras.Model") -> None:
    """Makes the metrics' variables now. Keras makes them at their first use, and a graph must make none."""
    network.compute_metrics(None, np.zeros(1, np.uint8), np.full((1, CLASSES), 1 / CLASSES, np.float32))


def _scan(network: "keras.Model") -> TrainBatches:
    import jax

    _make_metrics(network)
    # A network's state, as Keras' JAX trainer takes it: the values of these variables.
    variables = (
        network.trainable_variables,
        network.non_trainable_variables,
        network.optimizer.variables,
        network.metrics_variables,
    )

    @partial(jax.jit, donate_argnums=0)
    def take_steps(state, images, labels):
        def take_step(state, batch):
            _, state = network.train_step(state, batch)
            return state, None

        return jax.lax.scan(take_step, state, (images, labels))[0]

    def train_batches(images: np.ndarray, labels: np.ndarray, size: int) -> tuple[float, float]:
        network.reset_metrics()
        state = tuple([variable.value for variable in some] for some in variables)
        for some in _cut(len(labels), size):
            shape = (-1, min(size, some.stop - some.start))
            parts = (array[some].reshape(*shape, *array.shape[1:]) for array in (images, labels))
            state = take_steps(state, *parts)
        for some, values in zip(variables, state, strict=True):
            for variable, value in zip(some, values, strict=True):
                variable.assign(value)
        found = network.get_metrics_result()
        return float(found["loss"]), float(found["digit_accuracy"])

    return train_batches


def _cut(count: int, size: int) -> Iterator[slice]:
    """`count` images in the parts of a call: SCANNED_BATCHES batches, single ones, and a smaller last one."""
    first = 0
    while first < count:
        whole = SCANNED_BATCHES * size
        last = min(first + (whole if first + whole <= count else size), count)
        yield slice(first, last)
        first = last
