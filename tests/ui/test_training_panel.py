"""The training panel without a browser: the line, runs of visitors, and what the page says of them."""

import json
import subprocess
import threading
import time
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from model.classifier import Classifier
from model.drawing import Drawing
from model.recipes import SettingsError, choose_settings
from model.training import Progress
from tests.support import recorded_worker
from tests.support.processes import PATIENCE, ROOT, wait_until
from ui.server.job import DONE, FAILED, PAUSED, STOPPED, TRAINING, WAITING
from ui.server.job_queue import MAX_PAUSED, MAX_WAITING, JobQueue
from ui.server.messages import Probe, ProbeReading, TestSetPredictions, send
from ui.server.sessions import Session, Sessions
from ui.server.training_job import WORKER, TrainingJob, name_differences
from ui.training.panel import TrainingPanel
from ui.training.results import describe_results, find_images
from ui.training.settings import ALL, SettingsPanel, read_settings
from ui.training.status import describe_training, name_ordinal

SEVEN = [[[10.0, 10.0], [50.0, 10.0], [30.0, 80.0]]]


def make_settings(**changes):
    return choose_settings(
        "dense", "tutorial", **{"epochs": 1, "batch_size": 64, "learning_rate": 1e-3, **changes}
    )


def make_run(line=None, watch=lambda: None, worker=recorded_worker.WORKER, **changes):
    return TrainingJob(make_settings(**changes), line or JobQueue(), watch, worker=worker)


@pytest.fixture(scope="module")
def trained():
    """A session whose run has really trained, and is over."""
    session = Session(Drawing.parse(SEVEN))
    run = make_run(watch=session.find_image, worker=WORKER)
    session.begin_training(run)
    run.start()
    wait_until(lambda: run.is_over)
    return session


@pytest.fixture
def run():
    """A long run under way, played back; stopped at the test's end."""
    run = make_run(epochs=100, watch=lambda: np.full((28, 28), 200, np.uint8))
    run.start()
    yield run
    run.stop()


def test_the_line_serves_in_order_of_arrival_and_is_left_without_a_gap():
    line = JobQueue()
    for who in "abc":
        line.join(who)
    assert [line.find_place(who) for who in "abc"] == [0, 1, 2]
    line.leave("b")
    assert [line.find_place(who) for who in "abc"] == [0, None, 1]
    assert not line.wait_for_turn("c", 0)
    line.leave("a")
    assert line.wait_for_turn("c", 0)


def test_a_line_is_full_until_somebody_leaves_it():
    line = JobQueue()
    for who in range(MAX_WAITING):
        assert not line.is_full
        line.join(who)
    assert line.is_full
    line.leave(3)
    assert not line.is_full


def test_of_those_who_stepped_aside_the_first_must_go_when_there_are_too_many():
    line = JobQueue()
    for who in range(MAX_PAUSED):
        line.join(who)
        assert line.step_aside(who) is None
        assert line.find_place(who) is None
    line.join(0)  # comes back: there is room for one more
    assert line.step_aside("one more") is None
    assert line.step_aside("too many") == 1


def test_who_waits_gets_the_turn_as_soon_as_it_is_free():
    line = JobQueue()
    line.join("first")
    line.join("second")
    got_it = threading.Event()
    threading.Thread(target=lambda: line.wait_for_turn("second", 5) and got_it.set()).start()
    assert not got_it.wait(0.1)
    line.leave("first")
    assert got_it.wait(1)


def test_a_run_in_the_line_says_its_place_and_leaves_it_when_stopped():
    line = JobQueue()
    line.join("somebody who trains")
    run = make_run(line)
    run.start()
    assert run.phase == WAITING
    assert describe_training(run)["headline"] == "You are 1st in line; it starts by itself."
    run.stop()
    wait_until(lambda: run.phase == STOPPED, 10)
    assert line.find_place(run) is None
    assert describe_training(run)["headline"] == "Stopped."


def test_places_are_ordinals():
    numbers = (1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 30)
    assert [name_ordinal(n) for n in numbers] == (
        ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd", "30th"]
    )


def test_a_run_learns_reads_the_watched_drawing_and_gives_its_network(trained):
    run = trained.training
    assert run.phase == DONE
    assert run.rows[-1]["val_accuracy"] > 0.9
    assert len(run.readings) > 2 and len(run.readings[-1][1]) == 10
    [prediction] = run.make_classifier().predict(trained.find_image()[None])
    assert prediction.digit == np.argmax(run.readings[-1][1])


def test_stop_does_not_wait_for_the_end_and_keeps_what_was_learned(run):
    wait_until(lambda: len(run.rows) > 3)
    run.stop()
    wait_until(lambda: run.ended)
    assert run.phase == STOPPED
    wait_until(lambda: run.has_network)
    assert run.epoch < 100
    assert run.make_classifier() is not None


def stands_still(run):
    """Whether nothing is learned for as long as five reports would take."""
    step = run.progress.step
    time.sleep(0.5)
    return run.progress.step == step


def test_a_paused_run_stands_still_gives_way_and_goes_on(run):
    wait_until(lambda: len(run.rows) > 3)
    run.pause()
    assert run.phase == PAUSED and run.place == 0 and run._job_queue.find_place(run) is None
    wait_until(lambda: stands_still(run))  # a report may be under way
    step = run.progress.step
    run.resume()
    wait_until(lambda: run.phase == TRAINING and run.progress.step > step)
    run.pause()
    run.stop()
    wait_until(lambda: run.ended)


def test_a_worker_that_breaks_off_is_reported_in_one_sentence():
    run = make_run(worker=("false",))
    run.start()
    wait_until(lambda: run.ended, 10)
    assert run.phase == FAILED
    assert describe_training(run)["headline"] == "The training broke off; the server's log says more."


def test_a_worker_whose_server_is_gone_ends_without_a_word():
    worker = subprocess.Popen(
        recorded_worker.WORKER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    with worker:
        send(make_settings(epochs=100), worker.stdin)
        worker.stdout.close()  # as a killed server's ends do; its orders may still come to an end later
        assert worker.wait(PATIENCE) == 0
        assert b"Traceback" not in worker.stderr.read()


def test_an_emptied_setting_is_asked_for_and_not_guessed():
    with gr.Blocks():
        panel = SettingsPanel()
        panel.add_more()
    values = [component.value for component in panel.components]
    assert read_settings(values)[0].epochs == 10
    for i in range(len(values)):
        with pytest.raises(SettingsError, match="fill in every field"):
            read_settings((*values[:i], None, *values[i + 1 :]))
    with pytest.raises(SettingsError, match="fill in every field"):
        read_settings(values[:-1])


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("learning_rate", 10, "Learning rate must be from 0.00001 to 1, but is 10."),
        ("learning_rate", 10**400, "Learning rate must be from 0.00001 to 1."),
        ("learning_rate", float("nan"), "Learning rate must be"),
        ("epochs", 0, "Epochs must be from 1 to 100, but is 0."),
        ("epochs", True, "Epochs must be from 1 to 100."),
        ("epochs", "3", "Epochs must be from 1 to 100."),
        ("dropout", 0.95, "Dropout must be from 0 to 0.9, but is 0.95."),
        ("batch_size", 100, "Batch size must be one of 16, 32, 64, 128, 256, 512, 1024."),
        ("network", ["cnn"], "Network to train must be one of dense, cnn."),
        ("augment", 1, "Other hands must be one of True, False."),
    ],
)
def test_a_setting_out_of_bounds_is_refused_with_the_name_of_its_field(name, value, said):
    with gr.Blocks():
        panel = SettingsPanel()
        panel.add_more()
    values = [component.value for component in panel.components]
    values[ALL.index(name)] = value
    with pytest.raises(SettingsError) as refused:
        read_settings(values)
    assert str(refused.value).startswith(said)


def test_runs_are_named_by_what_differs():
    settings = make_settings()
    assert name_differences(settings, make_settings()) == "same settings"
    assert name_differences(settings, make_settings(batch_size=256, optimizer="sgd")) == "batch size 256, sgd"


def test_progress_is_told_with_time_left():
    run = make_run(epochs=10)
    run.phase, run.rows = TRAINING, [{}]
    run.progress = Progress(3, 10, 250, 1000, 0.3, 0.9, False, None, None, 33.0, 99.0, 12345.0, None)
    assert describe_training(run) == {
        "phase": "training",
        "headline": "Epoch 3 of 10",
        "detail": "12 345 images/s · 33 s · 1 min 39 s left",
        "share": 0.25,
    }


def test_a_network_is_judged_and_saved_with_a_card_that_says_so(trained):
    session, run = trained, trained.training
    assert set(run.predictions) == {"mnist-test", "held-out"}
    network, card = session.save_network()
    loaded = Classifier.load("dense", network.parent)
    assert loaded.card == json.loads(card.read_text())
    assert loaded.card["scores"]["mnist-test"]["accuracy"] == run.predictions["mnist-test"].accuracy
    shown = dict(describe_results(run.predictions["held-out"], card=run.make_card())["card"])
    assert shown["network"] == "dense, recipe tutorial"
    assert shown["MNIST's test set"] == f"{run.predictions['mnist-test'].accuracy:.2%}".replace("%", " %")
    assert shown["writers it never saw"] == f"{run.predictions['held-out'].accuracy:.2%}".replace("%", " %")
    assert shown["size"] == "101 770 parameters, 0.4 MB"
    assert shown["trained"].startswith("1 of 1 epochs in ")
    assert shown["settings"].startswith("batches of 64, learning rate 0.001, adam, relu, dropout 0.5")
    assert run.predictions["mnist-test"].accuracy == run.rows[-1]["val_accuracy"]


def test_a_network_that_cannot_be_written_is_told_and_offered_no_more(monkeypatch, tmp_path, capsys):
    with gr.Blocks():
        panel = TrainingPanel(Sessions(), JobQueue(), tmp_path)
    panel.sessions.find("someone").training = SimpleNamespace(has_network=True)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    warned = []
    monkeypatch.setattr(gr, "Warning", warned.append)
    buttons = panel.offer_files(SimpleNamespace(session_hash="someone"))
    assert [(button.value, button.interactive) for button in buttons] == [(None, False)] * 2
    assert len(warned) == 1 and "cannot be downloaded" in warned[0]
    assert "gone" in capsys.readouterr().err and "gone" not in warned[0]


def test_results_count_every_digit_and_show_the_surest_mistake_first():
    labels = find_images("held-out").labels
    probabilities = np.full((len(labels), 10), 0.01, np.float32)
    probabilities[np.arange(len(labels)), labels] = 0.9
    probabilities[3] = np.eye(10)[(labels[3] + 1) % 10]
    probabilities[5] = 0.8 * np.eye(10)[(labels[5] + 1) % 10]
    predictions = TestSetPredictions("held-out", labels, probabilities)
    shown = describe_results(predictions)
    assert np.sum(shown["matrix"]) == len(labels)
    assert [digit["label"] for digit in shown["digits"]] == [labels[3], labels[5]]
    cell = describe_results(predictions, (int(labels[3]), (int(labels[3]) + 1) % 10))
    assert cell["digits"][0] == shown["digits"][0]
    assert describe_results(None)["matrix"] is None


def test_another_drawing_begins_new_readings(run, monkeypatch):
    wait_until(lambda: len(run.readings) > 3)
    monkeypatch.setattr(run, "_find_image", lambda: np.full((28, 28), 100, np.uint8))
    before = run.progress.epochs_done
    wait_until(lambda: run.readings and run.readings[0][0] > before)


def test_a_reading_of_the_drawing_before_is_not_taken_for_one_of_the_new_drawing():
    run = make_run()
    run._probe = Probe(2, np.zeros((28, 28), np.uint8))
    for number in (1, 2):
        run._receive(ProbeReading(number, 0.5, (0.1,) * 10))
    assert run.readings == [(0.5, (0.1,) * 10)]
