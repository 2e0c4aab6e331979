"""What Keras computes on: the devices it finds, and one training spread over several of them.

Spreading is data-parallel and all Keras' own (keras.distribution): every device holds the whole network, is
given its share of each batch, and the gradients are averaged, so that a batch teaches what it would teach on
one device. Of Keras' backends only JAX can do it: on TensorFlow keras.distribution is a prototype that leaves
everything on the first device, on PyTorch it is missing.
"""

import gc
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from model.errors import Term
from model.makers import count_cores
from model.quiet import drop_notes
from model.settings import SettingsError

BACKENDS = ("tensorflow", "jax", "torch")  # Keras' own, its default first; each is the name of a module, too


def start_backend() -> None:
    """Imports Keras and lets its backend look for devices, which takes seconds and is done once. TensorFlow's
    notes on its build are not shown. Raises SettingsError if KERAS_BACKEND is unknown or not installed."""
    backend = os.environ.get("KERAS_BACKEND") or BACKENDS[0]
    if backend not in BACKENDS or not importlib.util.find_spec(backend):
        raise SettingsError("devices.no-backend", backend=backend, backends=BACKENDS)
    os.environ["KERAS_BACKEND"] = backend  # not what ~/.keras/keras.json says
    if "keras" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # after the import: errors alone
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # leaves the rest of a GPU to others
    collects = gc.isenabled()
    gc.disable()  # it finds little during an import, and takes an eighth of the time
    try:
        with drop_notes():
            name_device()
    finally:
        if collects:
            gc.enable()


def spread_over(count: int, batch_size: int) -> None:
    """Spreads every network that is built from now on over the first `count` devices, GPUs where there are
    any. Raises SettingsError if the backend is not JAX, if there are fewer, or if `count` does not divide the
    batch size."""
    start_backend()
    if count == 1:
        return
    import keras

    backend = keras.backend.backend()
    if backend != "jax" and count > 1:
        raise SettingsError("devices.needs-jax", backend=backend, count=count)
    found = keras.distribution.list_devices() if backend == "jax" else [backend]
    if not 1 <= count <= len(found):
        raise SettingsError("devices.too-many", found=len(found), count=count)
    if batch_size % count:
        raise SettingsError("devices.batch-size", count=count, batch_size=batch_size)
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=found[:count]))


def count_replicas() -> int:
    """Over how many devices each batch is spread, in equal shares."""
    import keras

    spread = keras.distribution.distribution()
    return spread.num_model_replicas if spread else 1


def runs_on_gpu() -> bool:
    """Whether JAX computes on something other than the processor."""
    import jax

    return jax.default_backend() != "cpu"


def name_device() -> str:
    """What Keras computes on, with the backend: "GPU cuda:0 (jax)", "CPU, 2 cores (tensorflow)"."""
    import keras

    backend = keras.backend.backend()
    if spread := keras.distribution.distribution():
        names = list(spread.device_mesh.devices)
    elif backend == "torch":  # has no keras.distribution.list_devices
        names = [name_torch_gpu()]
    else:
        names = [name for name in keras.distribution.list_devices()[:1] if not name.startswith("cpu")]
    names = list(filter(None, names))
    if not names:
        return f"CPU, {count_cores()} cores ({backend})"
    return f"{'CPU' if names[0].startswith('cpu') else 'GPU'} {', '.join(names)} ({backend})"


def name_torch_gpu() -> str | None:
    """The GPU that Keras uses on PyTorch: one of CUDA, or Apple's by way of Metal ("mps")."""
    import torch

    if torch.cuda.is_available():
        return torch.cuda.get_device_name(0)
    return "mps" if torch.backends.mps.is_available() else None


def explain_missing_gpu() -> Term | None:
    """A sentence where an NVIDIA driver answers but Keras computes on the CPU, with what mends it; else
    None. A GPU that was hidden on purpose (CUDA_VISIBLE_DEVICES) is not missing."""
    if "CUDA_VISIBLE_DEVICES" in os.environ or not name_device().startswith("CPU") or not finds_driver():
        return None
    import keras

    backend = keras.backend.backend()
    cure = CURES_ON_WINDOWS[backend] if os.name == "nt" else CURES[backend]
    return Term("missing-gpu", backend=backend, cure=cure)


CURES = {  # on Linux, and in WSL2
    "tensorflow": Term("cure.command", command='pip install "tensorflow[and-cuda]==2.21.0"'),
    "jax": Term("cure.command", command='pip install "jax[cuda12]"'),
    "torch": Term(
        "cure.command",
        command="pip install torch --force-reinstall --index-url https://download.pytorch.org/whl/cu128",
    ),
}
CURES_ON_WINDOWS = {
    "tensorflow": Term("cure.windows", name="TensorFlow"),
    "jax": Term("cure.windows", name="JAX"),
    "torch": CURES["torch"],
}


def finds_driver() -> bool:
    """Whether the machine shows a driver of NVIDIA and a GPU that belongs to it."""
    if any(Path("/dev").glob("nvidia[0-9]*")):  # Linux; not in a container without the GPU
        return True
    if not (tool := shutil.which("nvidia-smi")):  # Windows and WSL2
        return False
    try:
        listed = subprocess.run([tool, "-L"], capture_output=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return listed.returncode == 0 and listed.stdout.startswith(b"GPU ")
