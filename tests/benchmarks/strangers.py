"""What the preprocessing and the recipe are worth on the writing of strangers: two tables.

    python train.py --network dense --recipe tutorial --out runs/tutorial
    python train.py --network cnn --recipe tutorial --out runs/tutorial
    python -m tests.benchmarks.strangers runs/tutorial

Drawings are those of writers 25 to 30, whom no network here was trained on, and UNIPEN's without the
noise of model.noise. They are shown to the tutorial's networks as a plain program would (the canvas
resized to 28 × 28, once with the digit as large as its writer made it, once half as large and off the
middle), then through our preprocessing, and last, those of the writers, to the networks that ship, which
were trained on UNIPEN. UNIPEN does not say how large the writers' sheets were: a digit takes four fifths
of its canvas.
"""

import sys
from pathlib import Path

import numpy as np

from model.augment import centre
from model.classifier import Classifier
from model.datasets import HELD_OUT_WRITERS, TABLET_HEIGHT, by_writers, load_pen_digits, load_unipen_digits
from model.drawing import Drawing
from model.networks import NETWORKS
from model.noise import load_noise
from model.preprocess import SIDE, Paths, draw_paths, preprocess_all

FILLED = 0.8  # of its canvas, by a digit of UNIPEN


def resize_canvas(paths: Paths, size: float = 1.0, place: float = 0.0) -> np.ndarray:
    """The tablet's square as a 28 × 28 image; the drawing at `size`, `place` of the side further right."""
    middle = TABLET_HEIGHT / 2
    moved = (paths.xy - middle) * size + middle + place * TABLET_HEIGHT
    return draw_paths(paths.replace_xy(moved * SIDE / TABLET_HEIGHT))


def put_on_tablets(paths: Paths) -> Paths:
    """Each drawing in the middle of a square of TABLET_HEIGHT."""
    return paths.replace_xy((FILLED * centre(paths).xy + 0.5) * TABLET_HEIGHT)


def show(title: str, drawings: list[Drawing], paths: Paths, networks: dict[str, Path | None]) -> None:
    """networks: what they are called, and the folder they are in; None for those that ship."""
    labels = np.array([drawing.label for drawing in drawings])
    images = {
        "canvas resized": resize_canvas(paths),
        "canvas resized, digit small and off the middle": resize_canvas(paths, 0.5, 0.15),
        "our preprocessing": preprocess_all(paths),
    }
    print(f"{len(labels)} {title}, read right")
    print(f"{'':60}" + "".join(f"{name:>9}" for name in NETWORKS))
    for recipe, folder in networks.items():
        classifiers = [
            Classifier.load(name, folder) if folder else Classifier.load(name) for name in NETWORKS
        ]
        for what, seen in images.items():
            if folder or what == "our preprocessing":
                shares = [(one.probabilities(seen).argmax(axis=1) == labels).mean() for one in classifiers]
                print(f"{f'{recipe}, {what}':60}" + "".join(f"{share:9.1%}" for share in shares))


def main(tutorial: Path) -> None:
    recipes = {"tutorial's recipe": tutorial}
    pen_digits, noise = by_writers(load_pen_digits(), HELD_OUT_WRITERS), load_noise()
    paths = Paths.of(pen_digits)
    show("drawings of writers 25 to 30", pen_digits, paths, recipes | {"the recipe that ships": None})
    unipen = [one for place, one in enumerate(load_unipen_digits()) if place not in noise]
    show("digits of UNIPEN", unipen, put_on_tablets(Paths.of(unipen)), recipes)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
