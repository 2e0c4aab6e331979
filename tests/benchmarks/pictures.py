"""How well pictures are read: MNIST's digits on sheets of paper, through the functions of model.read.

    python -m tests.benchmarks.pictures              2,000 of MNIST's test images a row
    python -m tests.benchmarks.pictures --train      the last 2,000 training images: for trying things out
    python -m tests.benchmarks.pictures --images 200

Each digit is enlarged, laid off-centre on a larger sheet, photographed (a shadow's edge across, noise) and
read. Row "mixed" draws all of it at random. "points": more or fewer read right than of the same images as
they are. Nothing was chosen by the test images.
"""

import argparse
import io
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from model.classifier import Classifier
from model.datasets import load_mnist
from model.ink import PictureError, find_ink
from model.networks import NETWORKS
from model.normalise import fit_ink

FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}


@dataclass(frozen=True)
class Sheet:
    """How a digit is shown. Pairs are ranges that are drawn from evenly.

    factor: enlargement. filters: names of FILTERS. inverted: share of the pictures that are light on dark.
    margin: the sheet's sides in those of the enlarged image. noise: standard deviation, of 255.
    shadow: share of the light that is missing in it. blur: width of its edge, of the sheet's.
    ink, paper: levels. lines: contrast of ruled lines. grid: lines cross. jpeg: quality, 0 for none.
    """

    factor: tuple[float, float] = (4, 20)
    filters: tuple[str, ...] = tuple(FILTERS)
    inverted: float = 0.5
    margin: tuple[float, float] = (1.2, 2.5)
    noise: tuple[float, float] = (2, 8)
    shadow: tuple[float, float] = (0.1, 0.5)
    blur: tuple[float, float] = (0, 0.2)
    ink: tuple[float, float] = (10, 80)
    paper: tuple[float, float] = (190, 250)
    lines: float = 0
    grid: bool = False
    jpeg: int = 0


EVEN = Sheet(inverted=0, noise=(0, 0), shadow=(0, 0), ink=(0, 0), paper=(255, 255))
MIXED = Sheet()
ROWS = {
    "mixed": MIXED,
    "4 times, no noise, no shadow": replace(EVEN, factor=(4, 4)),
    "20 times, no noise, no shadow": replace(EVEN, factor=(20, 20)),
    "1 time, no noise, no shadow": replace(EVEN, factor=(1, 1)),
    "2 times, noise, shadow": replace(MIXED, factor=(2, 2)),
    **{f"mixed, {name}": replace(MIXED, filters=(name,)) for name in FILTERS},
    "mixed, dark on light": replace(MIXED, inverted=0),
    "mixed, light on dark": replace(MIXED, inverted=1),
    "shadow of 0.7": replace(MIXED, shadow=(0.7, 0.7)),
    "shadow of 0.7, sharp": replace(MIXED, shadow=(0.7, 0.7), blur=(0, 0)),
    "noise of 16": replace(MIXED, noise=(16, 16)),
    "noise of 32": replace(MIXED, noise=(32, 32)),
    "pale ink": replace(MIXED, ink=(130, 150), paper=(200, 220)),
    "sheet 6 times as wide": replace(MIXED, margin=(6, 6), factor=(4, 8)),
    "JPEG, quality 75": replace(MIXED, jpeg=75),
    "JPEG, quality 30": replace(MIXED, jpeg=30),
    "ruled lines of a fifth of the ink's contrast": replace(MIXED, lines=0.2),
    "grid of a fifth": replace(MIXED, lines=0.2, grid=True),
    "grid of a half": replace(MIXED, lines=0.5, grid=True),
}


def photograph(image: np.ndarray, sheet: Sheet, rng: np.random.Generator) -> np.ndarray:
    """A picture, (height, width) uint8, of one (28, 28) image of MNIST."""
    side = round(len(image) * rng.uniform(*sheet.factor))
    enlarged = Image.fromarray(image).resize((side, side), FILTERS[rng.choice(sheet.filters)])
    height, width = (round(side * rng.uniform(*sheet.margin)) for _ in range(2))
    ink = np.zeros((height, width), np.float32)
    top, left = rng.integers(height - side, endpoint=True), rng.integers(width - side, endpoint=True)
    ink[top : top + side, left : left + side] = np.asarray(enlarged) / 255
    y, x = np.mgrid[:height, :width].astype(np.float32)
    if sheet.lines:
        step, line = side / 6, max(1, side // 60)
        ruled = (y % step < line) | ((x % step < line) & sheet.grid)
        ink = np.maximum(ink, sheet.lines * ruled)
    paper = rng.uniform(*sheet.paper)
    light = paper - ink * (paper - rng.uniform(*sheet.ink))
    angle, size = rng.uniform(0, 2 * np.pi), float(max(height, width))
    along = (x - width * rng.uniform(0.3, 0.7)) * np.cos(angle) + (
        y - height * rng.uniform(0.3, 0.7)
    ) * np.sin(angle)
    shade = 1 / (1 + np.exp(-np.clip(along / (size * rng.uniform(*sheet.blur) / 4 + 0.3), -50, 50)))
    light = light * (1 - rng.uniform(*sheet.shadow) * shade)
    if rng.random() < sheet.inverted:
        light = 255 - light
    light = light + rng.uniform(*sheet.noise) * rng.standard_normal(light.shape, np.float32)
    picture = np.clip(np.round(light), 0, 255).astype(np.uint8)
    if sheet.jpeg:
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "JPEG", quality=sheet.jpeg)
        picture = np.asarray(Image.open(file))
    return picture


def read(picture: np.ndarray) -> np.ndarray:
    """The image that model.read shows the network; blank where it refuses the picture."""
    try:
        return fit_ink(find_ink(picture))
    except PictureError:
        return np.zeros((28, 28), np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--train", action="store_true", help="use the last 2,000 training images")
    parser.add_argument("--images", type=int, default=2000, help="of a row (default: 2000)")
    parser.add_argument("--rows", nargs="+", default=list(ROWS), help="only these")
    options = parser.parse_args()
    mnist = load_mnist()
    images, labels = (mnist.x_train, mnist.y_train) if options.train else (mnist.x_test, mnist.y_test)
    images, labels = images[-2000:] if options.train else images, labels[-2000:] if options.train else labels
    networks = [Classifier.load(name) for name in NETWORKS]
    read_right = [network.probabilities(images).argmax(axis=1) == labels for network in networks]
    print(f"{'':46}{'pictures':>9}{'refused':>9}" + "".join(f"{name:>9}{'points':>9}" for name in NETWORKS))
    for name, sheet in [("the images themselves", None), *((name, ROWS[name]) for name in options.rows)]:
        # A sample of the whole set: the second half of MNIST's test set is easier than its first.
        order = np.random.default_rng(1).permutation(len(images))
        some = order if sheet is None else order[: options.images]
        rngs = np.random.default_rng(2).spawn(len(images))
        shown = np.stack(
            [images[i] if sheet is None else read(photograph(images[i], sheet, rngs[i])) for i in some]
        )
        line = f"{name:46}{len(some):9}{(~shown.any(axis=(1, 2))).sum():9}"
        for network, itself in zip(networks, read_right, strict=True):
            share = (network.probabilities(shown).argmax(axis=1) == labels[some]).mean()
            line += f"{share:9.2%}{100 * (share - itself[some].mean()):+9.2f}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
