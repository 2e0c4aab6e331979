"""The log of a run on disk, appended as it happens: what the curves are drawn from.

A JSON Lines file. Its first line is {"settings": {...}}; every other line is a row: epoch (epochs done, 1.25
is a quarter into the second), step, loss, accuracy (training, mean since the row before), val_loss,
val_accuracy (null but at an epoch's end) and seconds of training, without pauses. A line that a killed run
left half written is ignored by readers and cut off before the next append.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class History:
    """The settings of a run and its rows so far."""

    settings: dict
    rows: list[dict] = field(default_factory=list)


def start_history(path: Path, settings: dict) -> None:
    """A new file that holds the settings alone."""
    _replace(path, History(settings))


def append_row(path: Path, row: dict) -> None:
    """Adds one row in one write, so that a reader never meets two halves of different rows."""
    with open(path, "ab") as file:
        file.write((json.dumps(row) + "\n").encode())


def read_history(path: Path) -> History:
    """The history in the file; a torn last line is left out. Raises ValueError if another line is no
    JSON, or there is none."""
    head, *rows = _whole_lines(path) or [b""]
    try:
        history = History(json.loads(head)["settings"])
        history.rows = [json.loads(row) for row in rows]
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{path} is not the history of a run.") from None
    return history


def cut_history(path: Path, epoch: int) -> None:
    """Drops all rows of the file that came after `epoch` finished epochs."""
    history = read_history(path)
    history.rows = [row for row in history.rows if row["epoch"] <= epoch]
    _replace(path, history)


def _replace(path: Path, history: History) -> None:
    """In one step, so that whoever is killed here leaves the old file or the new one."""
    beside = path.with_suffix(".new")
    lines = [json.dumps({"settings": history.settings}), *map(json.dumps, history.rows)]
    beside.write_text("\n".join(lines) + "\n", encoding="utf-8")
    os.replace(beside, path)


def _whole_lines(path: Path) -> list[bytes]:
    return path.read_bytes().split(b"\n")[:-1]
