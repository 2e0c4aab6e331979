"""Trains as the terminal does and as the page does, and serves the page, in one process: for tests of a
machine that lacks something.

    python -m tests.support.everything FOLDER

FOLDER gets the network that the terminal's training makes, of a few images. Prints a line for each of them.
"""

import ui.server.startup  # noqa: F401, I001 - first, as in app.py

import os
import sys
import threading
import urllib.request

import train
from model.settings import choose_settings
from tests.support.commands import run_well, take_few
from tests.support.processes import wait_until
from tests.support.serving import ask, find_port
from ui.server.job_queue import JobQueue
from ui.server.training_job import TrainingJob

SEVEN = [[[120, 80], [220, 82], [228, 90], [190, 200], [170, 290]]]


def train_in_terminal(folder: str) -> None:
    take_few()
    run_well(train.main, "--network", "dense", "--recipe", "quick", "--epochs", 1, "--out", folder)


def train_on_page() -> str:
    job = TrainingJob(choose_settings("dense", "quick", epochs=1), JobQueue(), lambda: None)
    job.start()
    wait_until(lambda: job.is_over)
    return f"{job.phase} {job.problem or job.make_card()['scores']['mnist-test']['count']}"


def read_on_page() -> str:
    os.environ["GRADIO_SERVER_PORT"] = str(find_port())  # before Gradio is imported
    import app

    threading.Thread(target=app.main, daemon=True).start()
    url = f"http://127.0.0.1:{os.environ['GRADIO_SERVER_PORT']}/"
    wait_until(lambda: is_up(url))
    answer = ask(url, SEVEN)
    return f"{answer['verdict']} {answer['digit']}"


def is_up(url: str) -> bool:
    try:
        urllib.request.urlopen(url).close()
    except OSError:
        return False
    return True


def main() -> None:
    train_in_terminal(sys.argv[1])
    print("trained in the terminal", flush=True)
    print("trained on the page:", train_on_page(), flush=True)
    print("read on the page:", read_on_page(), flush=True)
    os._exit(0)  # the page's thread does not end


if __name__ == "__main__":
    main()
