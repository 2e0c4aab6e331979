"""What the preprocessing and the recipe are worth on the writing of strangers: a table.

    python train.py --network dense --recipe tutorial --out runs/tutorial
    python train.py --network cnn --recipe tutorial --out runs/tutorial
    python -m tests.benchmarks.strangers runs/tutorial

Drawings are those of writers 25 to 30, whom no network here was trained on. They are shown to the tutorial's
networks as a plain program would (the canvas resized to 28 × 28, once with the digit as large as its writer
made it, once half as large and off the middle), then through our preprocessing, and last to the networks that
ship.
"""

import sys
from pathlib import Path

import numpy as np

from model.classifier import Classifier
from model.datasets import HELD_OUT_WRITERS, TABLET_HEIGHT, by_writers, load_pen_digits
from model.networks import NETWORKS
from model.preprocess import SIDE, Paths, draw_paths, preprocess_all


def resize_canvas(paths: Paths, size: float = 1.0, place: float = 0.0) -> np.ndarray:
    """The tablet's square as a 28 × 28 image; the drawing at `size`, `place` of the side further right."""
    middle = TABLET_HEIGHT / 2
    moved = (paths.xy - middle) * size + middle + place * TABLET_HEIGHT
    return draw_paths(paths.replace_xy(moved * SIDE / TABLET_HEIGHT))


def main(tutorial: Path) -> None:
    drawings = by_writers(load_pen_digits(), HELD_OUT_WRITERS)
    paths, labels = Paths.of(drawings), np.array([drawing.label for drawing in drawings])
    shown = {
        "canvas resized": resize_canvas(paths),
        "canvas resized, digit small and off the middle": resize_canvas(paths, 0.5, 0.15),
        "our preprocessing": preprocess_all(paths),
    }
    print(f"{len(labels)} drawings of writers {HELD_OUT_WRITERS[0]} to {HELD_OUT_WRITERS[-1]}, read right")
    print(f"{'':60}" + "".join(f"{name:>9}" for name in NETWORKS))
    for what, folder, images in (
        *((f"tutorial's recipe, {what}", tutorial, images) for what, images in shown.items()),
        ("the recipe that ships, our preprocessing", None, shown["our preprocessing"]),
    ):
        networks = [Classifier.load(name, folder) if folder else Classifier.load(name) for name in NETWORKS]
        shares = [(network.probabilities(images).argmax(axis=1) == labels).mean() for network in networks]
        print(f"{what:60}" + "".join(f"{share:9.1%}" for share in shares))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
