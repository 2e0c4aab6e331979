"""Makers of shards: processes make what threads make, and end with their training, however it ends."""

import operator
import signal
from functools import partial

import numpy as np
import pytest

from model import makers
from model.makers import Makers
from model.recipes import HandwritingData, _build_maker
from model.settings import choose_settings
from tests.support.processes import run_python
from tests.support.requirements import posix_only

KILLED = """
import functools, operator, os, signal
from model import makers
makers.MAKERS, makers.MOST_THREADS = 2, 0
one = makers.Makers(operator.add, functools.partial, (operator.add,))
print(list(one.map(3, [4, 5])), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("most_threads", [0, 4], ids=["processes", "threads"])
def test_they_make_in_order_and_again_after_a_stop(monkeypatch, most_threads):
    monkeypatch.setattr(makers, "MAKERS", 2)
    monkeypatch.setattr(makers, "MOST_THREADS", most_threads)
    adders = Makers(operator.add, partial, (operator.add,))
    for _ in range(2):
        assert list(adders.map(10, range(20))) == list(range(10, 30))
        adders.stop()


def test_a_shard_made_by_a_process_is_that_of_a_thread():
    """A process builds its data set anew, from the settings alone."""
    arguments = choose_settings("dense", epochs=4), True, {}
    one, other = HandwritingData(*arguments[:2]).make_shard(2, 7), _build_maker(*arguments)(2, 7)
    assert np.array_equal(one.images, other.images) and np.array_equal(one.labels, other.labels)


@posix_only
def test_they_end_when_the_training_is_killed():
    """They hold its standard output: this returns when they have ended."""
    killed = run_python("-c", KILLED)
    assert killed.returncode == -signal.SIGKILL and killed.stdout == "[7, 8]\n"
