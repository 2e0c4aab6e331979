"""Training jobs, with a worker that plays back a run, and with one real worker."""

from types import SimpleNamespace

import numpy as np
import pytest

from model.settings import choose_settings
from model.training import ROWS_AN_EPOCH
from tests.support import recorded_worker
from tests.support.processes import wait_until
from tests.support.words import say
from ui.inside.training import make_poll
from ui.server.files import FILES
from ui.server.job import DONE, PAUSED, STOPPED, TRAINING, WAITING
from ui.server.job_queue import MAX_SUSPENDED, JobQueue
from ui.server.messages import Probe, ProbeReading, SendWeights
from ui.server.sessions import Session
from ui.server.training_job import MAX_READINGS, TrainingJob
from ui.training.runs import name_differences
from ui.training.status import describe_training

SEVEN = [[[10.0, 10.0], [50.0, 10.0], [30.0, 80.0]]]


def make_settings(**changes):
    return choose_settings("dense", "tutorial", **{"epochs": 1, **changes})


def make_job(job_queue=None, image=None, worker=recorded_worker.WORKER, **changes):
    return TrainingJob(make_settings(**changes), job_queue or JobQueue(), lambda: image, worker=worker)


@pytest.fixture
def job():
    """A long training in progress, abandoned at the end of the test."""
    job = make_job(image=np.full((28, 28), 51, np.uint8), epochs=100)
    job.start()
    wait_until(lambda: len(job.rows) > 3)
    yield job
    job.abandon()
    job._thread.join()


def test_a_waiting_job_tells_its_place_and_leaves_the_queue_when_it_is_stopped():
    job_queue = JobQueue()
    job_queue.join("another job")
    job = make_job(job_queue)
    job.start()
    assert job.phase == WAITING
    assert say(describe_training(job)["headline"]) == "1 job is ahead of yours, which starts by itself."
    job.stop()
    wait_until(lambda: job.phase == STOPPED)
    wait_until(lambda: job_queue.find_position(job) is None)
    assert say(describe_training(job)["headline"]) == "Stopped."


def test_a_job_that_is_done_has_its_rows_and_predictions_and_frees_the_queue():
    job_queue = JobQueue()
    job, next_job = make_job(job_queue, epochs=3), make_job(job_queue)
    job.start()
    next_job.start()
    wait_until(lambda: job.is_over and next_job.is_over)
    assert job.phase == next_job.phase == DONE
    assert [row["step"] for row in job.rows] == list(range(1, 3 * ROWS_AN_EPOCH + 1))
    assert set(job.predictions) == {"mnist-test", "held-out"}
    assert job.position == 0 and job_queue.find_position(job) is None


def test_stop_ends_a_training_at_once_and_keeps_what_was_learned(job):
    job.stop()
    assert job.phase == STOPPED
    wait_until(lambda: job.has_network)
    assert 0 < job.epoch < 100
    assert say(describe_training(job)["headline"]).startswith("Stopped in epoch")


def test_abandon_ends_a_training_at_once_and_keeps_nothing(job):
    job.abandon()
    wait_until(lambda: job.is_over)
    assert job.phase == STOPPED and not job.has_network


def test_a_job_that_has_ended_stays_as_it_ended():
    job = make_job()
    job.start()
    wait_until(lambda: job.is_over)
    for end in (job.stop, job.abandon, job.pause, job.resume):
        end()
    assert job.phase == DONE and job.has_network


def test_a_paused_training_stands_still_lets_others_train_and_goes_on(job):
    job.pause()
    assert job.phase == PAUSED
    other = make_job(job._job_queue)
    other.start()
    wait_until(lambda: other.is_over)  # by then the last report of the paused one has come
    step = job.progress.step
    assert other.phase == DONE and not job.ended
    job.resume()
    wait_until(lambda: job.phase == TRAINING and job.progress.step > step)


def test_a_resumed_training_waits_for_its_turn(job):
    job.pause()
    job._job_queue.join("another job")
    job.resume()
    assert job.phase == WAITING and job.position == 1
    job._job_queue.leave("another job")
    wait_until(lambda: job.phase == TRAINING)


def test_one_paused_training_too_many_stops_the_one_paused_longest(job):
    stopped = []
    job._job_queue.suspend(SimpleNamespace(stop=lambda: stopped.append("the oldest")))
    for _ in range(MAX_SUSPENDED - 1):
        job._job_queue.suspend(object())
    job.pause()
    assert stopped == ["the oldest"] and job.phase == PAUSED


def test_another_drawing_begins_new_readings(job):
    wait_until(lambda: len(job.readings) > 3)
    before = job.progress.epochs_done
    job._find_image = lambda: np.full((28, 28), 102, np.uint8)
    wait_until(lambda: job.readings and job.readings[0][0] > before)


def test_a_reading_of_the_drawing_before_is_not_taken_for_one_of_the_new_drawing():
    job = make_job()
    job._probe = Probe(2, np.zeros((28, 28), np.uint8))
    for number in (1, 2):
        job._receive(ProbeReading(number, 0.5, (0.1,) * 10))
    assert job.readings == [(0.5, (0.1,) * 10)]


def test_readings_are_bounded_however_long_a_training_is():
    job = make_job(epochs=2)
    job._probe = Probe(1, np.zeros((28, 28), np.uint8))
    for step in range(10_000):
        job._receive(ProbeReading(1, step / 5000, (0.1,) * 10))
    assert len(job.readings) == MAX_READINGS and job.readings[-1][0] == 9999 / 5000


def test_weights_are_sent_when_somebody_asks_and_at_most_once_a_second(job, monkeypatch):
    assert job.newest is None
    sent = []
    monkeypatch.setattr(job, "_send", lambda message, send=job._send: (sent.append(message), send(message)))
    for _ in range(3):
        job.ask_for_weights()
    wait_until(lambda: job.newest)
    assert [message for message in sent if isinstance(message, SendWeights)] == [SendWeights()]
    assert [array.shape for array in job.newest.weights] == [(784, 128), (128,), (128, 10), (10,)]
    assert 0 < job.newest.card["epoch"] < 100 and not job.has_network


def test_the_network_in_training_is_published_to_its_visitor_until_there_is_a_newer_one(job):
    session = Session()
    session.begin_training(job)
    poll = make_poll(SimpleNamespace(find=lambda session_hash: session))
    request = SimpleNamespace(session_hash="a")
    assert poll(request) == {"goes_on": True, "epochs": 100, "network": None}
    wait_until(lambda: job.newest)
    found = poll(request)["network"]
    kernel, first = job.newest.weights[0], found["first"]
    shares = np.frombuffer(read_published(first["url"]), np.int8).reshape(first["shape"])
    assert np.abs(shares / 127 * first["largest"] - kernel).max() <= 0.51 * first["largest"] / 127
    assert len(read_published(found["url"])) == found["size"] == 2 * 101_770  # float16
    assert poll(request)["network"]["url"] == found["url"]  # as long as it is the newest
    job.stop()
    wait_until(lambda: job.has_network)
    answer = poll(request)
    assert not answer["goes_on"] and answer["network"]["url"] != found["url"]
    assert read_published(found["url"]) is read_published(first["url"]) is None
    session.close()
    assert read_published(answer["network"]["url"]) is None


def read_published(address):
    content, _ = FILES._contents.get(address.removeprefix("files/"), (None, False))
    return content


def test_runs_are_named_by_what_differs():
    settings = make_settings()
    assert say(name_differences(settings, make_settings())) == "same settings"
    others = make_settings(batch_size=256, optimizer="sgd")
    assert say(name_differences(settings, others)) == "batch size 256, sgd"
