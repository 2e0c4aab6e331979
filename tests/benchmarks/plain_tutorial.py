"""The tutorial as most people type it: plain Keras, nothing of ours but where the file lies.

    python -m tests.benchmarks.plain_tutorial dense --epochs 10 --seed 1

prints a JSON line at each epoch's end: seconds since `fit` was called, and the accuracy on the test set.
`tests.benchmarks.training_speed` holds train.py against it.
"""

import argparse
import json
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
from keras import layers

from model.datasets import load_mnist

LAYERS = {
    "dense": lambda: [
        keras.Input((28, 28)),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ],
    "cnn": lambda: [
        keras.Input((28, 28)),
        layers.Reshape((28, 28, 1)),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ],
}


class Clock(keras.callbacks.Callback):
    """Prints how far the training is. Keras calls it when an epoch's validation is done. It starts when it is
    made: Keras tells that a training begins only after it has prepared the data."""

    def __init__(self):
        super().__init__()
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        seconds = time.perf_counter() - self.began
        print(json.dumps({"seconds": seconds, "val_accuracy": float(logs["val_accuracy"])}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("network", choices=LAYERS)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    keras.utils.set_random_seed(options.seed)
    mnist = load_mnist()
    x_train, x_test = mnist.x_train / 255.0, mnist.x_test / 255.0
    network = keras.Sequential(LAYERS[options.network]())
    network.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    network.fit(
        x_train,
        mnist.y_train,
        batch_size=options.batch_size,
        epochs=options.epochs,
        validation_data=(x_test, mnist.y_test),
        callbacks=[Clock()],
        verbose=0,
    )


if __name__ == "__main__":
    main()
