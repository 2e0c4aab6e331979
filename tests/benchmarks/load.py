"""How many may draw at once? Visitors without a browser, who speak to app.py as the page does.

    python -m tests.benchmarks.load
    python -m tests.benchmarks.load --visitors 10 25 50 75 100 --seconds 20
    python -m tests.benchmarks.load --soak

Each visitor opens the page's session and then, over and over, draws a held-out pen digit of one stroke for 2
seconds, 15 updates a second, and rests for 3 (tests/benchmarks/visitor.py). A row a number of visitors: the
updates that pens made, the questions that the pads asked, the answers that were right, each for its own
drawing; errors; last updates of a stroke that were never answered; the time from pen-up to the answer of the
whole stroke; what an answer took of the server's processor; the processor that the server and these visitors
took, in cores, of the two that they share with whatever else runs there.

`--soak` lets 50 visitors draw at a tenth of that speed for an hour, each for some minutes until the tab is
closed and another one opens; it prints the server's memory every minute, and whether it grew. Needs
Linux.
"""

import argparse
import asyncio
import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import numpy as np

from model.datasets import HELD_OUT_WRITERS, by_writers, load_pen_digits
from tests.benchmarks.visitor import DRAW_SECONDS, Tally, Visitor
from tests.support.processes import find_server, measure
from tests.support.serving import serve

CORES = 2
REST_SECONDS = 3
POINTS_A_SECOND = 60  # what a mouse or a finger reports
PAD_PIXELS, DIGIT_PIXELS = 388, 240

SOAK_VISITORS, SOAK_SECONDS, SOAK_SPEED = 50, 3600, 0.1
STAY_SECONDS = 300  # how long a tab of the soak stays open, from half to one and a half times this
WARM_UP = 0.25  # share of the soak after which memory is judged
MOST_GROWTH = 0.02  # of the memory, an hour: less than this is no growth


def make_strokes(rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Held-out digits of one stroke in any order, without end: each (points, 2), pixels to a tenth."""
    digits = [one for one in by_writers(load_pen_digits(), HELD_OUT_WRITERS) if len(one.strokes) == 1]
    at = np.linspace(0, 1, DRAW_SECONDS * POINTS_A_SECOND)
    while True:
        xy = digits[rng.integers(len(digits))].strokes[0]
        xy = (xy - xy.min(axis=0)) / np.ptp(xy, axis=0).max() * DIGIT_PIXELS + (PAD_PIXELS - DIGIT_PIXELS) / 2
        places = np.linspace(0, 1, len(xy))
        yield np.column_stack([np.interp(at, places, xy[:, axis]) for axis in (0, 1)]).round(1)


async def draw_on(visitor: Visitor, strokes: Iterator[np.ndarray], rest: float, until: float) -> None:
    """Strokes with about `rest` seconds between them, until then."""
    await asyncio.sleep(random.uniform(0, DRAW_SECONDS + rest))
    while time.perf_counter() < until:
        await visitor.draw(next(strokes))
        await asyncio.sleep(rest * random.uniform(0.5, 1.5))


def read_cpu(process: int) -> float:
    """Seconds of processor time that a process has taken so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def load(url: str, config: dict, count: int, seconds: float, strokes: Iterator[np.ndarray]) -> None:
    """Prints one row of the table."""
    tally, server = Tally(), find_server()
    visitors = [Visitor(url, config, tally) for _ in range(count)]
    await asyncio.gather(*(visitor.open() for visitor in visitors))
    began, before, own = time.perf_counter(), read_cpu(server), time.process_time()
    await asyncio.gather(*(draw_on(one, strokes, REST_SECONDS, began + seconds) for one in visitors))
    took = time.perf_counter() - began
    busy, own = (read_cpu(server) - before) / took, (time.process_time() - own) / took
    await asyncio.gather(*(visitor.close() for visitor in visitors))
    median, late = np.percentile(tally.waits or [np.nan], [50, 95]) * 1000
    each = 1000 * busy * took / max(tally.answered, 1)
    row = f"{count:8d} {tally.updates:8d} {tally.asked:7d} {tally.answered:9d}"
    row += f" {tally.errors:7d} {tally.lost:5d}"
    print(f"{row} {median:7.0f} ms {late:12.0f} ms {each:7.1f} ms {busy:7.2f} {own:9.2f}", flush=True)


async def soak(url: str, config: dict, seconds: float, strokes: Iterator[np.ndarray]) -> None:
    """Prints the server's memory every minute, and in the end whether it grew."""
    tally, server, opened = Tally(), find_server(), 0
    rest = (DRAW_SECONDS + REST_SECONDS) / SOAK_SPEED - DRAW_SECONDS
    began = time.perf_counter()
    end = began + seconds

    async def come_and_go() -> None:
        nonlocal opened
        while time.perf_counter() < end:
            visitor, opened = Visitor(url, config, tally), opened + 1
            await visitor.open()
            stays = STAY_SECONDS * random.uniform(0.5, 1.5)
            await draw_on(
                visitor,
                strokes,
                rest,
                min(end, time.perf_counter() + stays),
            )
            await visitor.close()

    everybody = [asyncio.create_task(come_and_go()) for _ in range(SOAK_VISITORS)]
    minutes, memory = [], []
    print(f"{'minute':>8} {'tabs so far':>12} {'answered':>9} {'errors':>7} {'lost':>5} {'memory':>10}")
    while time.perf_counter() < end:
        await asyncio.sleep(60)
        minutes.append((time.perf_counter() - began) / 60)
        memory.append(measure(server)["MB"])
        print(
            f"{minutes[-1]:8.0f} {opened:12d} {tally.answered:9d} {tally.errors:7d} {tally.lost:5d}"
            f" {memory[-1]:7.0f} MB",
            flush=True,
        )
    await asyncio.gather(*everybody)
    later = int(len(minutes) * WARM_UP)
    slope = 60 * np.polyfit(minutes[later:], memory[later:], 1)[0]
    verdict = "it grows" if slope > MOST_GROWTH * memory[later] else "no growth"
    print(f"After the first {minutes[later]:.0f} minutes {slope:+.1f} MB an hour: {verdict}.")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--visitors", type=int, nargs="+", default=[50], help="how many, a row each (default: 50)"
    )
    parser.add_argument(
        "--seconds", type=float, help=f"how long a row takes (default: 120; --soak: {SOAK_SECONDS})"
    )
    parser.add_argument("--soak", action="store_true", help="measure memory, not time")
    options = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])  # the server inherits it
    strokes = make_strokes(np.random.default_rng(1))
    with serve() as url:
        with urlopen(f"{url}config") as answer:
            config = json.load(answer)

        async def run() -> None:
            if options.soak:
                return await soak(url, config, options.seconds or SOAK_SECONDS, strokes)
            first = Visitor(url, config, Tally())  # its page is complete when the networks are loaded
            await first.open()
            await first.draw(next(strokes))
            await first.close()
            print(
                "visitors  updates   asked  answered  errors  lost"
                "     median  95th percentile  an answer  server  visitors"
            )
            for count in options.visitors:
                await load(url, config, count, options.seconds or 120, strokes)

        asyncio.run(run())


if __name__ == "__main__":
    main()
