"""A training by `python train.py` in this checkout, read from its history on disk.

A `TerminalRun` is shown like a training job, but the page can neither pause nor stop it.
"""

import contextlib
import json
import os
from pathlib import Path

from model.networks import NETWORKS
from model.run import is_at_work


class TerminalRun:
    """The run in a folder OUT/NETWORK.run of model/run.py. `refresh` reads what is new."""

    position = 0  # as if first in the queue

    def __init__(self, folder: Path):
        self.rows: list[dict] = []
        self.settings: dict = {}
        self.is_over = False
        self.changes = 0  # counts whatever a page could show
        self._folder = folder
        self._read = 0  # bytes of the history

    @property
    def epochs(self) -> int:
        return self.settings.get("epochs", 1)

    def refresh(self) -> None:
        """Reads the history if it has grown, and notices the end. Rows that were read stay."""
        if self.is_over:
            return
        at_work = is_at_work(self._folder)  # before the history is read: the last rows must not be missed
        try:
            with open(self._folder / "history.jsonl", "rb") as file:
                # A resumed run drops the rows that came after its checkpoint.
                if os.fstat(file.fileno()).st_size < self._read:
                    self.rows, self._read = [], 0
                file.seek(self._read)
                lines = file.read().split(b"\n")[:-1]
        except OSError:
            lines = []  # the run has just begun, or has just been published
        for line in lines:
            self._take(line)
        if not at_work:
            self.is_over = True
            self.changes += 1

    def _take(self, line: bytes) -> None:
        """One line of the history. The first one holds the settings."""
        is_first, self._read = not self._read, self._read + len(line) + 1
        with contextlib.suppress(ValueError, KeyError, TypeError):  # not a line of a history
            if is_first:
                self.settings = json.loads(line)["settings"]
            else:
                self.rows.append(json.loads(line))
        self.changes += 1


def find_terminal_run(out: Path) -> TerminalRun | None:
    """The run in progress whose result goes to the folder `out`; None if there is none."""
    folders = (out / f"{name}.run" for name in NETWORKS)
    return next((TerminalRun(folder) for folder in folders if is_at_work(folder)), None)
