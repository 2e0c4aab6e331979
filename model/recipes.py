"""What a training is made of: its settings, and the recipes that turn data into what the network is shown.

`tutorial` is the article's to the letter: MNIST alone, batches of 64, Adam at 0.001, ten epochs, the test set
as validation for the curves. `quick` has the same data and network, larger batches and a falling rate.
`handwriting`, the default, is what ships: MNIST and the pen digits of some writers, bent into other hands,
and shapes that are not digits, with other writers to choose the best epoch by, the temperature and the
threshold.
"""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import partial

import numpy as np

from model import datasets
from model.augment import bend, pen_widths, warp_images
from model.networks import ACTIVATIONS, NETWORKS
from model.nondigits import draw_nondigits
from model.preprocess import Paths, preprocess_all

OPTIMIZERS = ("adam", "sgd", "rmsprop")
NO_DIGIT = 10  # the label of shapes whose target is the even distribution


class SettingsError(ValueError):
    """A setting out of its bounds. The text names it, its value and what is possible."""


@dataclass(frozen=True)
class Settings:
    """Everything that decides how a run comes out, so that the same settings give the same weights."""

    network: str
    recipe: str
    epochs: int
    batch_size: int
    learning_rate: float
    decay: bool  # the learning rate falls to zero along half a cosine (Loshchilov and Hutter 2017)
    optimizer: str
    activation: str
    dropout: float
    augment: bool
    repeats: int  # epochs, at least, that show the same lot of augmented images; between them come all others
    seed: int

    def __post_init__(self):
        for name, allowed in (
            ("network", tuple(NETWORKS)),
            ("recipe", RECIPES),
            ("optimizer", OPTIMIZERS),
            ("activation", ACTIVATIONS),
        ):
            if getattr(self, name) not in allowed:
                raise SettingsError(f"{name} must be one of {', '.join(allowed)}.")
        for name, (low, high) in BOUNDS.items():
            value = getattr(self, name)
            if not isinstance(value, int | float) or not low <= value <= high:
                raise SettingsError(
                    f"{name.replace('_', ' ')} must be from {low:g} to {high:g}, but is {value}."
                )
        if not isinstance(self.augment, bool):
            raise SettingsError("augment must be true or false.")

    def as_dict(self) -> dict:
        return {field.name: getattr(self, field.name) for field in fields(self)}


BOUNDS = {
    "epochs": (1, 1000),
    "batch_size": (1, 8192),
    "learning_rate": (1e-6, 10),
    "dropout": (0, 0.95),
    "repeats": (1, 1000),
    "seed": (0, 2**31 - 1),
}

_ALL = {"optimizer": "adam", "activation": "relu", "decay": True, "seed": 1}
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
    # The numbers of `handwriting` come from a few runs judged on the writers that choose. `dense` is so small
    # for all of it that it needs no dropout, but many epochs.
    ("handwriting", "dense"): {
        **_HANDWRITING,
        "epochs": 150,
        "batch_size": 512,
        "learning_rate": 4e-3,
        "dropout": 0.0,
        "repeats": 15,
    },
    ("handwriting", "cnn"): {
        **_HANDWRITING,
        "epochs": 20,
        "batch_size": 128,
        "learning_rate": 2e-3,
        "dropout": 0.0,
        "repeats": 2,
    },
}
RECIPES = ("handwriting", "tutorial", "quick")
MNIST_RECIPES = ("tutorial", "quick")  # are trained on MNIST alone


def choose_settings(network: str = "cnn", recipe: str = "handwriting", **changes) -> Settings:
    """The recipe's own settings for that network, with `changes` (None: unchanged). Raises SettingsError."""
    if network not in NETWORKS:
        raise SettingsError(f"network must be one of {', '.join(NETWORKS)}.")
    if recipe not in RECIPES:
        raise SettingsError(f"recipe must be one of {', '.join(RECIPES)}.")
    settings = Settings(network=network, **DEFAULTS[recipe, network])
    return replace(settings, **{name: value for name, value in changes.items() if value is not None})


@dataclass(frozen=True)
class Block:
    """A part of an epoch: images (count, 28, 28, 1) uint8 and labels (count,) uint8, 0 to 9 or NO_DIGIT."""

    images: np.ndarray
    labels: np.ndarray

    def __getitem__(self, which: slice | np.ndarray) -> "Block":
        """Some of it, in that order."""
        return Block(self.images[which], self.labels[which])


def join_blocks(blocks: Iterable[Block]) -> Block:
    blocks = list(blocks)
    return Block(
        np.concatenate([block.images for block in blocks]), np.concatenate([block.labels for block in blocks])
    )


FEW = 1200  # images are enough to run every part once, and to part them as all are parted


class TutorialData:
    """MNIST as it is; the test set is the validation, as in the article, so nothing may be chosen by it."""

    chooses_by_validation = False

    def __init__(self, settings: Settings, few: bool = False):
        mnist = datasets.load_mnist()
        some = slice(FEW) if few else slice(None)
        self.train = Block(mnist.x_train[some, ..., None], mnist.y_train[some])
        self.validation = Block(mnist.x_test[some, ..., None], mnist.y_test[some])
        self.seed = settings.seed
        self.images_per_epoch = len(self.train.labels)

    def blocks(self, epoch: int) -> Iterator[Block]:
        """The images of one epoch (from 0), in an order that depends on the seed and the epoch alone."""
        yield self.train[np.random.default_rng([self.seed, epoch]).permutation(len(self.train.labels))]


# An epoch of `handwriting`: all of MNIST, every pen digit some times, each time in another hand, and so many
# shapes that are none for each digit: `dense` needs more of them than `cnn`.
# It is made in blocks so small that training begins with the first of them, and the curves move several
# times a second.
PEN_COPIES = 6
NONDIGIT_SHARE = {"dense": 0.35, "cnn": 0.1}
BLOCKS = 192
MAKERS = os.cpu_count() or 1  # threads: as many as cores, so that a GPU does not wait for images
MOST_LOTS = 10  # are made and kept, a lot being all images of an epoch: about 100 MB
CHOOSING_SCANS = 2000  # of MNIST's training images, by the last 20 or so of its writers
PLAIN_SHARE = 0.3  # of MNIST's images are shown as they are


class HandwritingData:
    """MNIST, pen digits of `writers` and shapes that are no digits. Validation are the digits of the
    `choosing` writers and the last of MNIST's training images, which are not trained on."""

    chooses_by_validation = True

    def __init__(
        self,
        settings: Settings,
        few: bool = False,
        writers: tuple[int, ...] = datasets.TRAINING_WRITERS,
        choosing: tuple[int, ...] = datasets.VALIDATION_WRITERS,
    ):
        self.settings, self.writers, self.choosing = settings, writers, choosing
        pen_digits = datasets.load_pen_digits()
        mnist = datasets.load_mnist()
        self.scans = mnist.x_train[:-CHOOSING_SCANS], mnist.y_train[:-CHOOSING_SCANS]
        self.digits = datasets.by_writers(pen_digits, writers)
        chosen_by = datasets.by_writers(pen_digits, choosing)
        labels = np.array([drawing.label for drawing in chosen_by], np.uint8)
        self.validation = Block(
            np.concatenate([preprocess_all(Paths.of(chosen_by)), mnist.x_train[-CHOOSING_SCANS:]])[..., None],
            np.concatenate([labels, mnist.y_train[-CHOOSING_SCANS:]]),
        )
        real = len(self.scans[1]) // BLOCKS, PEN_COPIES * len(self.digits) // BLOCKS
        if few:
            real = FEW // BLOCKS, FEW // BLOCKS
        self.counts = (*real, round(NONDIGIT_SHARE[settings.network] * sum(real)))
        self.images_per_epoch = BLOCKS * sum(self.counts)
        self.lots = min(MOST_LOTS, max(1, settings.epochs // settings.repeats))
        self._made: dict[int, list[Block]] = {}  # by lot

    def blocks(self, epoch: int) -> Iterator[Block]:
        """The images of one epoch (from 0). The first epochs are made one by one; then all of these lots come
        again in turn, shuffled anew, so that the network never sees one of them alone for long. An epoch
        depends on the settings and its number alone, so that a resumed run sees what an unbroken one does."""
        lot, again = epoch % self.lots, epoch >= self.lots
        for one in list(self._made):
            comes_next = epoch + (one - epoch) % self.lots
            if comes_next >= self.settings.epochs:
                del self._made[one]
        order = np.random.default_rng([self.settings.seed, 2, epoch])
        blocks = self._make_lot(lot)
        for block in [join_blocks(blocks)] if again else blocks:
            yield block[order.permutation(len(block.labels))]

    def _make_lot(self, lot: int) -> Iterator[Block]:
        """Its blocks, those to come being made while one is trained on. What is made is kept."""
        made = self._made.setdefault(lot, [])
        yield from tuple(made)
        pool = ThreadPoolExecutor(MAKERS, "data")
        try:
            for block in pool.map(partial(self._make_block, lot), range(len(made), BLOCKS)):
                made.append(block)
                yield block
        finally:  # nobody waits for what is being made when the training is stopped
            pool.shutdown(wait=False, cancel_futures=True)

    def _make_block(self, lot: int, number: int) -> Block:
        """MNIST's images are dealt out to the blocks of a lot; the rest is drawn at random."""
        rng = np.random.default_rng([self.settings.seed, 1, lot, number])
        dealt = np.random.default_rng([self.settings.seed, 0, lot]).permutation(len(self.scans[1]))
        scans, drawn, shapes = self.counts
        dealt = dealt[number * scans : (number + 1) * scans]
        images = self.scans[0][dealt]
        digits = [self.digits[i] for i in rng.integers(len(self.digits), size=drawn)]
        labels = np.array([digit.label for digit in digits])
        nondigits = Paths.of(draw_nondigits(shapes, self.digits, rng))
        pens = Paths.of(digits)
        if self.settings.augment:
            warped = rng.random(scans) > PLAIN_SHARE
            images[warped] = warp_images(images[warped], rng)
            pens, nondigits = bend(pens, rng, labels), bend(nondigits, rng)
        widths = pen_widths(drawn + shapes, rng)
        return Block(
            np.concatenate(
                [images, preprocess_all(pens, widths[:drawn]), preprocess_all(nondigits, widths[drawn:])]
            )[..., None],
            np.concatenate([self.scans[1][dealt], labels, np.full(shapes, NO_DIGIT)]).astype(np.uint8),
        )


def prepare_data(settings: Settings, few: bool = False) -> TutorialData | HandwritingData:
    """The recipe's data, or a few of them for a dry run. Raises model.datasets.DataError."""
    return (TutorialData if settings.recipe in MNIST_RECIPES else HandwritingData)(settings, few)


def steps_per_epoch(settings: Settings, dataset: TutorialData | HandwritingData) -> int:
    """Batches in an epoch, of which the last one may be smaller."""
    return -(-dataset.images_per_epoch // settings.batch_size)
