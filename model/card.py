"""A network's card: what is known of it, as a plain dictionary that is saved beside its weights.

`make_card` is the one maker: for `train.py`, for the page and for what a visitor downloads there. The scores
come in afterwards, as {"scores": {set: figures of model.evaluate}}.
"""

import importlib
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING

from model.calibration import calibrate
from model.classifier import Classifier
from model.devices import name_device
from model.recipes import HandwritingData
from model.settings import Settings

if TYPE_CHECKING:
    import keras


def make_card(network: "keras.Model", settings: Settings, dataset, epoch: float, seconds: float) -> dict:
    """The card of a network that was trained on `dataset` with these settings.

    epoch: epochs trained; 2.25 if the training was stopped a quarter into the third.
    seconds: of training. Where the dataset holds validation writers, the temperature and the threshold are
    chosen on them.
    """
    import keras

    backend = keras.backend.backend()
    card = {
        "network": settings.network,
        "parameters": network.count_params(),
        "settings": settings.as_dict(),
        "epoch": epoch,
        "seconds": round(seconds, 1),
        "device": name_device(),
        "versions": {
            "python": platform.python_version(),
            "keras": keras.__version__,
            "numpy": version("numpy"),
            backend: str(importlib.import_module(backend).__version__),  # PyTorch's is a class of its own
        },
    }
    if isinstance(dataset, HandwritingData):
        card |= {"writers": dataset.split.writers}
        card |= calibrate_network(network, dataset)
    return card


def calibrate_network(network: "keras.Model", dataset: HandwritingData) -> dict[str, float]:
    """The temperature and the threshold, chosen on the dataset's validation data."""
    raw = Classifier(network, {}).probabilities(dataset.validation.images[..., 0])
    return calibrate(raw, dataset.validation.labels, dataset.settings.network)
