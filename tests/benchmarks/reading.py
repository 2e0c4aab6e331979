"""How long is a drawing read, from strokes to Prediction? Against `predict` on the image that comes of it.

    python -m tests.benchmarks.reading
    python -m tests.benchmarks.reading --drawings 20

prints a table, a row a network, with medians and 95th percentiles. Drawings are pen digits of writers 25 to
30 as lists, as the pad sends them. Each is read by `Drawing.parse` and `Classifier.read`, preprocessing
included, and the finished image of one in ten by the network's `predict`, in between; both have read some
before the clock counts.
"""

import argparse
import os
import time
from collections.abc import Callable

import numpy as np

from model.classifier import Classifier
from model.datasets import HELD_OUT_WRITERS, by_writers, load_pen_digits
from model.drawing import Drawing
from model.networks import NETWORKS
from model.preprocess import preprocess
from ui.server.worker_process import ONE_THREAD

WARM_UP = 20
TURN = 10  # `predict` takes so long that the drawings would hardly be read at all between two of its calls


def measure(work: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def compare(classifier: Classifier, drawings: list[Drawing]) -> tuple[list[float], list[float]]:
    """Milliseconds of ours, for each drawing, and of `predict`, for one in TURN."""
    ours, theirs = [], []
    for number, drawing in enumerate(drawings):
        strokes, image = drawing.as_lists(), preprocess(drawing)[None, ..., None]
        ours.append(measure(lambda strokes=strokes: classifier.read(Drawing.parse(strokes))))
        if number % TURN == 0:
            theirs.append(measure(lambda image=image: classifier.network.predict(image, verbose=0)))
    return ours, theirs


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--drawings", type=int, default=300, help="how many (default: 300)")
    options = parser.parse_args()
    os.environ.update(ONE_THREAD)  # as app.py does
    every = by_writers(load_pen_digits(), HELD_OUT_WRITERS)
    drawings = every[:: max(1, len(every) // options.drawings)][: options.drawings]
    print(f"{'':8}{'strokes to Prediction':>34}{'predict, image alone':>34}{'by predict':>14}")
    for name in NETWORKS:
        classifier = Classifier.load(name)
        compare(classifier, drawings[:WARM_UP])
        ours, theirs = compare(classifier, drawings)
        columns = [
            f"{median:9.2f} ms, 95th {late:9.2f} ms"
            for median, late in (np.percentile(taken, [50, 95]) for taken in (ours, theirs))
        ]
        ratio = np.median(theirs) / np.median(ours)
        print(
            f"{name:8}" + "".join(f"{column:>34}" for column in columns) + f"{ratio:10.0f} times", flush=True
        )


if __name__ == "__main__":
    main()
