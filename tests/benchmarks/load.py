"""How many may draw at once? Visitors without a browser, who speak to app.py as the page does.

    python -m tests.benchmarks.load
    python -m tests.benchmarks.load --visitors 75 300 --seconds 60 --told
    python -m tests.benchmarks.load --soak

Each visitor opens the page (Gradio's own scripts left out) and then, over and over, draws for 2 seconds and
rests for 3 (tests/benchmarks/visitor.py). With `--told` the server is told each stroke, as while everybody's
training reads it. A row a number of visitors: how long a page took to open when all come within 20 seconds;
errors; the strokes and requests of the time after that; the processor that the server took meanwhile, in
cores, of the two that it shares with whatever else runs there; its memory.

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
from tests.benchmarks.visitor import Tally, Visitor
from tests.support.processes import find_server, measure
from tests.support.serving import serve

CORES = 2
ARRIVE_SECONDS = 20  # within which all visitors come
DRAW_SECONDS, REST_SECONDS = 2, 3
POINTS_A_SECOND = 60  # what a mouse or a finger reports
PAD_PIXELS, DIGIT_PIXELS = 388, 240

SOAK_VISITORS, SOAK_SECONDS, SOAK_SPEED = 50, 3600, 0.1
STAY_SECONDS = 300  # how long a tab of the soak stays open, from half to one and a half times this
WARM_UP = 0.25  # share of the soak after which memory is judged
MAX_GROWTH = 0.02  # of the memory, an hour: less than this is no growth


def make_strokes(rng: np.random.Generator) -> Iterator[list]:
    """Held-out digits of one stroke in any order, without end: each a list of points, pixels to a tenth."""
    digits = [one for one in by_writers(load_pen_digits(), HELD_OUT_WRITERS) if len(one.strokes) == 1]
    at = np.linspace(0, 1, DRAW_SECONDS * POINTS_A_SECOND)
    while True:
        xy = digits[rng.integers(len(digits))].strokes[0]
        xy = (xy - xy.min(axis=0)) / np.ptp(xy, axis=0).max() * DIGIT_PIXELS + (PAD_PIXELS - DIGIT_PIXELS) / 2
        places = np.linspace(0, 1, len(xy))
        yield np.column_stack([np.interp(at, places, xy[:, axis]) for axis in (0, 1)]).round(1).tolist()


async def draw_on(visitor: Visitor, strokes: Iterator[list], rest: float, until: float) -> None:
    """Strokes with about `rest` seconds between them, until then."""
    await asyncio.sleep(random.uniform(0, DRAW_SECONDS + rest))
    while time.perf_counter() < until:
        await visitor.draw(next(strokes), DRAW_SECONDS)
        await asyncio.sleep(rest * random.uniform(0.5, 1.5))


def read_cpu(process: int) -> float:
    """Seconds of processor time that a process has taken so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def load(
    url: str, config: dict, count: int, seconds: float, strokes: Iterator[list], told: bool
) -> None:
    """Prints one row of the table."""
    tally, server = Tally(), find_server()
    visitors = [Visitor(url, config, tally, told) for _ in range(count)]

    async def arrive(visitor: Visitor) -> None:
        await asyncio.sleep(random.uniform(0, ARRIVE_SECONDS))
        await visitor.open()

    await asyncio.gather(*map(arrive, visitors))
    median, late = np.percentile(tally.waits, [50, 95]) * 1000
    began, before, asked = time.perf_counter(), read_cpu(server), tally.requests
    await asyncio.gather(*(draw_on(one, strokes, REST_SECONDS, began + seconds) for one in visitors))
    busy = (read_cpu(server) - before) / (time.perf_counter() - began)
    memory = measure(server)["MB"]
    await asyncio.gather(*(visitor.close() for visitor in visitors))
    print(
        f"{count:8d} {median:7.0f} ms {late:12.0f} ms {tally.errors:7d} {tally.strokes:8d}"
        f" {tally.requests - asked:9d} {busy:7.2f} {memory:6.0f} MB",
        flush=True,
    )


async def soak(url: str, config: dict, seconds: float, strokes: Iterator[list]) -> None:
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
    print(f"{'minute':>8} {'tabs so far':>12} {'strokes':>9} {'errors':>7} {'memory':>10}")
    while time.perf_counter() < end:
        await asyncio.sleep(60)
        minutes.append((time.perf_counter() - began) / 60)
        memory.append(measure(server)["MB"])
        print(
            f"{minutes[-1]:8.0f} {opened:12d} {tally.strokes:9d} {tally.errors:7d} {memory[-1]:7.0f} MB",
            flush=True,
        )
    await asyncio.gather(*everybody)
    later = int(len(minutes) * WARM_UP)
    slope = 60 * np.polyfit(minutes[later:], memory[later:], 1)[0]
    verdict = "it grows" if slope > MAX_GROWTH * memory[later] else "no growth"
    print(f"After the first {minutes[later]:.0f} minutes {slope:+.1f} MB an hour: {verdict}.")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--visitors", type=int, nargs="+", default=[50], help="how many, a row each (default: 50)"
    )
    parser.add_argument(
        "--seconds", type=float, help=f"how long a row takes (default: 60; --soak: {SOAK_SECONDS})"
    )
    parser.add_argument("--told", action="store_true", help="the server is told each stroke")
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
            print("visitors  page open  95th percentile  errors  strokes  requests  server     memory")
            for count in options.visitors:
                await load(url, config, count, options.seconds or 60, strokes, options.told)

        asyncio.run(run())


if __name__ == "__main__":
    main()
