"""Fitting a network on a tenth of MNIST, by a clock that the tests set: each look at it takes 10 ms."""

import itertools
import math
import threading
from dataclasses import replace

import numpy as np
import pytest

from model import training
from model.recipes import TutorialData, steps_per_epoch
from model.settings import choose_settings
from model.state import create_state, seed_dropout
from model.steps import make_train_batches
from model.training import ROWS_AN_EPOCH, fit


@pytest.fixture(scope="module")
def settings():
    return choose_settings("dense", "tutorial", epochs=2, batch_size=64, learning_rate=1e-3)


@pytest.fixture(scope="module")
def dataset(settings):
    dataset = TutorialData(settings)
    dataset.train, dataset.validation = dataset.train[:6400], dataset.validation[:1000]
    dataset.images_per_epoch = 6400
    return dataset


class Clock:
    """Stands for the module `time`. paused: what `sleep` clears when it has been called forty times."""

    now, slept, paused = 1000.0, 0, None

    def monotonic(self):
        self.now += 0.01
        return self.now

    def sleep(self, seconds):
        self.now, self.slept = self.now + seconds, self.slept + 1
        if self.slept == 40:
            self.paused.clear()


@pytest.fixture(scope="module", autouse=True)
def clock():
    with pytest.MonkeyPatch.context() as patched:
        clock = Clock()
        patched.setattr("model.training.time", clock)
        yield clock


def start(settings, dataset):
    return create_state(settings, settings.epochs * steps_per_epoch(settings, dataset))


def weights(state):
    return np.concatenate([array.ravel() for array in state.network.get_weights()])


@pytest.fixture(scope="module")
def finished(settings, dataset):
    state = start(settings, dataset)
    return state, list(fit(state, settings, dataset))


def test_progress_runs_from_nothing_to_the_last_step(finished):
    state, reports = finished
    assert reports[0].step == 0 and reports[0].loss is None
    assert [report.step for report in reports] == sorted(report.step for report in reports)
    last = reports[-1]
    assert (last.epoch, last.step, last.epochs_done) == (2, last.steps, 2) and last.ends_epoch
    assert [report.epoch for report in reports if report.ends_epoch] == [1, 2]
    assert state.epochs_done == 2


def test_an_epoch_is_in_progress_until_it_is_validated(settings, dataset, monkeypatch):
    monkeypatch.setattr(training, "REPORTS_A_SECOND", math.inf)
    ended = 0
    for report in fit(start(settings, dataset), settings, dataset):
        assert report.epoch == ended + 1
        ended += report.ends_epoch


def test_it_learns_and_says_so(finished):
    _, reports = finished
    first, second = (report for report in reports if report.ends_epoch)
    assert second.loss < first.loss and second.val_loss < first.val_loss
    assert second.val_accuracy > 0.85 and 0.8 < second.accuracy < 1


def test_at_most_ten_reports_a_second_and_an_estimate_of_what_is_left(settings, finished):
    _, reports = finished
    within = [report for report in reports if not report.ends_epoch]
    assert len(within) > 10
    assert all(b.seconds - a.seconds > 0.09 for a, b in itertools.pairwise(within[1:]))
    assert reports[-1].seconds_left == 0
    middle = reports[len(reports) // 2]
    assert middle.seconds_left == pytest.approx(reports[-1].seconds - middle.seconds, rel=0.2)
    first, late = next(report for report in reports if report.ends_epoch), within[-1]
    pace = (late.step - first.step) / (late.seconds - first.seconds)
    assert late.samples_per_second == pytest.approx(pace * settings.batch_size, rel=0.2)


def test_what_it_reports_is_what_the_network_does(finished, dataset):
    state, reports = finished
    found = state.network.predict_on_batch(dataset.validation.images).argmax(axis=1)
    assert (found == dataset.validation.labels).mean() == pytest.approx(reports[-1].val_accuracy)


def test_the_same_seed_gives_the_same_weights_and_no_batch_goes_through_tf_data(
    finished, settings, dataset, monkeypatch
):
    def refuse(dataset):
        raise AssertionError("an epoch would end when a thread of tf.data wakes")

    monkeypatch.setattr("tensorflow.data.Dataset.__iter__", refuse)
    again = start(settings, dataset)
    list(fit(again, settings, dataset))
    assert np.array_equal(weights(again), weights(finished[0]))


def test_pausing_changes_nothing_and_is_not_counted_as_time(finished, settings, dataset, clock):
    state, paused = start(settings, dataset), threading.Event()
    clock.paused = paused
    seen, began = [], clock.now
    for report in fit(state, settings, dataset, paused=paused):
        seen.append(report)
        if len(seen) == 3:
            paused.set()
    assert np.array_equal(weights(state), weights(finished[0]))
    assert clock.slept == 40 and clock.now - began > seen[-1].seconds + 40 * 0.05


@pytest.mark.parametrize("reports_taken", [1, 4])
def test_closing_stops_at_once_and_keeps_what_was_learned(
    settings, dataset, reports_taken, clock, monkeypatch
):
    settings = replace(settings, epochs=1000)
    begun, shards = [], dataset.shards
    monkeypatch.setattr(dataset, "shards", lambda epoch: begun.append(epoch) or shards(epoch))
    state = start(settings, dataset)
    before = weights(state)
    reports = fit(state, settings, dataset)
    for _ in range(reports_taken):
        next(reports)
    reports.close()
    assert len(begun) <= 1 and state.epochs_done == 0
    assert (reports_taken == 1) or not np.array_equal(weights(state), before)


def test_a_dataset_without_validation_is_trained_on_all_the_same(settings, dataset):
    class Few:
        chooses_by_validation, images_per_epoch, validation = False, 500, None

        def shards(self, epoch):
            yield dataset.train[:300]
            yield dataset.train[300:500]

    reports = list(fit(start(settings, Few()), settings, Few()))
    assert [(one.epoch, one.val_loss) for one in reports if one.ends_epoch] == [(1, None), (2, None)]
    assert reports[-1].step == reports[-1].steps == 16


def test_an_error_in_training_is_raised_where_the_progress_is_read(settings, dataset):
    class Broken:
        chooses_by_validation, images_per_epoch = False, 64
        validation = dataset.validation

        def shards(self, epoch):
            raise RuntimeError("no more images")
            yield

    with pytest.raises(RuntimeError, match="no more images"):
        list(fit(start(settings, dataset), settings, Broken()))


@pytest.fixture
def batches_seen(monkeypatch):
    """Loss, accuracy and size of each batch, by itself, in the order in which they are trained on."""
    seen = []

    def make(network):
        def train_one_by_one(images, labels, size):
            found = []
            for first in range(0, len(labels), size):
                some = slice(first, first + size)
                logs = network.train_on_batch(images[some], labels[some], return_dict=True)
                found.append((float(logs["loss"]), float(logs["digit_accuracy"]), len(labels[some])))
            seen.extend(found)
            *values, counts = np.array(found).T
            return tuple(np.average(values, axis=1, weights=counts))

        return train_one_by_one

    monkeypatch.setattr("model.training.make_train_batches", make)
    return seen


def test_a_row_holds_the_mean_of_the_batches_since_the_row_before(settings, dataset, batches_seen):
    reports = list(fit(start(settings, dataset), settings, dataset))
    rows = [report.row for report in reports if report.row]
    begins = [0, *(row["step"] for row in rows)]
    for row, first_step in zip(rows, begins, strict=False):
        *values, images = np.array(batches_seen[first_step : row["step"]]).T
        for value, name in zip(values, ("loss", "accuracy"), strict=True):
            assert row[name] == pytest.approx(np.average(value, weights=images), rel=1e-6)
    first = next(report for report in reports if report.ends_epoch)
    *values, images = np.array(batches_seen[: first.step]).T
    assert first.loss == pytest.approx(np.average(values[0], weights=images), rel=1e-6)
    assert first.accuracy == pytest.approx(np.average(values[1], weights=images), rel=1e-6)


def test_a_last_batch_that_cannot_be_parted_equally_among_devices_is_filled_up(
    settings, dataset, batches_seen, monkeypatch
):
    monkeypatch.setattr(training, "count_replicas", lambda: 7)
    settings = replace(settings, epochs=1, batch_size=70)
    list(fit(start(settings, dataset), settings, dataset))
    sizes = [size for *_, size in batches_seen]
    assert sizes == [70] * 91 + [35]  # 6,400 images: the last 30 and five of them once more


def test_at_most_twenty_rows_an_epoch_the_last_at_its_end(finished, settings):
    _, reports = finished
    rows = [report.row for report in reports if report.row]
    ends = [row["epoch"] for row in rows if row["val_loss"] is not None]
    assert ends == [1, 2] == [report.row["epoch"] for report in reports if report.ends_epoch]
    for epoch in (0, 1):
        assert 2 < len([row for row in rows if epoch < row["epoch"] <= epoch + 1]) <= ROWS_AN_EPOCH
    steps = np.diff([0, *(row["step"] for row in rows)])
    assert steps.min() >= reports[-1].steps / settings.epochs / ROWS_AN_EPOCH


def test_batches_in_one_call_teach_what_they_teach_one_by_one(settings, dataset):
    few, found = dataset.train[:600], []  # nine batches, and one of 24
    for groups in ([600], [64, 384, 152], None):
        network = create_state(settings, 10).network
        seed_dropout(network, 1, 0)
        if groups:
            train_batches = make_train_batches(network)
            for count, end in zip(groups, np.cumsum(groups), strict=True):
                told = train_batches(few.images[end - count : end], few.labels[end - count : end], 64)
                assert np.isfinite(told).all() and 0 < told[1] < 1
        else:
            for first in range(0, 600, 64):
                network.train_on_batch(few.images[first : first + 64], few.labels[first : first + 64])
        found.append(np.concatenate([array.ravel() for array in network.get_weights()]))
    assert np.array_equal(found[0], found[1])
    assert found[2] == pytest.approx(found[0], abs=1e-6)


def test_the_last_epoch_that_is_not_clearly_worse_than_the_best_is_chosen(settings, dataset):
    state = start(settings, dataset)
    chosen = []
    for epoch, accuracy in enumerate([0.97, 0.990, 0.992, 0.990, 0.980], 1):
        state.epochs_done = epoch
        state.choose(accuracy, 2500)
        chosen.append(state.chosen_epoch)
    assert chosen == [1, 2, 3, 4, 4]
    assert len(state.chosen_weights) == len(state.network.weights)
