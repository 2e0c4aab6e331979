"""How long from `python app.py` to the page, and to the API's first answer? Against the imports alone.

    python -m tests.benchmarks.start
    python -m tests.benchmarks.start --rounds 1

prints a table: medians over the rounds, in each of which all rows are taken one after the other. The page is
up when / answers with 200, and reads in the browser. The API's first answer imports Keras, which takes most
of its time. The first round is made once before, and not counted, so that all files have been read. Runs on
the weights that ship.
"""

import argparse
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import numpy as np

from tests.support.serving import serve

SEVEN = [[[120, 80], [220, 82], [228, 90], [190, 200], [170, 290]]]


def time_import(name: str) -> float:
    """Seconds that a Python takes that does nothing but import the package."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", f"import {name}"], check=True)
    return time.monotonic() - began


def time_app() -> tuple[float, float]:
    """Seconds from the start of app.py to its page, and to its first reading."""
    began = time.monotonic()
    with serve() as url:
        page = time.monotonic() - began
        prediction = ask(url)
        reading = time.monotonic() - began
    if prediction["digit"] != 7:
        raise SystemExit(f"A seven was read as {prediction}")
    return page, reading


def ask(url: str) -> dict:
    """The API's answer to a drawn seven. (gradio_client would do the same, and ask for much else first.)"""
    api = f"{url}gradio_api/call/predict"
    question = json.dumps({"data": [SEVEN, "cnn"]}).encode()
    request = urllib.request.Request(api, question, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        event = json.load(answer)["event_id"]
    with urllib.request.urlopen(f"{api}/{event}") as stream:
        data = next(line for line in stream if line.startswith(b"data: ["))
    return json.loads(data.removeprefix(b"data: "))[0]


def measure() -> Iterator[tuple[str, float]]:
    """One round: what was waited for, and the seconds."""
    gradio = time_import("gradio")
    page, reading = time_app()
    keras = time_import("keras")
    yield "import gradio", gradio
    yield "python app.py, to the page", page
    yield "import keras", keras
    yield "python app.py, to the first answer", reading
    yield "both imports", gradio + keras


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5, help="how many (default: 5)")
    options = parser.parse_args()
    list(measure())
    rounds = [dict(measure()) for _ in range(options.rounds)]
    seconds = {name: np.median([one[name] for one in rounds]) for name in rounds[0]}
    for name, against in (
        ("import gradio", None),
        ("python app.py, to the page", "import gradio"),
        ("import keras", None),
        ("both imports", None),
        ("python app.py, to the first answer", "both imports"),
    ):
        ratio = against and np.median([one[name] / one[against] for one in rounds])
        print(f"{name:36} {seconds[name]:6.2f} s" + (f"  {ratio:5.2f} × {against}" if against else ""))


if __name__ == "__main__":
    main()
