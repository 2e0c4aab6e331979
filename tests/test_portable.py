"""What Windows does not have is not needed: page, worker and trainer run with those names taken away."""

import json
import os
import re
import subprocess
import sys
import urllib.request

import pytest

from model.store import load_network
from tests.support.processes import ROOT, run_python
from tests.support.serving import serve

# For sitecustomize.py, which Python runs first in each process, a worker's too.
TAKEN_AWAY = """
import ctypes, os, signal, sys
sys.modules["fcntl"] = None  # an ImportError
for module, name in ((os, "nice"), (os, "fork"), (signal, "SIGPIPE"), (signal, "SIGHUP")):
    if hasattr(module, name):
        delattr(module, name)
load = ctypes.CDLL.__init__
def refuse(self, name, *arguments, **keywords):
    if name is None:
        raise TypeError("bad argument type for built-in operation")  # Windows' own words
    load(self, name, *arguments, **keywords)
ctypes.CDLL.__init__ = refuse
"""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """The environment of a process that lacks these names."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "sitecustomize.py").write_text(TAKEN_AWAY, encoding="utf-8")
    # Without fcntl, filelock says that its lock is a weaker one; on Windows it has a real one.
    return {"PYTHONPATH": str(folder), "PYTHONWARNINGS": "ignore", "PYTHONUTF8": "0", "LC_ALL": "C"}


def test_the_names_are_really_gone(elsewhere):
    looked = "import os, signal, sys; print(hasattr(os, 'nice'), hasattr(signal, 'SIGPIPE')); import fcntl"
    done = subprocess.run(
        [sys.executable, "-c", looked], env={**os.environ, **elsewhere}, capture_output=True, text=True
    )
    assert done.stdout == "False False\n" and "fcntl" in done.stderr


def test_a_training_of_the_terminal_runs_without_them(elsewhere, tmp_path):
    options = ("--network", "dense", "--recipe", "quick", "--epochs", 1, "--out", tmp_path)
    done = run_python("train.py", *options, **elsewhere)
    assert done.returncode == 0, done.stderr
    assert load_network(tmp_path, "dense")[1]["scores"]["mnist-test"]["accuracy"] > 0.9


# Trains on the page's behalf, as the panel does.
TRAIN = """
import time
from model.settings import (choose_settings)
from ui.server.job_queue import JobQueue
from ui.server.training_job import TrainingJob
job = TrainingJob(choose_settings("dense", "quick", epochs=1), JobQueue(), lambda: None)
job.start()
while not job.is_over:
    time.sleep(0.1)
print(job.phase, job.problem or "", job.make_card()["scores"]["mnist-test"]["accuracy"] > 0.9)
"""


def test_a_training_of_the_page_runs_without_them(elsewhere):
    done = run_python("-c", TRAIN, **elsewhere)
    assert done.stdout.split() == ["done", "True"], done.stderr


def test_the_page_is_up_and_reads_a_drawing_without_them(elsewhere):
    drawing = [[[120, 80], [220, 82], [228, 90], [190, 200], [170, 290]]]
    with serve(**elsewhere) as url:
        api = f"{url}gradio_api/call/predict"
        question = json.dumps({"data": [drawing, "dense"]}).encode()
        request = urllib.request.Request(api, question, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            event = json.load(answer)["event_id"]
        with urllib.request.urlopen(f"{api}/{event}") as stream:
            said = stream.read().decode()
    assert json.loads(re.search(r"data: (\[.*\])", said)[1])[0]["digit"] == 7


def test_texts_are_opened_as_utf_8():
    sources = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True)
    opened = re.compile(r"(?:read_text|write_text|[^.\w]open)\((?:[^()]|\([^()]*\))*\)")
    for name in sources.stdout.splitlines():
        if name.startswith("tests/"):
            continue
        for call in opened.findall((ROOT / name).read_text(encoding="utf-8")):
            assert "encoding=" in call or re.search(r'"[rwa]\+?b"|"r\+b"', call), f"{name}: {call.strip()}"
