"""Training on several batches of one size in one call of the backend.

TensorFlow spends as long on being called as it takes `dense` to learn a batch of 64: 1.8 ms a batch one by
one, 0.9 ms in calls of sixteen (two cores). Keras' own way, `steps_per_execution`, goes through tf.data,
whose tuning thread ends only when it wakes next, 10 · (2^k − 1) ms after an epoch began (TensorFlow 2.21):
each epoch would last 0.63, 1.27, 2.55, 5.11, 10.23, … s, however soon its last batch is done. So the batches
are stacked here, and a loop inside the graph takes Keras' own step for each. The weights come out the same.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

# Takes (count, batch, 28, 28, 1) uint8 images and (count, batch) uint8 labels, and trains on `count` batches
# in order. Returns the mean loss and the mean accuracy of these batches, each before it was learned.
TrainBatches = Callable[[np.ndarray, np.ndarray], tuple[float, float]]


def make_train_batches(network: "keras.Model") -> TrainBatches:
    """For a compiled network (model.state)."""
    import keras

    if keras.backend.backend() == "tensorflow":
        return _loop_in_tensorflow(network)

    def train_one_by_one(images: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
        logs = [
            network.train_on_batch(*batch, return_dict=True) for batch in zip(images, labels, strict=True)
        ]
        return tuple(float(np.mean([one[name] for one in logs])) for name in ("loss", "digit_accuracy"))

    return train_one_by_one


def _loop_in_tensorflow(network: "keras.Model") -> TrainBatches:
    import tensorflow as tf

    # Only the step is for XLA, where Keras wants that: the loop's length differs from call to call.
    step = tf.function(network.train_step, jit_compile=network.jit_compile, reduce_retracing=True)

    @tf.function(
        input_signature=[
            tf.TensorSpec((None, None, *network.input_shape[1:]), tf.uint8),
            tf.TensorSpec((None, None), tf.uint8),
        ],
        autograph=False,
    )
    def take_steps(images, labels):
        def take_step(i):
            step((images[i], labels[i]))
            return (i + 1,)

        # One step after the other: each begins with the weights of the one before.
        tf.while_loop(lambda i: i < tf.shape(labels)[0], take_step, (tf.constant(0),), parallel_iterations=1)

    def train_in_a_loop(images: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
        network.reset_metrics()
        take_steps(images, labels)
        found = network.get_metrics_result()
        return float(found["loss"]), float(found["digit_accuracy"])

    return train_in_a_loop
