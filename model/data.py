"""MNIST and the pen digits: find, download, verify, read, split by writer.

A data file is looked for in the folder the user named, else in the one that the environment variable
DIGITS_DATA names, else in Keras' cache (~/.keras/datasets, if that can be written), where it is downloaded to
at first use. It is only read when its SHA-256 is a known one.
"""

import contextlib
import hashlib
import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.drawing import Drawing

# Writers of the pen digits. The last six are never trained on nor chosen by: scores are on them. Of the
# others, two choose what a training may choose (its best epoch, the temperature, the threshold).
TRAINING_WRITERS = tuple(range(1, 23))
CHOOSING_WRITERS = (23, 24)
HELD_OUT_WRITERS = tuple(range(25, 31))

# The tablet of the pen digits is 500 units high, y pointing up (UCI data set 81, pendigits-orig).
TABLET_HEIGHT = 500

_MNIST = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"  # as keras.datasets has it
_PEN_DIGITS = "https://raw.githubusercontent.com/choucavalier/pendigits-hmm/03382e1457941714439d40b67e53eaf117fe4d08/data/"


@dataclass(frozen=True)
class DataFile:
    """A file by the name it has in a data folder, the SHA-256s it may have, the first being that of the
    download, and where it is downloaded from."""

    name: str
    hashes: tuple[str, ...]
    url: str


MNIST = DataFile(
    "mnist.npz",
    (
        "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",  # as Keras downloads it
        "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64",  # re-packed, the same digits
    ),
    _MNIST + "mnist.npz",
)
PEN_DIGITS_TRAIN = DataFile(
    "pendigits-train",
    ("a66225d68d7d68591e62944df1ad33b3f5aa608e2df2505844b41f5568a80da4",),
    _PEN_DIGITS + "pendigits-train",
)
PEN_DIGITS_TEST = DataFile(
    "pendigits-test",
    ("ddb1c19e277a56c7ffe682cc024d6ab73696f9adcc1643ef9ed5aa753007e081",),
    _PEN_DIGITS + "pendigits-test",
)


class DataError(Exception):
    """A data file that is missing, altered or out of reach. The text says what to do."""


@dataclass(frozen=True)
class Mnist:
    """x_*: (count, 28, 28) uint8, ink bright on dark. y_*: (count,) uint8, 0 to 9. 60,000 and 10,000."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def load_mnist(folder: str | Path | None = None) -> Mnist:
    """MNIST from `folder` (default: as the module says). Raises DataError."""
    with np.load(find_file(MNIST, folder)) as archive:
        return Mnist(*(archive[key] for key in ("x_train", "y_train", "x_test", "y_test")))


def load_pen_digits(folder: str | Path | None = None, file: DataFile = PEN_DIGITS_TRAIN) -> list[Drawing]:
    """The pen digits as drawings with labels and writers "w1" to "w30". Raises DataError."""
    with open(find_file(file, folder), encoding="ascii") as lines:
        return list(parse_pen_digits(lines))


def parse_pen_digits(lines: Iterable[str]) -> Iterable[Drawing]:
    """The drawings of a UNIPEN pen-digits file, y turned to point down."""
    label, writer, strokes = None, None, []
    for line in lines:
        if line.startswith(".SEGMENT"):
            if strokes:
                yield Drawing.parse(strokes, label, writer)
            label, strokes = int(re.search(r'"(\d)"', line).group(1)), []
        elif line.startswith(".COMMENT") and label is not None:
            writer = "w" + line.split()[2]
        elif line.startswith(".PEN_DOWN") and label is not None:
            strokes.append([])
        elif strokes and not line.startswith(".") and line.strip():
            x, y = map(int, line.split())
            strokes[-1].append([x, TABLET_HEIGHT - y])
    if strokes:
        yield Drawing.parse(strokes, label, writer)


def by_writers(drawings: Iterable[Drawing], writers: Iterable[int]) -> list[Drawing]:
    """Those of the drawings that one of the writers drew, in their order."""
    wanted = {f"w{number}" for number in writers}
    return [drawing for drawing in drawings if drawing.writer in wanted]


def find_file(file: DataFile, folder: str | Path | None = None) -> Path:
    """The path of a data file whose hash was checked; downloaded if no folder is named. Raises DataError."""
    source, named = ("--data-dir", folder) if folder else ("DIGITS_DATA", os.environ.get("DIGITS_DATA"))
    if not named:
        return _download(file)
    path = Path(named) / file.name
    if not path.is_file():
        raise DataError(
            f"{file.name} is not in {named}, the folder that {source} names. "
            f"Put it there, or leave out {source} to have it downloaded."
        )
    if _hash_file(path) not in file.hashes:
        raise DataError(
            f"{path} is truncated or altered: its SHA-256 is not the known one. "
            f"Delete it and fetch it again, or leave out {source} to have it downloaded."
        )
    return path


def _hash_file(path: Path) -> str:
    with open(path, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _download(file: DataFile) -> Path:
    """Through Keras' own downloader: it shows progress, keeps a cache and checks the hash."""
    import keras

    try:
        # Standard output is for results alone: Keras would show its progress there.
        with contextlib.redirect_stdout(sys.stderr):
            path = keras.utils.get_file(
                file.name, file.url, file_hash=file.hashes[0], cache_subdir="datasets"
            )
        return Path(path)
    except Exception as error:  # Keras raises a bare Exception where the network fails
        raise DataError(
            f"{file.name} could not be downloaded ({_first_line(error)}). Without the internet, put the file "
            "into a folder and name that with --data-dir FOLDER or the environment variable DIGITS_DATA."
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
