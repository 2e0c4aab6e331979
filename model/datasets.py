"""The data that come with the project, in model/data/: MNIST, the pen digits, UNIPEN's digits and others.

model/data/README.md names sources and licences; `python -m model.make_data` made the files. Strokes are kept
as differences from point to point, which compress well. Only `pendigits-test` is downloaded, on demand.
"""

import contextlib
import re
import sys
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.drawing import Drawing
from model.errors import DigitsError

FOLDER = Path(__file__).parent / "data"

# Writers of the pen digits. The last six neither train nor choose: they only score. Of the others, two are
# the validation writers: by them a training chooses its epoch, the temperature and the threshold.
TRAINING_WRITERS = tuple(range(1, 23))
VALIDATION_WRITERS = (23, 24)
HELD_OUT_WRITERS = tuple(range(25, 31))

# UNIPEN's institutions that collected the digits carried here.
INSTITUTIONS = ("apa", "apb", "app", "gmd", "ibm", "syn")

# The tablet of the pen digits is 500 units high, y pointing up (UCI data set 81, pendigits-orig).
TABLET_HEIGHT = 500

PEN_DIGITS_TEST_URL = (
    "https://raw.githubusercontent.com/choucavalier/pendigits-hmm/"
    "03382e1457941714439d40b67e53eaf117fe4d08/data/pendigits-test"
)
PEN_DIGITS_TEST_SHA256 = "ddb1c19e277a56c7ffe682cc024d6ab73696f9adcc1643ef9ed5aa753007e081"


class DataError(DigitsError):
    """A data file that is missing, damaged or out of reach."""


@dataclass(frozen=True)
class Mnist:
    """x_*: (count, 28, 28) uint8, ink bright on dark. y_*: (count,) uint8, 0 to 9. 60,000 and 10,000."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def load_mnist() -> Mnist:
    """MNIST in its official order. Raises DataError."""
    parts = [_read(f"mnist-{part}") for part in ("train", "test")]
    return Mnist(*(part[key] for part in parts for key in ("images", "labels")))


def load_mnist_test() -> tuple[np.ndarray, np.ndarray]:
    """MNIST's test images and labels alone, as in `Mnist`. Raises DataError."""
    test = _read("mnist-test")
    return test["images"], test["labels"]


def load_pen_digits() -> list[Drawing]:
    """7,494 pen digits with labels and writers "w1" to "w30". Raises DataError."""
    return unpack_drawings(_read("pen-digits"))


def load_unipen_digits() -> list[Drawing]:
    """11,037 digits of UNIPEN with labels and writers "unipen/INSTITUTION/FILE". Raises DataError."""
    return unpack_drawings(_read("unipen-digits"))


def load_unipen_others() -> dict[str, list[Drawing]]:
    """17,281 letters and symbols of UNIPEN by the character that was meant, label None. Raises DataError."""
    arrays = _read("unipen-others")
    by_character = defaultdict(list)
    for character, drawing in zip(arrays["characters"].tolist(), unpack_drawings(arrays), strict=True):
        by_character[character].append(drawing)
    return dict(by_character)


def find_institution(drawing: Drawing) -> str:
    """The institution of a drawing of UNIPEN."""
    return drawing.writer.split("/")[1]


def by_writers(drawings: Iterable[Drawing], writers: Iterable[int]) -> list[Drawing]:
    """Those of the pen digits that one of the writers drew, in their order."""
    wanted = {f"w{number}" for number in writers}
    return [drawing for drawing in drawings if drawing.writer in wanted]


def pack_drawings(drawings: Sequence[Drawing]) -> dict[str, np.ndarray]:
    """The arrays of a strokes file, for drawings of whole coordinates that differ by less than 2^15.

    x, y: int16 (points,), from the point before in the same drawing, the first from 0. points: uint16, a
    stroke. strokes: uint8, a drawing. labels: int8, -1 for None. writers: uint16, places in names.
    """
    strokes = [stroke for drawing in drawings for stroke in drawing.strokes]
    steps = [np.diff(np.concatenate(drawing.strokes), axis=0, prepend=0) for drawing in drawings]
    names, writers = np.unique([drawing.writer for drawing in drawings], return_inverse=True)
    xy = np.concatenate(steps)
    arrays = {
        "x": xy[:, 0].astype(np.int16),
        "y": xy[:, 1].astype(np.int16),
        "points": np.array([len(stroke) for stroke in strokes], np.uint16),
        "strokes": np.array([len(drawing.strokes) for drawing in drawings], np.uint8),
        "labels": np.array([-1 if one.label is None else one.label for one in drawings], np.int8),
        "writers": writers.astype(np.uint16),
        "names": names,
    }
    if not np.array_equal(np.stack([arrays["x"], arrays["y"]], axis=1), xy):
        raise ValueError("coordinates must be whole numbers that differ by less than 2^15.")
    return arrays


def unpack_drawings(arrays: dict[str, np.ndarray]) -> list[Drawing]:
    """The drawings that `pack_drawings` packed."""
    steps = np.stack([arrays["x"], arrays["y"]], axis=1).astype(np.int64)
    stroke_ends = np.cumsum(arrays["points"], dtype=np.int64)
    last_strokes = np.cumsum(arrays["strokes"], dtype=np.int64)
    sums = np.cumsum(steps, axis=0)
    ends = stroke_ends[last_strokes - 1]
    # Running sums over the whole file, less what had been reached when the drawing began.
    reached = np.concatenate([[[0, 0]], sums[ends[:-1] - 1]])
    xy = (sums - np.repeat(reached, np.diff(ends, prepend=0), axis=0)).astype(np.float64)
    begins = (stroke_ends - arrays["points"]).tolist()
    strokes = [xy[begin:end] for begin, end in zip(begins, stroke_ends.tolist(), strict=True)]
    names, drawings, first = arrays["names"].tolist(), [], 0
    for last, label, writer in zip(
        last_strokes.tolist(), arrays["labels"].tolist(), arrays["writers"].tolist(), strict=True
    ):
        drawings.append(Drawing(tuple(strokes[first:last]), None if label < 0 else label, names[writer]))
        first = last
    return drawings


def _read(name: str) -> dict[str, np.ndarray]:
    """The arrays of a file of model/data/; the ZIP archive's checksums find damage. Raises DataError."""
    path = FOLDER / f"{name}.npz"
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {key: archive[key] for key in archive.files}
    except FileNotFoundError:
        raise DataError("data.missing", path=path) from None
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error):
        if _is_lfs_pointer(path):
            raise DataError("data.lfs-pointer", path=path) from None
        raise DataError("data.damaged", path=path) from None


def _is_lfs_pointer(path: Path) -> bool:
    with contextlib.suppress(OSError), open(path, "rb") as file:
        return file.read(32).startswith(b"version https://git-lfs")
    return False


def load_pen_digits_test() -> list[Drawing]:
    """The official test part of the pen digits: 3,498 by 14 other writers. It is downloaded through Keras,
    which checks the hash and keeps the file in ~/.keras/datasets. Raises DataError."""
    import keras

    try:
        # Standard output is for results alone: Keras would show its progress there.
        with contextlib.redirect_stdout(sys.stderr):
            path = keras.utils.get_file(
                "pendigits-test",
                PEN_DIGITS_TEST_URL,
                file_hash=PEN_DIGITS_TEST_SHA256,
                cache_subdir="datasets",
            )
    except Exception as error:  # Keras raises a bare Exception where the network fails
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise DataError("data.not-downloaded", name="pendigits-test", reason=reason) from error
    with open(path, encoding="ascii") as lines:
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
