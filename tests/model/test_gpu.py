"""What is said of a GPU. There is none here: the backend's and the driver's answers are played."""

import sys
from types import SimpleNamespace

import keras
import pytest

from model import devices
from ui.text.words import Words


@pytest.fixture
def torch(monkeypatch):
    """PyTorch as the backend; its answers are set by the test."""
    cuda, mps = SimpleNamespace(is_available=lambda: False), SimpleNamespace(is_available=lambda: False)
    played = SimpleNamespace(cuda=cuda, backends=SimpleNamespace(mps=mps))
    monkeypatch.setitem(sys.modules, "torch", played)
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    return played


def test_apples_gpu_and_nvidias_are_named_on_pytorch(torch):
    assert devices.name_device().startswith("CPU, ")
    torch.backends.mps.is_available = lambda: True
    assert devices.name_device() == "GPU mps (torch)"
    torch.cuda.is_available, torch.cuda.get_device_name = lambda: True, lambda number: "NVIDIA H100"
    assert devices.name_device() == "GPU NVIDIA H100 (torch)"


@pytest.fixture
def unseen(monkeypatch):
    """A machine whose driver answers, with TensorFlow on the CPU."""
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(devices, "finds_driver", lambda: True)
    monkeypatch.setattr(devices, "name_device", lambda: "CPU, 8 cores (tensorflow)")
    monkeypatch.setattr(keras.backend, "backend", lambda: "tensorflow")


def test_a_gpu_that_the_backend_does_not_see_is_named_with_the_command_that_mends_it(unseen):
    assert Words().say(devices.explain_missing_gpu()) == (
        "There is an NVIDIA GPU, but tensorflow does not see it and computes on the CPU. "
        'Run: pip install "tensorflow[and-cuda]==2.21.0"'
    )


def test_nothing_is_said_where_it_is_used_hidden_on_purpose_or_not_there(unseen, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert devices.explain_missing_gpu() is None
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    monkeypatch.setattr(devices, "finds_driver", lambda: False)
    assert devices.explain_missing_gpu() is None
    monkeypatch.setattr(devices, "finds_driver", lambda: True)
    monkeypatch.setattr(devices, "name_device", lambda: "GPU gpu:0 (tensorflow)")
    assert devices.explain_missing_gpu() is None


def test_the_pins_of_the_cure_and_of_the_requirements_are_one():
    pins = (devices.Path(__file__).parents[2] / "requirements.txt").read_text(encoding="utf-8")
    assert "tensorflow==2.21.0\n" in pins and "==2.21.0" in str(devices.CURES["tensorflow"])
