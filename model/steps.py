"""Training on several batches in one call of the backend.

TensorFlow spends as long on being called as it takes `dense` to learn a batch of 64: 1.8 ms a batch one by
one, 0.9 ms in calls of sixteen (two cores). Keras' own way, `steps_per_execution`, goes through tf.data,
whose tuning thread ends only when it wakes next, 10 · (2^k − 1) ms after an epoch began (TensorFlow 2.21):
each epoch would last 0.63, 1.27, 2.55, 5.11, 10.23, … s, however soon its last batch is done. So several
batches are handed over as one array here, and a loop inside the graph takes Keras' own step for each. The
weights come out the same.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

# Takes images (count, 28, 28, 1) uint8, labels (count,) uint8 and the size of a batch, and trains on the
# batches in order; the last one may be smaller. Returns their mean loss and accuracy, each as it
# was before it was learned.
TrainBatches = Callable[[np.ndarray, np.ndarray, int], tuple[float, float]]


def make_train_batches(network: "keras.Model") -> TrainBatches:
    """For a compiled network (model.state)."""
    import keras

    return (_loop if keras.backend.backend() == "tensorflow" else _one_by_one)(network)


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
    from keras import ops

    step = network.train_step

    def take_steps(data):
        images, labels, size = data

        def take_step(i, nothing):
            some = slice(i * size, (i + 1) * size)
            step((images[some], labels[some]))
            return nothing

        ops.fori_loop(0, -(-ops.shape(labels)[0] // size), take_step, 0)
        return network.get_metrics_result()

    # Keras makes its graph of whatever `train_step` is; afterwards the network is as it was.
    network.train_step = take_steps
    network.make_train_function(force=True)
    in_graph = network.train_function
    del network.train_step
    network.train_function = None

    def train_batches(images: np.ndarray, labels: np.ndarray, size: int) -> tuple[float, float]:
        network.reset_metrics()
        found = in_graph(iter([(images, labels, np.int32(size))]))
        return float(found["loss"]), float(found["digit_accuracy"])

    return train_batches
