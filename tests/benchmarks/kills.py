"""Does a kill -9 at any moment of a training or of its saving leave weights that load and a run that goes on?

    python -m tests.benchmarks.kills
    python -m tests.benchmarks.kills --kills 20 --seed 7

starts `python train.py` (dense, tutorial, a few epochs), kills it, looks at what is on disk, goes on with
--resume, kills that, and so on; a training that ends by itself is followed by a new one into the same folder.
Before each start it is drawn what to wait for and how long to wait then; where the kill really fell is told
by what it left. After each kill

- the network in the folder loads, its hash being the one in its card (on a copy: loading tidies up),
- every line of each history parses, epochs follow one another, and no step is there twice,
- no finished epoch is lost, and the next start goes on (or, had no run been begun, begins).

Prints how many kills fell where, and how many of them were followed by a failure; lists the failures. Ctrl-C
prints what there is so far.
"""

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from model.store import WEIGHTS, StoreError, load_network

ROOT = Path(__file__).parents[2]
NAME, EPOCHS = "dense", 3
IMPORTING, PREPARING, TRAINING = "importing", "preparing", "in an epoch"
CHECKPOINT, EVALUATING, SAVING = "in a save", "in publishing: evaluating", "in publishing: saving"
# Of what is waited for: how often it is drawn, and the most seconds to wait from its beginning to the kill.
# Two busy cores need about as long for it; the parts that write are drawn more often than they last.
TARGETS = {
    IMPORTING: (0.10, 8.0),
    PREPARING: (0.10, 2.0),
    TRAINING: (0.25, 4.0),
    CHECKPOINT: (0.25, 0.03),
    EVALUATING: (0.05, 3.0),
    SAVING: (0.25, 0.06),
}
GLANCE = 0.002  # seconds between two looks at how far it is: less than any target lasts


class Training:
    """One `python train.py`, looked at from outside."""

    def __init__(self, out: Path, log: Path):
        self.out, self.run, self.log = out, out / f"{NAME}.run", log
        self.left = self._stamps()  # by an earlier kill
        self.resumes = (self.run / "history.jsonl").exists()
        options = ["--network", NAME, "--out", str(out)]
        new = ["--recipe", "tutorial", "--epochs", str(EPOCHS)]
        command = [sys.executable, "train.py", *options, *(["--resume"] if self.resumes else new)]
        with open(log, "wb") as file:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=file)

    def _stamps(self) -> dict[str, int | None]:
        names = ("history.jsonl", "checkpoint.npz", "checkpoint.new")
        paths = [*(self.run / name for name in names), self.out / f"{NAME}.history.new"]
        return {path.name: find_time(path) for path in paths}

    def find_phase(self) -> str:
        """Where it is, or where it was killed: what is on disk and what was printed stay."""
        printed = self.log.read_bytes()
        now = self._stamps()
        changed = {name for name in now if now[name] is not None and now[name] != self.left[name]}
        if f"{NAME}.history.new" in changed or (b"epoch" in printed and not self.run.exists()):
            return SAVING
        if f"epoch {EPOCHS:3d} of {EPOCHS}".encode() in printed:
            return EVALUATING
        if "checkpoint.new" in changed:
            return CHECKPOINT
        if b"recipe tutorial" not in printed:
            return IMPORTING
        if "history.jsonl" not in changed:
            return PREPARING
        # At its beginning it cuts the history to the epochs of the checkpoint.
        try:
            last = (self.run / "history.jsonl").read_text(encoding="utf-8").split("\n")[-2]
            beyond = json.loads(last).get("epoch", 0) > count_epochs(self.run)
        except FileNotFoundError:  # since this look began, it was published
            return SAVING
        return TRAINING if beyond or "checkpoint.npz" in changed else PREPARING

    def kill_in(self, target: str | None, seconds: float) -> str | None:
        """Kills it so long after the target was reached; returns where. None if it had ended by then, as it
        has without a target."""
        try:
            while self.process.poll() is None and self.find_phase() != target:
                time.sleep(GLANCE)
            deadline = time.monotonic() + seconds
            while self.process.poll() is None and time.monotonic() < deadline:
                time.sleep(GLANCE)
        finally:
            self.process.kill()  # after Ctrl-C, too
        return self.find_phase() if self.process.wait() < 0 else None


def find_time(path: Path) -> int | None:
    """When it was written last."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return None


def count_epochs(run: Path) -> int:
    """The finished epochs that the checkpoint in a run's folder holds."""
    checkpoint = run / "checkpoint.npz"
    if not checkpoint.exists():
        return 0
    with np.load(checkpoint) as arrays:
        return json.loads(arrays["numbers"].tobytes())[0]


def find_faults(training: Training, epochs_before: int) -> list[str]:
    """What is wrong with the folder of a training that was killed or has ended."""
    out, faults = training.out, []
    if training.process.returncode > 0:
        faults.append(f"the next start said {training.log.read_text(encoding='utf-8')[-300:]}")
    if training.run.exists() and count_epochs(training.run) < epochs_before:
        faults.append(f"of {epochs_before} finished epochs {count_epochs(training.run)} are left")
    with tempfile.TemporaryDirectory() as copy:
        for path in out.glob(f"{NAME}.[jk]*"):
            shutil.copy(path, copy)
        try:
            load_network(Path(copy), NAME)
        except StoreError as error:
            faults.append(str(error))
    for path in (out / f"{NAME}.run" / "history.jsonl", out / f"{NAME}.history.jsonl"):
        if path.exists() and (fault := find_history_fault(path.read_text(encoding="utf-8"))):
            faults.append(f"{path.name}: {fault}")
    return faults


def find_history_fault(text: str) -> str | None:
    if not text.endswith("\n"):
        return "its last line is torn"
    try:
        rows = [json.loads(line) for line in text.splitlines()][1:]
    except ValueError:
        return "a line does not parse"
    ends = [row["epoch"] for row in rows if row["val_loss"] is not None]
    if ends != list(range(1, len(ends) + 1)):
        return f"it has the epochs {ends}"
    steps = [row["step"] for row in rows]
    return None if steps == sorted(set(steps)) else "a step is there twice"


class Tally:
    """Kills and failures by where the kill fell."""

    def __init__(self):
        self.kills, self.failures, self.messages = Counter(), Counter(), []
        self.fell, self.ended = "before any kill", 0

    def take_in(self, killed: str | None, faults: list[str]) -> None:
        """killed: where, or None if the training ended by itself: what is wrong then tells of the kill
        before it."""
        self.fell = killed or self.fell
        if killed:
            self.kills[killed] += 1
        elif not faults:
            self.ended += 1
        if faults:
            self.failures[self.fell] += 1
            self.messages += [f"killed {self.fell}: {fault}" for fault in faults]

    def show(self) -> None:
        print(f"\n{'kill -9 of python train.py':30}{'kills':>8}{'failures':>10}")
        for name in TARGETS:
            print(f"{name:30}{self.kills[name]:8d}{self.failures[name]:10d}")
        print(f"{'all':30}{self.kills.total():8d}{self.failures.total():10d}")
        print(f"Trainings that came to their end: {self.ended}.", *self.messages, sep="\n")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=100, metavar="N", help="how many (default: 100)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="draws the moments (default: 1)")
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    rng = np.random.default_rng(options.seed)
    shares = [share for share, _ in TARGETS.values()]
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(KeyboardInterrupt):
        out = Path(folder) / "out"
        out.mkdir()
        for suffix in ("keras", "json", "history.jsonl"):
            shutil.copy(WEIGHTS / f"{NAME}.{suffix}", out)
        epochs = 0
        while True:
            training = Training(out, Path(folder) / "log")
            is_last = tally.kills.total() == options.kills
            target = None if is_last else list(TARGETS)[rng.choice(len(TARGETS), p=shares)]
            killed = training.kill_in(target, 0 if is_last else rng.uniform(0, TARGETS[target][1]))
            faults = find_faults(training, epochs)
            tally.take_in(killed, faults)
            print(f"\r{tally.kills.total()} of {options.kills}", end="", file=sys.stderr, flush=True)
            epochs = count_epochs(training.run)
            if not killed and (is_last or faults):
                break
    tally.show()
    return bool(tally.messages)


if __name__ == "__main__":
    sys.exit(main())
