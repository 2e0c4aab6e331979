"""python train.py --devices: two of JAX' logical CPU devices, and what other backends say."""

import sys

import numpy as np
import pytest

import train
from model import evaluate
from model.store import load_network, read_card
from tests.support.commands import refusal
from tests.support.processes import run_python

QUICK = "--network dense --recipe quick --epochs 10"

# Does as train.py does for each of these lines of options, one after another, on a few images, where there is
# no TensorFlow. Prints into what shares the batches were parted, and at last the size of a network built from
# the largest seed.
EACH_LINE = """
import sys
class NoTensorFlow:
    def find_spec(name, path=None, target=None):
        if name == "tensorflow":
            raise ImportError(name)
sys.meta_path.insert(0, NoTensorFlow)
import jax, model.steps, train
from model.networks import cnn
from model.settings import BOUNDS
from tests.support.commands import take_few
take_few()
model.steps.runs_on_gpu = lambda: True  # one device trains on several batches in one call, as a GPU does
shares, make = set(), jax.make_array_from_process_local_data
def look(*arguments):
    array = make(*arguments)
    if array is not None:  # as it is for the weights of the images, of which there are none
        shares.add(str([len(shard.data) for shard in array.addressable_shards]))
    return array
jax.make_array_from_process_local_data = look
for options in sys.argv[1:]:
    shares.clear()
    try:
        train.main(options.split())
    except SystemExit as refused:
        print(refused)
    print("shares:", *sorted(shares))
    print("next line")
print(cnn(seed=BOUNDS["seed"][1]).count_params())
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("devices")


@pytest.fixture(scope="module")
def printed(folder):
    """What is printed for each line, in one process with two logical devices."""
    lines = (
        f"--devices 4 --out {folder}/none",
        f"--devices 2 --batch-size 33 --out {folder}/none",
        f"{QUICK} --out {folder}/one",
        f"{QUICK} --devices 2 --out {folder}/two",
    )
    # Compiling takes most of the time: as little of it as there can be.
    hasty = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
    flags = f"--xla_force_host_platform_device_count=2 {hasty}"
    return run_python("-c", EACH_LINE, *lines, KERAS_BACKEND="jax", XLA_FLAGS=flags).stdout.split(
        "next line\n"
    )


def weights(folder):
    return np.concatenate([array.ravel() for array in load_network(folder, "dense")[0].get_weights()])


def test_more_devices_than_there_are_or_than_divide_a_batch_are_refused(printed, folder):
    assert [text.splitlines()[0] for text in printed[:2]] == [
        "train.py: devices must be from 1 to 2, as many as Keras finds, but is 4.",
        "train.py: batch size must be a multiple of the 2 devices, but is 33.",
    ]
    assert not (folder / "none").exists()


def test_two_devices_share_each_batch_and_learn_what_one_does(printed, folder):
    assert "on CPU cpu:0, cpu:1 (jax)" in printed[3]
    assert "shares: [256, 256] [88, 88]" in printed[3]  # batches of 512, the last one of 176
    one, two = (read_card(folder / name, "dense") for name in ("one", "two"))
    assert two["device"] == "CPU cpu:0, cpu:1 (jax)"
    for name, scores in one["scores"].items():
        assert two["scores"][name]["accuracy"] == pytest.approx(scores["accuracy"], abs=0.002)
    # Sums of floating-point numbers in another order, added up over 30 updates.
    assert np.abs(weights(folder / "two") - weights(folder / "one")).max() < 0.01


def test_the_largest_seed_is_none_too_large_for_jax(printed):
    assert printed[4] == "421642\n"


NO_BACKEND = (
    "KERAS_BACKEND={0} is not installed, or no Keras backend. "
    "Install it, or set KERAS_BACKEND to one of tensorflow, jax, torch."
)


def test_without_jax_its_backend_is_refused_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setitem(sys.modules, "jax", None)  # as where it is not installed
    for devices in (1, 2):
        said = refusal(train.main, "--devices", devices, "--out", tmp_path)
        assert said == f"train.py: {NO_BACKEND.format('jax')}"
    assert list(tmp_path.iterdir()) == []
    assert refusal(evaluate.main) == f"model.evaluate: {NO_BACKEND.format('jax')}"


def test_a_backend_that_keras_does_not_know_is_refused_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "tensorflaw")
    assert refusal(train.main, "--out", tmp_path) == f"train.py: {NO_BACKEND.format('tensorflaw')}"
    assert list(tmp_path.iterdir()) == []


def test_on_tensorflow_two_devices_are_refused_with_what_to_do_before_anything_is_made(tmp_path):
    assert refusal(train.main, "--devices", 2, "--out", tmp_path) == (
        "train.py: On tensorflow Keras trains on one device; for 2, install jax and set KERAS_BACKEND=jax."
    )
    assert list(tmp_path.iterdir()) == []
