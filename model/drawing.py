"""A drawing is strokes, not pixels: what the pad, the API and the drawings files deliver.

In goes untrusted input (JSON from a browser, a stranger's file); out comes a `Drawing` whose strokes are
finite float64 arrays within named limits, or a `DrawingError` that says what was wrong.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.errors import DigitsError, Term

# More than any digit needs (in model/data: at most 4 strokes and 200 points), and few enough that a drawing
# costs milliseconds and a few hundred kilobytes.
MAX_STROKES = 64
MAX_POINTS = 4096
# No screen or tablet is larger; products of two coordinates stay exact enough in float64.
MAX_COORDINATE = 1e5
# A line of a drawings file: MAX_POINTS points of two long decimals fit in with room to spare.
MAX_LINE_BYTES = 512 * 1024
# Of JSON and of NumPy. To ask for numbers.Real takes so long that it shows in reading all pen digits.
NUMBERS = (int, float, np.integer, np.floating)

# What is no digit has the label None in a Drawing, this number in arrays of labels.
NO_DIGIT = 10


class DrawingError(DigitsError):
    """Input that is no drawing."""


@dataclass(frozen=True, eq=False)
class Drawing:
    """Strokes in any unit, x to the right and y down.

    strokes: one float64 array of shape (points, 2) a stroke, each with at least one point.
    label: 0 to 9, or None for something that is not a digit (or is not known).
    writer: who drew it, if known; writers are what training and held-out data are split by.
    """

    strokes: tuple[np.ndarray, ...]
    label: int | None = None
    writer: str | None = None

    @property
    def is_blank(self) -> bool:
        return not self.strokes

    @classmethod
    def parse(cls, strokes: object, label: object = None, writer: object = None) -> "Drawing":
        """The drawing in untrusted `strokes`: a list of strokes, each a list of [x, y] points.

        Empty strokes are dropped, so that an empty pad is a blank drawing and no error. Raises
        DrawingError for anything that is not such a list or is beyond the limits of this module.
        """
        if not isinstance(strokes, list | tuple):
            raise DrawingError("drawing.no-list", found=_name_type(strokes))
        if len(strokes) > MAX_STROKES:
            raise DrawingError("drawing.too-many-strokes", most=MAX_STROKES, count=len(strokes))
        total = 0
        for number, stroke in enumerate(strokes, 1):
            if not isinstance(stroke, list | tuple):
                raise DrawingError("drawing.stroke-no-list", stroke=number, found=_name_type(stroke))
            total += len(stroke)
        if total > MAX_POINTS:
            raise DrawingError("drawing.too-many-points", most=MAX_POINTS, count=total)
        arrays = tuple(_parse_points(stroke, number) for number, stroke in enumerate(strokes, 1) if stroke)
        if label is not None and (type(label) is not int or not 0 <= label <= 9):
            raise DrawingError("drawing.label")
        if writer is not None and not isinstance(writer, str):
            raise DrawingError("drawing.writer", found=_name_type(writer))
        return cls(arrays, label, writer)

    def as_lists(self) -> list[list[list[float]]]:
        """The strokes as plain lists, for JSON."""
        return [stroke.tolist() for stroke in self.strokes]


def find_labels(drawings: Iterable[Drawing]) -> np.ndarray:
    """Their labels, NO_DIGIT for None: (count,) int."""
    return np.array([NO_DIGIT if one.label is None else one.label for one in drawings], int)


def _name_type(value: object) -> Term:
    names = {dict: "object", str: "text", bool: "boolean", int: "number", float: "number", type(None): "null"}
    return Term(f"type.{names.get(type(value), 'other')}")


def _parse_points(stroke: list | tuple, number: int) -> np.ndarray:
    for point in stroke:
        if not isinstance(point, list | tuple) or len(point) != 2:
            raise DrawingError("drawing.no-pair", stroke=number)
        for value in point:
            if not isinstance(value, NUMBERS) or isinstance(value, bool):
                raise DrawingError("drawing.no-number", stroke=number, found=_name_type(value))
            # Compared before the conversion: a whole number from JSON may be too long for a float.
            if not -MAX_COORDINATE <= value <= MAX_COORDINATE:
                if isinstance(value, float) and not math.isfinite(value):
                    raise DrawingError("drawing.not-finite", stroke=number)
                raise DrawingError("drawing.too-far", stroke=number, limit=MAX_COORDINATE)
    return np.array(stroke, dtype=np.float64)


def read_drawings(path: str | Path) -> list[Drawing]:
    """The labelled drawings of a JSON Lines file, one object a line:
    {"label": 7, "writer": "w3", "strokes": [[[x, y], …], …]}; label null is something that is not a digit.

    Raises OSError, or DrawingError naming the file, the line and what is wrong with it: all of a file is read
    or none.
    """
    with open(path, "rb") as file:
        return parse_drawings(file, Path(path).name)


def parse_drawings(lines: Iterable[bytes], name: str | Term) -> list[Drawing]:
    """As `read_drawings`, from the lines of an open file; `name` stands in the errors."""
    drawings = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            drawings.append(_parse_line(line))
        except DrawingError as error:
            raise DrawingError("drawing.line", file=name, line=number, reason=error) from None
    if not drawings:
        raise DrawingError("drawing.empty-file", file=name)
    return drawings


def _parse_line(line: bytes) -> Drawing:
    if len(line) > MAX_LINE_BYTES:
        raise DrawingError("drawing.long-line", most=MAX_LINE_BYTES // 1024)
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise DrawingError("drawing.not-utf-8") from None
    except (ValueError, RecursionError):
        raise DrawingError("drawing.not-json") from None
    if not isinstance(row, dict):
        raise DrawingError("drawing.no-object", found=_name_type(row))
    for key in ("label", "strokes"):
        if key not in row:
            raise DrawingError("drawing.key-missing", key=key)
    drawing = Drawing.parse(row["strokes"], row["label"], row.get("writer"))
    if drawing.is_blank:
        raise DrawingError("drawing.no-strokes")
    return drawing


def write_drawings(path: str | Path, drawings: Iterable[Drawing]) -> None:
    """Writes a drawings file that `read_drawings` reads back."""
    with open(path, "w", encoding="utf-8") as file:
        for drawing in drawings:
            row = {"label": drawing.label, "writer": drawing.writer, "strokes": drawing.as_lists()}
            file.write(json.dumps(row) + "\n")
