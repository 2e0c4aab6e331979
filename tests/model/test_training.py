import itertools
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from model.recipes import NO_DIGIT, TutorialData, choose_settings, steps_per_epoch
from model.state import begin, begin_epoch, digit_accuracy, divergence, seed_dropout
from model.training import fit


@pytest.fixture(scope="module")
def settings():
    return choose_settings("dense", "tutorial", epochs=2, batch_size=64, learning_rate=1e-3)


@pytest.fixture(scope="module")
def dataset(settings, data_folder):
    return TutorialData(settings, data_folder)


def start(settings, dataset):
    return begin(settings, settings.epochs * steps_per_epoch(settings, dataset))


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


def test_it_learns_and_says_so(finished):
    _, reports = finished
    first, second = (report for report in reports if report.ends_epoch)
    assert second.loss < first.loss and second.val_loss < first.val_loss
    assert second.val_accuracy > 0.94 and 0.8 < second.accuracy < 1


def test_at_most_ten_reports_a_second_and_an_estimate_of_what_is_left(settings, finished):
    _, reports = finished
    within = [report for report in reports if not report.ends_epoch]
    assert all(b.seconds - a.seconds > 0.09 for a, b in itertools.pairwise(within[1:]))
    assert reports[-1].seconds_left == 0
    middle = reports[len(reports) // 2]
    assert 0.2 < middle.seconds_left / (reports[-1].seconds - middle.seconds) < 5
    # Of the second epoch, late enough that getting going weighs little, however busy the machine is.
    first, late = next(report for report in reports if report.ends_epoch), within[-1]
    pace = (late.step - first.step) / (late.seconds - first.seconds)
    assert late.samples_per_second == pytest.approx(pace * settings.batch_size, rel=0.2)
    assert late.samples_per_second > 1000


def test_what_it_reports_is_what_the_network_does(finished, dataset):
    state, reports = finished
    found = state.network.predict_on_batch(dataset.validation.images).argmax(axis=1)
    assert (found == dataset.validation.labels).mean() == pytest.approx(reports[-1].val_accuracy)


def test_the_same_seed_gives_the_same_weights(finished, settings, dataset):
    again = start(settings, dataset)
    list(fit(again, settings, dataset))
    assert np.array_equal(weights(again), weights(finished[0]))


def test_going_on_from_a_saved_state_ends_where_an_unbroken_run_ends(finished, settings, dataset, tmp_path):
    state = start(settings, dataset)
    reports = fit(state, settings, dataset)
    next(report for report in reports if report.ends_epoch)
    state.save(tmp_path / "state.npz")
    reports.close()
    resumed = start(settings, dataset)
    resumed.load(tmp_path / "state.npz")
    assert resumed.epochs_done == 1
    assert [report.epoch for report in fit(resumed, settings, dataset)][-1] == 2
    assert np.array_equal(weights(resumed), weights(finished[0]))


def test_pausing_changes_nothing_but_the_time_it_takes(finished, settings, dataset):
    state, paused = start(settings, dataset), threading.Event()
    seen = []
    for report in fit(state, settings, dataset, paused=paused):
        seen.append(report)
        if len(seen) == 3:
            paused.set()
            threading.Timer(2, paused.clear).start()
            began = time.monotonic()
    assert np.array_equal(weights(state), weights(finished[0]))
    assert time.monotonic() - began > 2
    assert seen[-1].seconds < time.monotonic() - began + seen[2].seconds - 1.5


@pytest.mark.parametrize("reports_taken", [1, 4])
def test_closing_stops_at_once_and_keeps_what_was_learned(settings, dataset, reports_taken):
    settings = replace(settings, epochs=1000)  # to the end it would take an hour
    state = start(settings, dataset)
    before = weights(state)
    reports = fit(state, settings, dataset)
    for _ in range(reports_taken):
        next(reports)
    began = time.monotonic()
    reports.close()
    assert time.monotonic() - began < 10  # on an idle machine less than one
    assert (reports_taken == 1) or not np.array_equal(weights(state), before)


def test_the_watched_image_is_read_as_the_network_learns(settings, dataset):
    image = dataset.validation.images[0, ..., 0]
    state = start(settings, dataset)
    readings = [report.reading for report in fit(state, settings, dataset, watch=lambda: image)]
    assert all(sum(reading) == pytest.approx(1, abs=1e-5) for reading in readings)
    assert readings[-1][dataset.validation.labels[0]] > max(0.8, readings[0][dataset.validation.labels[0]])


def test_an_error_in_training_is_raised_where_the_progress_is_read(settings, dataset):
    class Broken:
        chooses_by_validation, images_per_epoch = False, 64
        validation = dataset.validation

        def blocks(self, epoch):
            raise RuntimeError("no more images")
            yield

    with pytest.raises(RuntimeError, match="no more images"):
        list(fit(start(settings, dataset), settings, Broken()))


def test_the_loss_is_cross_entropy_and_nought_for_the_even_distribution_where_there_is_no_digit():
    probabilities = np.array([[0.55, *[0.05] * 9], [0.55, *[0.05] * 9], [0.1] * 10], np.float32)
    losses = np.asarray(divergence(np.array([0, NO_DIGIT, NO_DIGIT], np.uint8), probabilities))
    even = 0.1 * (np.log(0.1 / 0.55) + 9 * np.log(0.1 / 0.05))
    assert losses == pytest.approx([-np.log(0.55), even, 0], rel=1e-5, abs=1e-6)


def test_loss_and_accuracy_are_means_since_the_epoch_began(settings, dataset):
    network = begin(replace(settings, learning_rate=1e-6), 10).network  # learns next to nothing
    batches = [dataset.validation[i : i + 100] for i in (0, 100, 200)]

    def train(batch):
        logs = network.train_on_batch(batch.images, batch.labels, return_dict=True)
        return np.array([logs["loss"], logs["digit_accuracy"]])

    begin_epoch(network)
    seed_dropout(network, 1, 0)
    two = [train(batch) for batch in batches[:2]][-1]
    begin_epoch(network)
    assert not np.allclose(train(batches[2]), two)
    alone = []
    seed_dropout(network, 1, 0)
    for batch in batches[:2]:
        begin_epoch(network)
        alone.append(train(batch))
    assert two == pytest.approx(np.mean(alone, axis=0), rel=1e-3)


def test_accuracy_counts_digits_only():
    probabilities = np.eye(10, dtype=np.float32)[[3, 4, 5]]
    assert float(digit_accuracy(np.array([3, 0, NO_DIGIT], np.uint8), probabilities)) == 0.5


def test_the_last_epoch_that_is_not_clearly_worse_than_the_best_is_chosen(settings, dataset):
    state = start(settings, dataset)
    chosen = []
    for epoch, accuracy in enumerate([0.97, 0.990, 0.992, 0.990, 0.980], 1):
        state.epochs_done = epoch
        state.choose(accuracy, 2500)
        chosen.append(state.chosen_epoch)
    assert chosen == [1, 2, 3, 4, 4]
    assert len(state.chosen_weights) == len(state.network.weights)


def test_no_batch_goes_through_tf_data_whose_end_is_waited_for(settings, dataset, monkeypatch):
    def refuse(dataset):
        raise AssertionError("an epoch would end when a thread of tf.data wakes")

    monkeypatch.setattr("tensorflow.data.Dataset.__iter__", refuse)
    reports = fit(start(settings, dataset), settings, dataset)
    assert any(report.ends_epoch for report in reports)
