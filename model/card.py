"""A network's card: what is known of it, as a plain dictionary that is saved beside its weights.

`make_card` is the one maker: for `train.py`, for the page and for what a visitor downloads there. The scores
come in afterwards, as {"scores": {set: figures of model.evaluate}}.
"""

import platform
from importlib.metadata import version
from typing import TYPE_CHECKING

from model.calibration import choose_temperature, choose_threshold
from model.classifier import Classifier, soften
from model.devices import name_device
from model.recipes import HandwritingData, Settings

if TYPE_CHECKING:
    import keras


def make_card(network: "keras.Model", settings: Settings, dataset, epoch: float, seconds: float) -> dict:
    """The card of a network that was trained on `dataset` with these settings.

    epoch: how many epochs its weights have learned, 2.25 where the training was stopped within the third.
    seconds: of training. Where the dataset holds writers to choose by, the temperature and the threshold are
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
            backend: version(backend),
        },
    }
    if isinstance(dataset, HandwritingData):
        card |= {"writers": {"trained": dataset.writers, "chosen_by": dataset.choosing}}
        card |= calibrate(network, dataset)
    return card


def calibrate(network: "keras.Model", dataset: HandwritingData) -> dict:
    """The temperature and the threshold, chosen on the writers that choose."""
    plain = Classifier(network, {}).probabilities(dataset.validation.images[..., 0])
    temperature = choose_temperature(plain, dataset.validation.labels)
    return {"temperature": temperature, "threshold": choose_threshold(soften(plain, temperature))}
