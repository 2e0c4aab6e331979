"""What Windows does not have is not needed: page, worker and trainer run with those names taken away."""

import os
import re
import subprocess
import sys

import pytest

from model.store import load_network
from tests.support.processes import ROOT, run_python

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


def test_terminal_and_page_train_and_the_page_reads_without_them(elsewhere, tmp_path):
    done = run_python("-m", "tests.support.everything", tmp_path, **elsewhere)
    said = [line for line in done.stdout.splitlines() if not line.startswith("Digit Sketchpad is on")]
    assert said == [
        "trained in the terminal",
        "trained on the page: done 10000",
        "read on the page: digit 7",
    ], done.stderr
    assert load_network(tmp_path, "dense")[1]["settings"]["recipe"] == "quick"


def test_texts_are_opened_as_utf_8():
    sources = [
        *ROOT.glob("*.py"),
        *(path for part in ("model", "ui") for path in (ROOT / part).rglob("*.py")),
    ]
    assert len(sources) > 50
    opened = re.compile(r"(?:read_text|write_text|[^.\w]open)\((?:[^()]|\([^()]*\))*\)")
    for path in sources:
        for call in opened.findall(path.read_text(encoding="utf-8")):
            assert "encoding=" in call or re.search(r'"[rwa]\+?b"|"r\+b"', call), f"{path}: {call.strip()}"
