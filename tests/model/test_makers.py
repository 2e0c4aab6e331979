"""Makers of shards: processes make what threads make, and end with their training, however it ends."""

import operator
import signal
from functools import partial

import numpy as np
import pytest

import train
from model import makers
from model.makers import Makers
from model.recipes import HandwritingData, _build_maker
from model.settings import choose_settings
from tests.support.commands import refusal
from tests.support.processes import end_this_process, run_python
from tests.support.requirements import posix_only

# Ctrl-C reaches every process of the group; here it comes as soon as there is a maker.
CTRL_C = """
import functools, multiprocessing, operator, os, signal, threading, time
from model import makers
makers.MAKERS, makers.MAX_THREADS = 2, 0
def interrupt():
    while not (children := multiprocessing.active_children()):
        time.sleep(0.001)
    for child in children:
        os.kill(child.pid, signal.SIGINT)
threading.Thread(target=interrupt).start()
one = makers.Makers(operator.add, functools.partial, (operator.add,))
print(list(one.map(3, [4, 5])), flush=True)
"""
KILLED = """
import functools, operator, os, signal
from model import makers
makers.MAKERS, makers.MAX_THREADS = 2, 0
one = makers.Makers(operator.add, functools.partial, (operator.add,))
print(list(one.map(3, [4, 5])), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("most_threads", [0, 4], ids=["processes", "threads"])
def test_they_make_in_order_and_again_after_a_stop(monkeypatch, most_threads):
    monkeypatch.setattr(makers, "MAKERS", 2)
    monkeypatch.setattr(makers, "MAX_THREADS", most_threads)
    adders = Makers(operator.add, partial, (operator.add,))
    for _ in range(2):
        assert list(adders.map(10, range(20))) == list(range(10, 30))
        adders.stop()


def test_a_shard_made_by_a_process_is_that_of_a_thread():
    """A process builds its data set anew, from the settings alone."""
    arguments = choose_settings("dense", epochs=4), True, {}
    one, other = HandwritingData(*arguments[:2]).make_shard(2, 7), _build_maker(*arguments)(2, 7)
    assert np.array_equal(one.images, other.images) and np.array_equal(one.labels, other.labels)


def test_a_container_has_the_cores_of_its_quota_and_not_its_hosts(monkeypatch, tmp_path):
    quota = tmp_path / "cpu.max"
    monkeypatch.setattr(makers, "CPU_QUOTA", quota)
    cores = makers.count_cores()
    for said, expected in (("max 100000", cores), ("100000 100000", 1), ("50000 100000", 1), ("", cores)):
        quota.write_text(said, encoding="utf-8")
        assert makers.count_cores() == expected


@posix_only
def test_a_process_that_was_ended_is_said_and_the_run_goes_on(monkeypatch, tmp_path, few):
    monkeypatch.setattr(makers, "MAKERS", 2)
    monkeypatch.setattr(makers, "MAX_THREADS", 0)
    monkeypatch.setattr(makers, "_start", end_this_process)
    said = refusal(train.main, "--network", "dense", "--epochs", 2, "--out", tmp_path)
    assert "for lack of memory" in said and "--resume" in said
    assert (tmp_path / "dense.run").exists()


@posix_only
def test_they_do_not_hear_ctrl_c_from_their_first_moment():
    done = run_python("-c", CTRL_C)
    assert done.stdout == "[7, 8]\n" and done.stderr == ""


@posix_only
def test_they_end_when_the_training_is_killed():
    """They hold its standard output: this returns when they have ended."""
    killed = run_python("-c", KILLED)
    assert killed.returncode == -signal.SIGKILL and killed.stdout == "[7, 8]\n"
