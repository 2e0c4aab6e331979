"""What each recipe shows a network: the images of an epoch, in shards, and the validation data.

`tutorial` and `quick` show MNIST as it is; the test set is the validation, as in the article, for the curves.
`handwriting` shows MNIST, the pen digits and UNIPEN, bent into other hands, and shapes that are not digits.
Its validation data are of other writers; they choose the epoch, the temperature and the threshold.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from model import datasets
from model.augment import bend, pen_widths, warp_images
from model.drawing import NO_DIGIT
from model.makers import Makers, MakersError
from model.nondigits import draw_nondigits
from model.preprocess import Paths, preprocess_all
from model.settings import MNIST_RECIPES, Settings
from model.splits import split_drawings


@dataclass(frozen=True)
class Shard:
    """A part of an epoch: images (count, 28, 28, 1) uint8 and labels (count,) uint8, 0 to 9 or NO_DIGIT,
    whose target is the uniform distribution."""

    images: np.ndarray
    labels: np.ndarray

    def __getitem__(self, which: slice | np.ndarray) -> "Shard":
        """Some of it, in that order."""
        return Shard(self.images[which], self.labels[which])


def join_shards(shards: Iterable[Shard]) -> Shard:
    shards = list(shards)
    return Shard(
        np.concatenate([shard.images for shard in shards]), np.concatenate([shard.labels for shard in shards])
    )


# Of a dry run: images an epoch, or of each source of `handwriting`, and its shards.
FEW, FEW_SHARDS = 1200, 24


class Dataset(Protocol):
    """What `fit` trains on. validation: None if there is none. chooses_by_validation: whether the network
    takes the weights of the epoch that is best on it."""

    chooses_by_validation: bool
    images_per_epoch: int
    validation: Shard | None

    def shards(self, epoch: int) -> Generator[Shard, None, None]:
        """The images of one epoch (from 0). `fit` closes it."""


class TutorialData:
    """MNIST as it is; the test set is the validation, as in the article, so nothing may be chosen by it."""

    chooses_by_validation = False

    def __init__(self, settings: Settings, few: bool = False):
        mnist = datasets.load_mnist()
        some = slice(FEW) if few else slice(None)
        self.train = Shard(mnist.x_train[some, ..., None], mnist.y_train[some])
        self.validation = Shard(mnist.x_test[some, ..., None], mnist.y_test[some])
        self.seed = settings.seed
        self.images_per_epoch = len(self.train.labels)

    def shards(self, epoch: int) -> Iterator[Shard]:
        """The images of one epoch (from 0), in an order that depends on the seed and the epoch alone."""
        yield self.train[np.random.default_rng([self.seed, epoch]).permutation(len(self.train.labels))]


# An epoch of `handwriting`: MNIST but for VALIDATION_MNIST, DRAWN digits with known strokes, each time in
# another hand, and for each digit of both NONDIGIT_SHARE non-digits. BY_PEOPLE of these are people's letters.
DRAWN = 48_000
NONDIGIT_SHARE = {"dense": 0.35, "cnn": 0.2}
BY_PEOPLE = {"dense": 0.7, "cnn": 0.55}
SHARDS = 192  # so small that training begins at once and the curves move several times a second
MAX_CACHED_EPOCHS = 10  # epochs of images are kept, about 110 MB each
VALIDATION_MNIST = 2000  # of MNIST's training images, the last
PLAIN_SHARE = 0.3  # of MNIST's images are shown as they are


class HandwritingData:
    """MNIST, digits of many collections and shapes that are no digits; see model.splits for who is in it.

    Validation are digits of other writers and the last of MNIST's training images, which are not trained on.
    `split`: options of `split_drawings`, for cross-validation. Raises DataError, DrawingError.
    """

    chooses_by_validation = True

    def __init__(self, settings: Settings, few: bool = False, **split):
        self.settings = settings
        self.split = split_drawings(files=settings.drawings, **split)
        mnist = datasets.load_mnist()
        self.mnist = mnist.x_train[:-VALIDATION_MNIST], mnist.y_train[:-VALIDATION_MNIST]
        labels = [drawing.label for drawing in self.split.validation]
        drawn = preprocess_all(Paths.of(self.split.validation))
        self.validation = Shard(
            np.concatenate([drawn, mnist.x_train[-VALIDATION_MNIST:]])[..., None],
            np.concatenate([labels, mnist.y_train[-VALIDATION_MNIST:]]).astype(np.uint8),
        )
        self.shard_count = FEW_SHARDS if few else SHARDS
        sources = (FEW, FEW) if few else (len(self.mnist[1]), DRAWN)
        real = [images // self.shard_count for images in sources]
        self.counts = (*real, round(NONDIGIT_SHARE[settings.network] * sum(real)))
        self.images_per_epoch = self.shard_count * sum(self.counts)
        # An epoch that is shown once is not kept, so there may be any number of them.
        most = MAX_CACHED_EPOCHS if settings.repeats > 1 else settings.epochs
        self.cached_epochs = min(most, max(1, settings.epochs // settings.repeats))
        self._made: dict[int, list[Shard]] = {}  # by cached epoch
        self._makers = Makers(self.make_shard, _build_maker, (settings, few, split))

    def shards(self, epoch: int) -> Iterator[Shard]:
        """The images of one epoch (from 0). Where they are shown repeatedly, the first epochs are cached and
        later ones cycle through them, shuffled anew, so that the network never sees one of them alone for
        long. An epoch depends on the settings and its number alone, so that a resumed run sees what an
        unbroken one does. The iterator raises MakersError."""
        cached, again = epoch % self.cached_epochs, epoch >= self.cached_epochs
        for one in list(self._made):
            comes_next = epoch + (one - epoch) % self.cached_epochs
            if comes_next >= self.settings.epochs:
                del self._made[one]
        order = np.random.default_rng([self.settings.seed, 2, epoch])
        shards = self._make_epoch(cached)
        for shard in [join_shards(shards)] if again else shards:
            yield shard[order.permutation(len(shard.labels))]

    def _make_epoch(self, cached: int) -> Iterator[Shard]:
        """The shards of a cached epoch. Makers work ahead while earlier shards are trained on; shards are
        kept while a later epoch shows them again."""
        made = self._made.setdefault(cached, [])
        yield from tuple(made)
        try:
            for shard in self._makers.map(cached, range(len(made), self.shard_count)):
                made.append(shard)
                yield shard
        except BrokenExecutor as error:
            raise MakersError("makers.ended") from error
        finally:
            stopped = len(made) < self.shard_count
            if stopped or cached + 1 == self.cached_epochs:  # or nothing is left to make
                self._makers.stop()

    def make_shard(self, cached: int, number: int) -> Shard:
        """A shard. MNIST's images are dealt out to its shards, the rest is drawn at random."""
        rng = np.random.default_rng([self.settings.seed, 1, cached, number])
        dealt = np.random.default_rng([self.settings.seed, 0, cached]).permutation(len(self.mnist[1]))
        from_mnist, drawn, shapes = self.counts
        dealt = dealt[number * from_mnist : (number + 1) * from_mnist]
        images = self.mnist[0][dealt]
        split = self.split
        digits = [split.digits[i] for i in rng.choice(len(split.digits), drawn, p=split.probabilities)]
        labels = np.array([digit.label for digit in digits])
        by_people = BY_PEOPLE[self.settings.network]
        nondigits = Paths.of(draw_nondigits(shapes, by_people, split.digits, split.letters, rng))
        pens = Paths.of(digits)
        if self.settings.augment:
            warped = rng.random(from_mnist) > PLAIN_SHARE
            images[warped] = warp_images(images[warped], rng)
            pens, nondigits = bend(pens, rng, labels), bend(nondigits, rng)
        widths = pen_widths(drawn + shapes, rng)
        return Shard(
            np.concatenate(
                [images, preprocess_all(pens, widths[:drawn]), preprocess_all(nondigits, widths[drawn:])]
            )[..., None],
            np.concatenate([self.mnist[1][dealt], labels, np.full(shapes, NO_DIGIT)]).astype(np.uint8),
        )


def _build_maker(settings: Settings, few: bool, split: dict) -> Callable[[int, int], Shard]:
    return HandwritingData(settings, few, **split).make_shard


def prepare_data(settings: Settings, few: bool = False) -> TutorialData | HandwritingData:
    """The recipe's data, or a few of them for a dry run. Raises DataError, DrawingError."""
    return (TutorialData if settings.recipe in MNIST_RECIPES else HandwritingData)(settings, few)


def steps_per_epoch(settings: Settings, dataset: Dataset) -> int:
    """Batches in an epoch, of which the last one may be smaller."""
    return -(-dataset.images_per_epoch // settings.batch_size)
