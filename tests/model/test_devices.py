"""python train.py --devices: two and five of JAX' logical CPU devices, and what other backends say."""

import importlib.util

import numpy as np
import pytest

from model.store import load_network, read_card
from tests.support.processes import run_python

TUTORIAL = ("--network", "dense", "--recipe", "tutorial", "--epochs", "1", "--batch-size", "64")

# Trains as train.py does, and prints into what shares the batches were parted.
WITH_SHARES = """
import sys, jax, train
shares, make = set(), jax.make_array_from_process_local_data
def look(*arguments):
    array = make(*arguments)
    if array is not None:  # as it is for the weights of the images, of which there are none
        shares.add(str([len(shard.data) for shard in array.addressable_shards]))
    return array
jax.make_array_from_process_local_data = look
train.main(sys.argv[1:])
print("shares:", *sorted(shares))
"""


def train(*options, script=("train.py",), backend="jax", found=2):
    flags = f"--xla_force_host_platform_device_count={found}"
    return run_python(*script, *options, KERAS_BACKEND=backend, XLA_FLAGS=flags)


def refusal(*options, **keywords):
    """The one sentence that it ends with."""
    done = train(*options, **keywords)
    assert done.returncode == 1
    return done.stderr.strip().splitlines()[-1]


def weights(folder):
    return np.concatenate([array.ravel() for array in load_network(folder, "dense")[0].get_weights()])


def test_two_devices_share_each_batch_and_learn_what_one_does(data_folder, tmp_path):
    train(*TUTORIAL, "--out", tmp_path / "one")
    printed = train(*TUTORIAL, "--out", tmp_path / "two", "--devices", 2, script=("-c", WITH_SHARES)).stdout
    assert "on CPU cpu:0, cpu:1 (jax)" in printed
    assert "shares: [16, 16] [32, 32]" in printed  # batches of 64, the last one of 32
    one, two = (read_card(tmp_path / name, "dense") for name in ("one", "two"))
    assert two["device"] == "CPU cpu:0, cpu:1 (jax)"
    for name, scores in one["scores"].items():
        assert two["scores"][name]["accuracy"] == pytest.approx(scores["accuracy"], abs=0.002)
    # Sums of floating-point numbers in another order, added up over 938 updates.
    assert np.abs(weights(tmp_path / "two") - weights(tmp_path / "one")).max() < 0.01


def test_a_last_batch_that_cannot_be_parted_equally_is_filled_up(data_folder):
    options = ("--network", "dense", "--batch-size", 65, "--devices", 5, "--dry-run")
    printed = train(*options, script=("-c", WITH_SHARES), found=5).stdout
    assert "Nothing was kept" in printed
    assert "shares: [13, 13, 13, 13, 13] [4, 4, 4, 4, 4]" in printed  # 3,072 images: 47 batches, 17 over


def test_more_devices_than_there_are_or_than_divide_a_batch_are_refused(tmp_path):
    assert refusal("--devices", 3, "--out", tmp_path) == (
        "train.py: devices must be from 1 to 2, as many as Keras finds, but is 3."
    )
    odd = refusal("--devices", 2, "--batch-size", 33, "--out", tmp_path)
    assert odd == "train.py: batch size must be a multiple of the 2 devices, but is 33."
    assert list(tmp_path.iterdir()) == []


# Does as a command does where jax is not installed.
WITHOUT_JAX = "import sys; sys.modules['jax'] = None; import {0} as command; command.main(sys.argv[1:])"
NO_BACKEND = (
    "Keras is to compute on {0}, which is not installed or no backend of it. "
    "Set KERAS_BACKEND to one of tensorflow, jax, torch that is installed."
)


@pytest.mark.parametrize("devices", [1, 2])
def test_without_jax_its_backend_is_refused_in_one_sentence(tmp_path, devices):
    script = ("-c", WITHOUT_JAX.format("train"))
    said = refusal("--devices", devices, "--out", tmp_path, script=script)
    assert said == f"train.py: {NO_BACKEND.format('jax')}"
    assert list(tmp_path.iterdir()) == []


def test_without_jax_nothing_is_evaluated_on_it():
    said = refusal(script=("-c", WITHOUT_JAX.format("model.evaluate")))
    assert said == f"model.evaluate: {NO_BACKEND.format('jax')}"


def test_a_backend_that_keras_does_not_know_is_refused_in_one_sentence(tmp_path):
    said = refusal("--out", tmp_path, backend="tensorflaw")
    assert said == f"train.py: {NO_BACKEND.format('tensorflaw')}"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not importlib.util.find_spec("tensorflow"), reason="needs TensorFlow")
def test_on_tensorflow_two_devices_are_refused_with_what_to_do_before_anything_is_made(tmp_path):
    assert refusal("--devices", 2, "--out", tmp_path, backend="tensorflow") == (
        "train.py: On tensorflow Keras trains on one device; for 2, install jax and set KERAS_BACKEND=jax."
    )
    assert list(tmp_path.iterdir()) == []
