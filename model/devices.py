"""What Keras computes on: the devices it finds, and one training spread over several of them.

Spreading is data-parallel and all Keras' own (keras.distribution): every device holds the whole network, is
given its share of each batch, and the gradients are averaged, so that a batch teaches what it would teach on
one device. Of Keras' backends only JAX can do it: on TensorFlow keras.distribution is a prototype that leaves
everything on the first device, on PyTorch it is missing.
"""

import importlib.util
import os

from model.recipes import SettingsError

BACKENDS = ("tensorflow", "jax", "torch")  # of Keras, whose choice is the first; packages of these names


def check_backend() -> None:
    """Raises SettingsError if Keras is to compute on what is no backend of it or not installed. Does not
    import it, which takes seconds."""
    backend = os.environ.get("KERAS_BACKEND") or BACKENDS[0]
    if backend not in BACKENDS or not importlib.util.find_spec(backend):
        raise SettingsError(
            f"Keras is to compute on {backend}, which is not installed or no backend of it. "
            f"Set KERAS_BACKEND to one of {', '.join(BACKENDS)} that is installed."
        )


def spread_over(count: int, batch_size: int) -> None:
    """Spreads every network that is built from now on over the first `count` devices, GPUs where there are
    any. Raises SettingsError where Keras cannot, or has nothing to compute on."""
    check_backend()
    if count == 1:
        return
    import keras

    backend = keras.backend.backend()
    if backend != "jax" and count > 1:
        raise SettingsError(
            f"On {backend} Keras trains on one device; for {count}, install jax and set KERAS_BACKEND=jax."
        )
    found = keras.distribution.list_devices() if backend == "jax" else [backend]
    if not 1 <= count <= len(found):
        raise SettingsError(
            f"devices must be from 1 to {len(found)}, as many as Keras finds, but is {count}."
        )
    if batch_size % count:
        raise SettingsError(f"batch size must be a multiple of the {count} devices, but is {batch_size}.")
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=found[:count]))


def count_shares() -> int:
    """Into how many equal shares each batch is parted."""
    import keras

    spread = keras.distribution.distribution()
    return spread.num_model_replicas if spread else 1


def name_device() -> str:
    """What Keras computes on, with the backend: "GPU cuda:0 (jax)", "CPU, 2 cores (tensorflow)"."""
    import keras

    backend = keras.backend.backend()
    if spread := keras.distribution.distribution():
        names = list(spread.device_mesh.devices)
    elif backend == "torch":  # has no keras.distribution.list_devices
        import torch

        names = [torch.cuda.get_device_name(0)] if torch.cuda.is_available() else []
    else:
        names = [name for name in keras.distribution.list_devices()[:1] if not name.startswith("cpu")]
    if not names:
        return f"CPU, {os.cpu_count()} cores ({backend})"
    return f"{'CPU' if names[0].startswith('cpu') else 'GPU'} {', '.join(names)} ({backend})"
