"""A drawing is strokes, not pixels: what the pad, the API and the drawings files deliver.

In goes untrusted input (JSON from a browser, a stranger's file); out comes a `Drawing` whose strokes are
finite float64 arrays within named limits, or a `DrawingError` with one sentence on what was wrong.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

# More than any digit needs (pen digits: at most 6 strokes and 195 points), little enough that one
# drawing costs milliseconds and a few hundred kilobytes.
MAX_STROKES = 64
MAX_POINTS = 4096
# No screen or tablet is larger; products of two coordinates stay exact enough in float64.
MAX_COORDINATE = 1e5
# A line of a drawings file: MAX_POINTS points of two long decimals fit in with room to spare.
MAX_LINE_BYTES = 512 * 1024
# Of JSON and of NumPy. To ask for numbers.Real takes so long that it shows in reading all pen digits.
NUMBERS = (int, float, np.integer, np.floating)


class DrawingError(ValueError):
    """Input that is no drawing. The text is one sentence for the person who sent it."""


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
            raise DrawingError(f"strokes must be a list of strokes, but are {_name_type(strokes)}.")
        if len(strokes) > MAX_STROKES:
            raise DrawingError(f"A drawing may have {MAX_STROKES} strokes; this one has {len(strokes)}.")
        total = 0
        for number, stroke in enumerate(strokes, 1):
            if not isinstance(stroke, list | tuple):
                raise DrawingError(f"Stroke {number} must be a list of points, but is {_name_type(stroke)}.")
            total += len(stroke)
        if total > MAX_POINTS:
            raise DrawingError(f"A drawing may have {MAX_POINTS} points in all; this one has {total}.")
        arrays = tuple(_parse_points(stroke, number) for number, stroke in enumerate(strokes, 1) if stroke)
        if label is not None and (type(label) is not int or not 0 <= label <= 9):
            raise DrawingError("label must be a whole number from 0 to 9, or null for no digit.")
        if writer is not None and not isinstance(writer, str):
            raise DrawingError(f"writer must be text, but is {_name_type(writer)}.")
        return cls(arrays, label, writer)

    def as_lists(self) -> list[list[list[float]]]:
        """The strokes as plain lists, for JSON."""
        return [stroke.tolist() for stroke in self.strokes]


def _name_type(value: object) -> str:
    names = {dict: "an object", str: "text", bool: "true or false", int: "a number", float: "a number"}
    return "null" if value is None else names.get(type(value), "something else")


def _parse_points(stroke: list | tuple, number: int) -> np.ndarray:
    for point in stroke:
        if not isinstance(point, list | tuple) or len(point) != 2:
            raise DrawingError(f"Every point of stroke {number} must be a pair [x, y].")
        for value in point:
            if not isinstance(value, NUMBERS) or isinstance(value, bool):
                raise DrawingError(f"Stroke {number} holds {_name_type(value)} where a number belongs.")
            # Compared before the conversion: a whole number from JSON may be too long for a float.
            if not -MAX_COORDINATE <= value <= MAX_COORDINATE:
                wrong = (
                    "is not finite" if isinstance(value, float) and not math.isfinite(value) else "is beyond"
                )
                limit = "" if wrong == "is not finite" else f" ±{MAX_COORDINATE:.0f}"
                raise DrawingError(f"A coordinate of stroke {number} {wrong}{limit}.")
    return np.array(stroke, dtype=np.float64)


def read_drawings(path: str | Path) -> list[Drawing]:
    """The labelled drawings of a JSON Lines file, one object a line:
    {"label": 7, "writer": "w3", "strokes": [[[x, y], …], …]}; label null is something that is not a digit.

    Raises DrawingError naming the file, the line and what is wrong with it: all of a file is read or none.
    """
    with open(path, "rb") as file:
        return parse_drawings(file, Path(path).name)


def parse_drawings(lines: Iterable[bytes], name: str) -> list[Drawing]:
    """As `read_drawings`, from the lines of an open file; `name` stands in the error messages."""
    drawings = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            drawings.append(_parse_line(line))
        except DrawingError as error:
            raise DrawingError(f"{name}, line {number}: {error}") from None
    if not drawings:
        raise DrawingError(f"{name} holds no drawings: one JSON object a line is expected.")
    return drawings


def _parse_line(line: bytes) -> Drawing:
    if len(line) > MAX_LINE_BYTES:
        raise DrawingError(f"longer than {MAX_LINE_BYTES // 1024} KiB.")
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise DrawingError("not UTF-8; save the file as UTF-8.") from None
    except (ValueError, RecursionError):
        raise DrawingError("not valid JSON.") from None
    if not isinstance(row, dict):
        raise DrawingError(f"an object is expected, but this is {_name_type(row)}.")
    for key in ("label", "strokes"):
        if key not in row:
            raise DrawingError(f'"{key}" is missing.')
    drawing = Drawing.parse(row["strokes"], row["label"], row.get("writer"))
    if drawing.is_blank:
        raise DrawingError("the drawing has no strokes.")
    return drawing


def write_drawings(path: str | Path, drawings: Iterable[Drawing]) -> None:
    """Writes a drawings file that `read_drawings` reads back."""
    with open(path, "w", encoding="utf-8") as file:
        for drawing in drawings:
            row = {"label": drawing.label, "writer": drawing.writer, "strokes": drawing.as_lists()}
            file.write(json.dumps(row) + "\n")
