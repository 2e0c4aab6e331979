"""The settings of a training, and the recipes' own: everything that decides how a run comes out.

`tutorial` is the article's to the letter: MNIST alone, batches of 64, Adam at 0.001, ten epochs. `quick` has
the same data and network, larger batches and a falling rate. `handwriting`, the default, is what ships. The
data that each recipe shows are in model.recipes.
"""

from dataclasses import dataclass, fields, replace

from model.errors import DigitsError, Term
from model.networks import ACTIVATIONS, NETWORKS

OPTIMIZERS = ("adam", "sgd", "rmsprop")


class SettingsError(DigitsError):
    """A setting out of its bounds, or one that does not go with the others."""


@dataclass(frozen=True)
class Settings:
    """Everything that decides how a run comes out. The same settings give the same weights on one machine's
    CPU with one backend."""

    network: str
    recipe: str
    epochs: int
    batch_size: int
    learning_rate: float
    decay: bool  # the learning rate falls to zero along half a cosine (Loshchilov and Hutter 2017)
    optimizer: str
    weight_decay: float  # of all but the biases, decoupled from the gradient (Loshchilov and Hutter 2019)
    activation: str
    dropout: float
    augment: bool
    repeats: int  # epochs that show the same augmented images, at least; 1: each has new ones
    seed: int
    drawings: tuple[str, ...] = ()  # drawings files that are trained on, too

    def __post_init__(self):
        object.__setattr__(self, "drawings", tuple(self.drawings))  # from JSON it comes as a list
        for name, allowed in (
            ("network", tuple(NETWORKS)),
            ("recipe", RECIPES),
            ("optimizer", OPTIMIZERS),
            ("activation", ACTIVATIONS),
        ):
            if getattr(self, name) not in allowed:
                raise SettingsError("settings.choice", name=Term(f"setting.{name}"), allowed=allowed)
        for name, (low, high) in BOUNDS.items():
            value = getattr(self, name)
            if not isinstance(value, int | float) or not low <= value <= high:
                raise SettingsError(
                    "settings.bounds", name=Term(f"setting.{name}"), low=low, high=high, value=value
                )
        if not isinstance(self.augment, bool):
            raise SettingsError("settings.augment")
        if self.drawings and self.recipe in MNIST_RECIPES:
            raise SettingsError("settings.mnist-alone", recipe=self.recipe)

    def as_dict(self) -> dict:
        """For JSON."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return values | {"drawings": list(self.drawings)}


BOUNDS = {
    "epochs": (1, 1000),
    "batch_size": (1, 8192),
    "learning_rate": (1e-6, 10),
    "dropout": (0, 0.95),
    "weight_decay": (0, 10),
    "repeats": (1, 1000),
    "seed": (0, 2**31 - 1),
}

_ALL = {"optimizer": "adam", "weight_decay": 0.0, "activation": "relu", "decay": True, "seed": 1}
_MNIST_ALONE = {**_ALL, "epochs": 10, "augment": False, "repeats": 1}
_TUTORIAL = {
    **_MNIST_ALONE,
    "recipe": "tutorial",
    "batch_size": 64,
    "learning_rate": 1e-3,
    "decay": False,
}
_QUICK = {**_MNIST_ALONE, "recipe": "quick"}
_HANDWRITING = {**_ALL, "recipe": "handwriting", "augment": True}
DEFAULTS = {
    ("tutorial", "dense"): {**_TUTORIAL, "dropout": 0.5},
    ("tutorial", "cnn"): {**_TUTORIAL, "dropout": 0.0},
    # Batches of 64 cost `dense` more in the work around each than in arithmetic, and `cnn` a fifth of its
    # time. These reach the same accuracy in as many epochs: judged on 6,000 of MNIST's training images, not
    # on its test set.
    ("quick", "dense"): {**_QUICK, "batch_size": 512, "learning_rate": 8e-3, "dropout": 0.5},
    ("quick", "cnn"): {**_QUICK, "batch_size": 256, "learning_rate": 3e-3, "dropout": 0.0},
    # See docs/experiments.md. `dense` needs no dropout, but many epochs.
    ("handwriting", "dense"): {
        **_HANDWRITING,
        "epochs": 100,
        "batch_size": 512,
        "learning_rate": 4e-3,
        "weight_decay": 0.1,
        "dropout": 0.0,
        "repeats": 12,
    },
    ("handwriting", "cnn"): {
        **_HANDWRITING,
        "epochs": 16,
        "batch_size": 128,
        "learning_rate": 2e-3,
        "dropout": 0.0,
        "repeats": 1,
    },
}
RECIPES = ("handwriting", "tutorial", "quick")
MNIST_RECIPES = ("tutorial", "quick")  # are trained on MNIST alone


def choose_settings(network: str = "cnn", recipe: str = "handwriting", **changes) -> Settings:
    """The recipe's own settings for that network, with `changes` (None: unchanged). Raises SettingsError."""
    if network not in NETWORKS:
        raise SettingsError("settings.choice", name=Term("setting.network"), allowed=tuple(NETWORKS))
    if recipe not in RECIPES:
        raise SettingsError("settings.choice", name=Term("setting.recipe"), allowed=RECIPES)
    settings = Settings(network=network, **DEFAULTS[recipe, network])
    return replace(settings, **{name: value for name, value in changes.items() if value is not None})
