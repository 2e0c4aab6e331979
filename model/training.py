"""Fitting a network: `fit` is an iterator of Progress, the only way anything learns of a training.

The terminal, the page and a fine-tuning run the same loop over it. It reports at most ten times a second, and
whenever an epoch has ended, and trains on when the next report is asked for: whoever takes one may use or
save the network. Closing the iterator ends the training.
"""

import contextlib
import math
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from model.devices import count_replicas
from model.errors import DigitsError
from model.recipes import Dataset, Shard, join_shards, steps_per_epoch
from model.settings import Settings
from model.state import State, seed_dropout
from model.steps import TrainBatches, make_train_batches

REPORTS_A_SECOND = 10
ROWS_AN_EPOCH = 20  # of a history; a curve needs no more
# A pause or a stop waits for as long as one call of the backend takes.
CALL_SECONDS, MAX_BATCHES_PER_CALL = 0.025, 64
VALIDATION_CHUNK = 500


class DivergedError(DigitsError):
    """The loss is no longer a number. values: epoch, from 1, where that happened; epochs; learning_rate."""


@dataclass(frozen=True)
class Progress:
    """Where a training stands.

    epoch: the one in progress, from 1, of `epochs`. step: batches done in the whole run, of `steps`. loss,
    accuracy: training, mean since the epoch began; None before the first batch. Accuracy is the mean of the
    batches', and counts digits only. ends_epoch: the epoch is done, with its validation. val_loss,
    val_accuracy: on the validation data where there are any, at an epoch's end, else None. seconds: of
    training, without pauses. seconds_left: an estimate; None at first. samples_per_second: images. row: the
    next one for the history (model.history), or None; at most ROWS_AN_EPOCH an epoch, the last at its end.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float | None
    accuracy: float | None
    ends_epoch: bool
    val_loss: float | None
    val_accuracy: float | None
    seconds: float
    seconds_left: float | None
    samples_per_second: float | None
    row: dict | None

    @property
    def epochs_done(self) -> float:
        return self.epochs * self.step / self.steps


def fit(
    state: State,
    settings: Settings,
    dataset: Dataset,
    paused: threading.Event | None = None,
) -> Iterator[Progress]:
    """Trains state.network in place from state.epochs_done to settings.epochs. Raises DivergedError, and what
    `dataset.shards` raises.

    paused: while it is set, the training stands still. If the dataset chooses by validation, the network has
    the weights of the chosen epoch (State.choose) when the iterator ends.
    """
    return _Fit(state, settings, dataset, paused or threading.Event()).run()


class _Mean:
    """Loss and accuracy so far, each batch weighted by its images."""

    def __init__(self):
        self.images, self.loss_sum, self.accuracy_sum = 0, 0.0, 0.0

    def add(self, loss: float, accuracy: float, images: int) -> None:
        self.images += images
        self.loss_sum += loss * images
        self.accuracy_sum += accuracy * images

    @property
    def loss(self) -> float | None:
        return self.loss_sum / self.images if self.images else None

    @property
    def accuracy(self) -> float | None:
        return self.accuracy_sum / self.images if self.images else None


class _Fit:
    def __init__(self, state, settings, dataset, paused):
        self.state, self.settings, self.dataset, self.paused = state, settings, dataset, paused
        self.per_epoch = steps_per_epoch(settings, dataset)
        self.step = self.row_step = state.epochs_done * self.per_epoch
        self.clock, self.reported = time.monotonic(), 0.0
        self.since_epoch, self.since_row = _Mean(), _Mean()
        self.epoch_began, self.epoch_steps = 0.0, 0
        self.batches_a_call = 1

    def run(self) -> Iterator[Progress]:
        state, settings = self.state, self.settings
        yield self.report()
        train_batches = make_train_batches(state.network)
        for epoch in range(state.epochs_done, settings.epochs):
            seed_dropout(state.network, settings.seed, epoch)
            yield from self.fit_epoch(epoch, train_batches)
            scores = self.validate() if self.dataset.validation is not None else (None, None)
            state.epochs_done = epoch + 1
            if self.dataset.chooses_by_validation:
                state.choose(scores[1], len(self.dataset.validation.labels))
            yield self.report(scores)
        if state.chosen_weights:
            state.network.set_weights(state.chosen_weights)

    def fit_epoch(self, epoch: int, train_batches: TrainBatches) -> Iterator[Progress]:
        self.since_epoch = _Mean()
        self.epoch_began, self.epoch_steps = time.monotonic(), 0
        with contextlib.closing(self.dataset.shards(epoch)) as shards:
            batches = cut_batches(shards, self.settings.batch_size, count_replicas())
            for group in self.group_batches(batches):
                self.train_group(group, train_batches)
                if time.monotonic() - self.reported > 1 / REPORTS_A_SECOND:
                    yield self.report()
                self.sit_out_pause()

    def group_batches(self, batches: Iterable[Shard]) -> Iterator[Shard]:
        """As many batches as one call of the backend is to take, but none waits for long."""
        group, began = [], time.monotonic()
        for batch in batches:
            full = len(group) >= self.batches_a_call or time.monotonic() - began > CALL_SECONDS
            if group and full:
                yield join_shards(group)
                group, began = [], time.monotonic()
            group.append(batch)
        if group:
            yield join_shards(group)

    def train_group(self, group: Shard, train_batches: TrainBatches) -> None:
        began, count = time.monotonic(), len(group.labels)
        loss, accuracy = train_batches(group.images, group.labels, self.settings.batch_size)
        if not math.isfinite(loss):
            raise DivergedError(
                "training.diverged",
                epoch=self.step // self.per_epoch + 1,
                epochs=self.settings.epochs,
                learning_rate=self.settings.learning_rate,
            )
        for mean in (self.since_epoch, self.since_row):
            mean.add(loss, accuracy, count)
        steps = -(-count // self.settings.batch_size)
        self.step, self.epoch_steps = self.step + steps, self.epoch_steps + steps
        if time.monotonic() - began < CALL_SECONDS:
            self.batches_a_call = min(2 * self.batches_a_call, MAX_BATCHES_PER_CALL)

    def sit_out_pause(self) -> None:
        began = time.monotonic()
        while self.paused.is_set():
            time.sleep(0.05)
        waited = time.monotonic() - began
        self.clock += waited
        self.epoch_began += waited

    def validate(self) -> tuple[float, float]:
        """Mean cross-entropy and accuracy on the validation data."""
        images, labels = self.dataset.validation.images, self.dataset.validation.labels
        chunks = [slice(first, first + VALIDATION_CHUNK) for first in range(0, len(labels), VALIDATION_CHUNK)]
        probabilities = np.concatenate([self.state.network.predict_on_batch(images[some]) for some in chunks])
        of_label = probabilities[np.arange(len(labels)), labels]
        cross_entropy = -np.log(np.maximum(of_label, 1e-7)).mean()
        return float(cross_entropy), float((probabilities.argmax(axis=1) == labels).mean())

    def report(self, scores: tuple[float | None, float | None] | None = None) -> Progress:
        """scores: val_loss and val_accuracy, where an epoch has ended."""
        now = time.monotonic()
        self.state.seconds += now - self.clock
        self.clock = self.reported = now
        ends_epoch = scores is not None
        val_loss, val_accuracy = scores or (None, None)
        pace = self.epoch_steps / (now - self.epoch_began) if self.epoch_steps else None
        steps = self.settings.epochs * self.per_epoch
        seconds_per_step = self.step and self.state.seconds / self.step
        return Progress(
            # Not by the step: after an epoch's last batch it is still to be validated.
            epoch=min(self.state.epochs_done + (not ends_epoch), self.settings.epochs),
            epochs=self.settings.epochs,
            step=self.step,
            steps=steps,
            loss=self.since_epoch.loss,
            accuracy=self.since_epoch.accuracy,
            ends_epoch=ends_epoch,
            val_loss=val_loss,
            val_accuracy=val_accuracy,
            seconds=self.state.seconds,
            seconds_left=seconds_per_step * (steps - self.step) if seconds_per_step else None,
            samples_per_second=pace and pace * self.settings.batch_size,
            row=self.make_row(ends_epoch, val_loss, val_accuracy),
        )

    def make_row(self, ends_epoch: bool, val_loss: float | None, val_accuracy: float | None) -> dict | None:
        """What the curves show: means since the row before, so that no curve leaps where an epoch begins."""
        interval, into_epoch = self.per_epoch / ROWS_AN_EPOCH, self.step % self.per_epoch
        # None shortly before an epoch's end: the row there would be the mean of a few batches, and leap.
        due = self.step - self.row_step >= interval and 0 < into_epoch <= self.per_epoch - interval
        if not (due or ends_epoch):
            return None
        row = {
            "epoch": round(self.step / self.per_epoch, 4),
            "step": self.step,
            "loss": self.since_row.loss,
            "accuracy": self.since_row.accuracy,
            "val_loss": val_loss,
            "val_accuracy": val_accuracy,
            "seconds": self.state.seconds,
        }
        self.row_step, self.since_row = self.step, _Mean()
        return row


def cut_batches(shards: Iterable[Shard], size: int, replicas: int = 1) -> Iterator[Shard]:
    """The images of the shards, in batches of `size`; the last one as `pad_last_batch` says."""
    left = None
    for shard in shards:
        if left is not None:
            shard = join_shards([left, shard])
        whole = len(shard.labels) - len(shard.labels) % size
        for first in range(0, whole, size):
            yield shard[first : first + size]
        left = shard[whole:]
    if left is not None and len(left.labels):
        yield left[pad_last_batch(len(left.labels), size, replicas)]


def pad_last_batch(count: int, size: int, replicas: int) -> np.ndarray | slice:
    """The indices of `count` images cut into batches of `size`. The last one may be smaller; if it cannot
    be split equally among the replicas, its first images are repeated until it can."""
    rest = count % size
    if rest % replicas == 0:
        return slice(count)
    missing = replicas - rest % replicas
    return np.r_[:count, count - rest + np.arange(missing) % rest]
