"""Fitting a network: `fit` is an iterator of Progress, the only way anything learns of a training.

The terminal and the page run the same loop over it. It reports at most ten times a second, and whenever an
epoch has ended, and trains on when the next report is asked for: whoever takes one may save the network.
Closing the iterator ends the training.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from model.devices import count_shares
from model.recipes import Block, HandwritingData, Settings, TutorialData, join_blocks, steps_per_epoch
from model.state import State, begin_epoch, seed_dropout

REPORTS_A_SECOND = 10
VALIDATION_CHUNK = 500


@dataclass(frozen=True)
class Progress:
    """Where a training stands.

    epoch: the one in progress, from 1, of `epochs`. step: batches done in the whole run, of `steps`.
    loss, accuracy: training, mean since the epoch began; None before the first batch. Accuracy is the mean
    of the batches', and counts digits only. val_loss, val_accuracy: on the validation data, at an epoch's
    end, else None. seconds: since the run began, pauses left out. seconds_left: an estimate; None at first.
    samples_per_second: images. reading: ten probabilities of the watched image by the network as it is now,
    or None.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float | None
    accuracy: float | None
    val_loss: float | None
    val_accuracy: float | None
    seconds: float
    seconds_left: float | None
    samples_per_second: float | None
    reading: tuple[float, ...] | None = None

    @property
    def ends_epoch(self) -> bool:
        return self.val_loss is not None

    @property
    def epochs_done(self) -> float:
        return self.epochs * self.step / self.steps

    def as_row(self) -> dict:
        """The row of a history."""
        kept = ("step", "loss", "accuracy", "val_loss", "val_accuracy", "seconds")
        return {"epoch": round(self.epochs_done, 4)} | {name: getattr(self, name) for name in kept}


def fit(
    state: State,
    settings: Settings,
    dataset: TutorialData | HandwritingData,
    watch: Callable[[], np.ndarray | None] | None = None,
    paused: threading.Event | None = None,
) -> Iterator[Progress]:
    """Trains state.network in place from state.epochs_done to settings.epochs.

    watch: called at each report for the (28, 28) uint8 image to read with the network as it is, or None.
    paused: while it is set, the training stands still. If the recipe chooses by validation, the network has
    the weights of its best epoch when the iterator ends.
    """
    return _Fit(state, settings, dataset, watch, paused or threading.Event()).run()


class _Fit:
    def __init__(self, state, settings, dataset, watch, paused):
        self.state, self.settings, self.dataset = state, settings, dataset
        self.watch, self.paused = watch, paused
        self.per_epoch = steps_per_epoch(settings, dataset)
        self.step = state.epochs_done * self.per_epoch
        self.clock, self.reported = time.monotonic(), 0.0
        self.loss: float | None = None  # means since the epoch began
        self.accuracy: float | None = None
        self.epoch_began, self.epoch_steps = 0.0, 0

    def run(self) -> Iterator[Progress]:
        state, settings = self.state, self.settings
        yield self.report()
        for epoch in range(state.epochs_done, settings.epochs):
            seed_dropout(state.network, settings.seed, epoch)
            yield from self.fit_epoch(epoch)
            loss, accuracy = self.validate()
            state.epochs_done = epoch + 1
            if self.dataset.chooses_by_validation:
                state.choose(accuracy, len(self.dataset.validation.labels))
            yield self.report(loss, accuracy)
        if state.chosen_weights:
            state.network.set_weights(state.chosen_weights)

    def fit_epoch(self, epoch: int) -> Iterator[Progress]:
        """Batch by batch, and not by Keras' `fit`: that hands a batch to TensorFlow's tf.data, whose tuning
        thread ends only when it wakes next, 10 · (2^k − 1) ms after the epoch began (TensorFlow 2.21). So
        each epoch would last 0.63, 1.27, 2.55, 5.11, 10.23, 20.47 s, … however soon its last batch is done.
        """
        network = self.state.network
        begin_epoch(network)
        self.loss = self.accuracy = None
        self.epoch_began, self.epoch_steps = time.monotonic(), 0
        with contextlib.closing(self.dataset.blocks(epoch)) as blocks:
            for batch in cut_batches(blocks, self.settings.batch_size, count_shares()):
                logs = network.train_on_batch(batch.images, batch.labels, return_dict=True)
                self.loss, self.accuracy = float(logs["loss"]), float(logs["digit_accuracy"])
                self.step, self.epoch_steps = self.step + 1, self.epoch_steps + 1
                if time.monotonic() - self.reported > 1 / REPORTS_A_SECOND:
                    yield self.report()
                self.sit_out_pause()

    def sit_out_pause(self) -> None:
        began = time.monotonic()
        while self.paused.is_set():
            time.sleep(0.05)
        waited = time.monotonic() - began
        self.clock += waited
        self.epoch_began += waited

    def validate(self) -> tuple[float, float]:
        """Mean cross-entropy and share right on the validation data."""
        block, found = self.dataset.validation, []
        for first in range(0, len(block.labels), VALIDATION_CHUNK):
            found.append(self.state.network.predict_on_batch(block.images[first : first + VALIDATION_CHUNK]))
        found = np.concatenate(found)
        given = found[np.arange(len(found)), block.labels]
        return float(-np.log(np.maximum(given, 1e-7)).mean()), float((found.argmax(1) == block.labels).mean())

    def report(self, val_loss: float | None = None, val_accuracy: float | None = None) -> Progress:
        now = time.monotonic()
        self.state.seconds += now - self.clock
        self.clock = self.reported = now
        pace = self.epoch_steps / (now - self.epoch_began) if self.epoch_steps else None
        run = self.settings.epochs * self.per_epoch
        begun = self.step and self.state.seconds / self.step
        return Progress(
            epoch=min((self.step - (val_loss is not None)) // self.per_epoch + 1, self.settings.epochs),
            epochs=self.settings.epochs,
            step=self.step,
            steps=run,
            loss=self.loss,
            accuracy=self.accuracy,
            val_loss=val_loss,
            val_accuracy=val_accuracy,
            seconds=self.state.seconds,
            seconds_left=begun * (run - self.step) if begun else None,
            samples_per_second=pace and pace * self.settings.batch_size,
            reading=self.read_watched(),
        )

    def read_watched(self) -> tuple[float, ...] | None:
        image = self.watch and self.watch()
        if image is None:
            return None
        return tuple(map(float, np.asarray(self.state.network.predict_on_batch(image[None, ..., None]))[0]))


def cut_batches(blocks: Iterable[Block], size: int, shares: int = 1) -> Iterator[Block]:
    """The images of the blocks, in batches of `size`; the last one as `fill_shares` says."""
    left = None
    for block in blocks:
        if left:
            block = join_blocks([left, block])
        whole = len(block.labels) - len(block.labels) % size
        for first in range(0, whole, size):
            yield block[first : first + size]
        left = block[whole:]
    if left and len(left.labels):
        yield left[fill_shares(len(left.labels), size, shares)]


def fill_shares(count: int, size: int, shares: int) -> np.ndarray | slice:
    """The places of so many images in batches of `size`, of which the last may be smaller: a few of its first
    images come once more at its end if it could not be parted into `shares` equal ones."""
    rest = count % size
    if rest % shares == 0:
        return slice(count)
    missing = shares - rest % shares
    return np.r_[:count, count - rest + np.arange(missing) % rest]
