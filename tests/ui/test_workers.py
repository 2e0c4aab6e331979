"""The processes of training jobs: a real one, and such as break off."""

import json
import subprocess
import sys
import tempfile

import numpy as np
import pytest

from model.classifier import Classifier
from model.drawing import Drawing
from model.errors import DigitsError
from model.networks import dense
from model.settings import choose_settings
from tests.support import recorded_worker
from tests.support.processes import PATIENCE, ROOT, keep_priority, wait_until
from tests.support.words import say
from ui.server.job import DONE, FAILED
from ui.server.job_queue import JobQueue
from ui.server.messages import send
from ui.server.sessions import Session
from ui.server.training_job import WORKER, TrainingJob
from ui.server.training_worker import write_keras_file
from ui.training.results import describe_results
from ui.training.status import describe_training

SEVEN = [[[10.0, 10.0], [50.0, 10.0], [30.0, 80.0]]]


def make_settings(**changes):
    return choose_settings("dense", "tutorial", **{"epochs": 1, **changes})


def make_job(worker, **changes):
    return TrainingJob(make_settings(**changes), JobQueue(), lambda: None, worker=worker)


def test_a_worker_that_breaks_off_is_reported_in_one_sentence():
    job = make_job(worker=(sys.executable, "-c", "pass"))
    job.start()
    wait_until(lambda: job.ended)
    assert job.phase == FAILED
    assert say(describe_training(job)["headline"]) == "The training broke off; the server's log says more."


@pytest.mark.parametrize(
    ("epochs", "last", "said"),
    [
        (1, "", "The training broke off; the server's log says more."),
        (
            1,
            "server.tell(Failed(DigitsError('training.no-memory')))",
            "There is not enough memory for this training.",
        ),
        (100, "", "The training broke off; the server's log says more."),  # after Stop
    ],
)
def test_a_worker_that_breaks_off_before_it_has_sent_the_network_is_reported(epochs, last, said):
    code = f"""
import os, sys
from model.errors import DigitsError
from tests.support.recorded_worker import play_progress
from ui.server.messages import Ended, Failed, receive
from ui.server.training_worker import Commands
from ui.server.worker_process import ServerPipe
server, settings = ServerPipe(), receive(sys.stdin.buffer)
commands = Commands(sys.stdin.buffer)
for progress in play_progress(settings):
    server.tell(progress)
    if progress.epoch > 1:
        commands.stopped.wait()
        break
for message in [Ended(), {last}]:
    server.tell(message)
os._exit(1)
"""
    job = make_job(worker=(sys.executable, "-c", code), epochs=epochs)
    job.start()
    wait_until(lambda: job.ended or (job.has_learned and job.progress.epoch > 1))
    job.stop()
    wait_until(lambda: job.is_over)
    assert job.phase == FAILED and not job.has_network
    assert say(describe_training(job)["headline"]) == said


def test_a_worker_whose_server_is_gone_ends_without_a_word():
    pipe = subprocess.PIPE
    command = recorded_worker.WORKER
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=ROOT) as worker:
        send(make_settings(epochs=100), worker.stdin)
        worker.stdout.close()  # as a killed server's ends are
        assert worker.wait(PATIENCE) == 0
        assert b"Traceback" not in worker.stderr.read()


def test_what_a_worker_cannot_do_is_shown_in_its_words():
    code = """
from model.errors import DigitsError
from ui.server.messages import Failed
from ui.server.worker_process import ServerPipe
ServerPipe().tell(Failed(DigitsError("training.no-memory")))
"""
    job = make_job(worker=(sys.executable, "-c", code))
    job.start()
    wait_until(lambda: job.is_over)
    assert job.phase == FAILED
    assert say(describe_training(job)["headline"]) == "There is not enough memory for this training."


def test_a_real_training_learns_reads_the_drawing_and_is_saved_with_its_card():
    session = Session(Drawing.parse(SEVEN))
    job = TrainingJob(make_settings(), JobQueue(), session.find_image, worker=keep_priority(WORKER))
    session.begin_training(job)
    job.start()
    wait_until(lambda: job.is_over)
    assert job.phase == DONE and job.rows[-1]["val_accuracy"] > 0.9
    assert job._process.returncode == 0

    network, card = session.save_network()
    loaded = Classifier.load("dense", network.parent)
    [prediction] = loaded.predict(session.find_image()[None])
    assert prediction.digit == np.argmax(job.readings[-1][1])
    assert loaded.card == json.loads(card.read_text(encoding="utf-8"))
    assert {"device", "versions", "settings", "epoch", "seconds", "scores"} <= set(loaded.card)
    accuracy = job.predictions["mnist-test"].accuracy
    assert loaded.card["scores"]["mnist-test"]["accuracy"] == accuracy == job.rows[-1]["val_accuracy"]
    card = describe_results(job.predictions["held-out"], card=job.make_card())["card"]
    shown = {say(term): say(text) for term, text in card}
    assert shown["network"] == "dense, recipe tutorial"
    assert shown["MNIST's test set"] == f"{accuracy:.2%}".replace("%", " %")
    assert shown["size"] == "101,770 parameters, 0.4 MB"
    assert shown["trained"].startswith("1 of 1 epochs in ")
    assert shown["on"] == job.device != ""
    assert shown["settings"].startswith("batches of 64, learning rate 0.001, adam, relu, dropout 0.5")
    session.close()


def test_without_room_for_its_file_a_network_is_there_but_cannot_be_downloaded(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    assert write_keras_file(dense(seed=1)) is None

    code = """
from ui.server.messages import KerasFile, Trained
from ui.server.worker_process import ServerPipe
server = ServerPipe()
server.tell(KerasFile(None))
server.tell(Trained([], {}))
"""
    job = make_job(worker=(sys.executable, "-c", code))
    job.start()
    wait_until(lambda: job.is_over)
    assert job.has_network
    with pytest.raises(DigitsError, match="no-file"):
        job.save(tmp_path)
