"""Reads pictures of one digit each.

    python -m model.read seven.png photo.jpg
    python -m model.read *.png --show               with the 28 × 28 image that the network sees
    python -m model.read seven.png --network dense --json

PNG, JPEG, BMP or WebP; dark on light or light on dark; from 16 pixels of the longer side to 50 megapixels.
Prints digit and probability for each file. A file that cannot be read is said on standard error, the others
are still read, and the exit status is 1.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from glob import glob
from pathlib import Path

import numpy as np

from model.classifier import Classifier, Prediction
from model.devices import start_backend
from model.errors import DigitsError
from model.ink import PictureError
from model.networks import NETWORKS
from model.pictures import read_picture

SHADES = " .:+#"
MANY = 20  # files, from which on it is said how far reading them has come


def main(arguments: list[str] | None = None) -> int:
    from ui.text.terminal import print_safely, say_in_terminal, stop

    with print_safely():
        options = _parse(arguments)
        try:
            start_backend()
            classifier = Classifier.load(options.network)
        except DigitsError as error:
            stop("model.read", error)
        found = {}
        for file, image, wrong in _read_all(_expand(options.files)):
            if wrong:
                found[file] = {"error": say_in_terminal(wrong)}
                print(f"model.read: {file}: {found[file]['error']}", file=sys.stderr)
                continue
            prediction = classifier.predict(image[None])[0]
            found[file] = {
                "verdict": prediction.verdict,
                "digit": prediction.digit,
                "probabilities": prediction.probabilities,
                "image": image.tolist(),
            }
            if not options.json:
                print(f"{file}: {describe(prediction)}", flush=True)
                if options.show:
                    print(draw(image))
        if options.json:
            print(json.dumps(found))
    return int(any("error" in one for one in found.values()))


def _expand(files: list[str]) -> list[str]:
    """Patterns replaced by the files that fit them: a Windows shell does not do so."""
    expanded = []
    for file in files:
        expanded += [file] if Path(file).exists() else sorted(glob(file)) or [file]
    return expanded


def _read_all(files: list[str]) -> Iterator[tuple[str, np.ndarray | None, PictureError | None]]:
    """Each file with its image or what is wrong with it. Says on a terminal how far it is."""
    counting = len(files) >= MANY and sys.stderr.isatty()
    for number, file in enumerate(files, 1):
        if counting:
            print(f"\r{number} of {len(files)} ", end="", file=sys.stderr, flush=True)
        try:
            image, wrong = read_picture(file), None
        except PictureError as error:
            image, wrong = None, error
        if counting:
            print(f"\r{'':30}\r", end="", file=sys.stderr, flush=True)  # not every terminal knows \033[K
        yield file, image, wrong


def describe(prediction: Prediction) -> str:
    """The digit and its probability, or the likeliest digit where the verdict is "unsure"."""
    likeliest = int(np.argmax(prediction.probabilities))
    share = f"{prediction.probabilities[likeliest]:.1%}"
    if prediction.verdict == "digit":
        return f"{likeliest} ({share})"
    return f"perhaps no digit (most like {likeliest}, {share})"


def draw(image: np.ndarray) -> str:
    """The (28, 28) uint8 image as text, two characters a pixel, as they are twice as high as wide."""
    return "\n".join("".join(SHADES[(value + 63) // 64] * 2 for value in row) for row in image.tolist())


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m model.read", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="pictures: PNG, JPEG, BMP or WebP")
    parser.add_argument("--network", choices=NETWORKS, default="cnn", help="which one (default: cnn)")
    parser.add_argument("--show", action="store_true", help="print the 28 × 28 image too, as text")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
