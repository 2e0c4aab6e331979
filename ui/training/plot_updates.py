"""Sends a growing plot to the browser: what is new, not all points several times a second.

A value is the plot with, for each line, the points from an index on. Gradio may drop a value when two arrive
in one frame. So each one repeats what was new in the OVERLAP values before it. Every WHOLE_EVERY-th value is
whole, and so are the WHOLE_IN_A_ROW - 1 after it. curves.js leaves the plot as it is if a value does not fit.
"""

from collections import deque
from itertools import takewhile
from secrets import token_hex

OVERLAP = 20
WHOLE_EVERY = 100
WHOLE_IN_A_ROW = 3


class PlotUpdates:
    """Of one plot in one stream of values."""

    def __init__(self):
        self._stream, self._number = token_hex(4), 0
        self._sent: deque[dict] = deque(maxlen=OVERLAP)

    def make_value(self, plot: dict, whole: bool = False) -> dict:
        """The plot, with "stream", "number" and "since", and with "from" in each line.

        It fits a browser that shows a value of this stream, `since` or a later one. A `since` of None: the
        value is whole and fits everywhere.
        """
        others = self._sent and _name_lines(self._sent[-1]) != _name_lines(plot)
        if whole or others or self._number % WHOLE_EVERY == 0:
            self._sent.clear()
        if len(self._sent) < WHOLE_IN_A_ROW:
            since, lines = None, [{**line, "from": 0} for line in plot["lines"]]
        else:
            since, base = self._number - len(self._sent), self._sent[0]
            lines = [_cut(line, old) for line, old in zip(plot["lines"], base["lines"], strict=True)]
        value = {**plot, "lines": lines, "stream": self._stream, "number": self._number, "since": since}
        self._sent.append(plot)
        self._number += 1
        return value


def _name_lines(plot: dict) -> list[tuple]:
    return [(line["name"], line["look"], line["run"]) for line in plot["lines"]]


def _cut(line: dict, old: dict) -> dict:
    """The line without the points at its start that it shares with the old one."""
    pairs = zip(line["points"], old["points"], strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return {**line, "from": shared, "points": line["points"][shared:]}
