"""Would the tests notice? Plants one fault after another in a copy of the program; names the test that fails.

    python -m tests.benchmarks.faults
    python -m tests.benchmarks.faults lock "half a save"

A fault that no test notices ends the command with 1. Copies what git knows of the working tree.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.processes import ROOT

# Name: file, what stands there, what the fault puts there, the tests that are run.
FAULTS = {
    "swapped classes": (
        "model/classifier.py",
        "return apply_temperature(np.concatenate(raw) if raw",
        "return apply_temperature(np.concatenate(raw)[:, [0, 7, 2, 3, 4, 5, 6, 1, 8, 9]] if raw",
        "tests/model/test_classifier.py",
    ),
    "no recentring": (
        "model/preprocess.py",
        "return shift_images(images, centring_shifts(images))",
        "return images",
        "tests/model/test_preprocess.py",
    ),
    "no recentring in the browser": (
        "ui/browser/preprocess.js",
        "const shift = centringShift(drawn);",
        "const shift = [0, 0];",
        "tests/browser/test_parity.py",
    ),
    "lock": (
        "model/run.py",
        "lock.acquire(timeout=LOCK_SECONDS)",
        "pass",
        "tests/ui/test_terminal.py",
    ),
    "hash": (
        "model/store.py",
        'if path.is_file() and _hash_weights(path, name) == card["sha256"]:',
        "if path.is_file():",
        "tests/model/test_store.py",
    ),
    "no division by 255": (
        "model/networks.py",
        "layers.Rescaling(1 / 255),\n            layers.Flatten()",
        "layers.Flatten()",
        "tests/model/test_networks.py",
    ),
    "resume without checkpoint": (
        "model/run.py",
        "self.state.load(self.checkpoint)",
        "pass",
        "tests/model/test_run.py -k killed_and_resumed",
    ),
    "resume without optimizer": (
        "model/state.py",
        "variable.assign(value)",
        "pass",
        "tests/model/test_run.py",
    ),
    "two train at once": (
        "ui/server/job_queue.py",
        "self._queue[:1] == [job]",
        "job in self._queue",
        "tests/ui/test_job_queue.py",
    ),
    "uploads": (
        "ui/server/security.py",
        "queue/join|cancel|reset|",
        "queue/join|upload|cancel|reset|",
        "tests/ui/test_server.py",
    ),
    "files in a request": (
        "ui/server/security.py",
        '"path" in value and "meta" in value',
        "False",
        "tests/ui/test_server.py",
    ),
    "validation on writers that are trained on": (
        "model/splits.py",
        "by_writers(pen_digits, validation_writers)",
        "by_writers(pen_digits, writers)",
        "tests/model/test_splits.py",
    ),
    "stop keeps nothing": (
        "ui/server/training_job.py",
        "self._send(Stop())\n            self._enter(STOPPED)",
        "self.abandon()\n            self._enter(STOPPED)",
        "tests/ui/test_jobs.py",
    ),
    "another visitor's session": (
        "ui/server/sessions.py",
        "session = self._by_hash[session_hash]\n",
        "session = next(iter(self._by_hash.values()))\n",
        "tests/ui/test_sessions.py",
    ),
    "half a save": (
        "model/store.py",
        "os.replace(draft, beside)\n        os.replace(card_draft",
        "os.replace(draft, weights)\n        os.replace(card_draft",
        "tests/model/test_store.py",
    ),
    "no refusal": (
        "model/classifier.py",
        "ood_score(probabilities) >= threshold",
        "ood_score(probabilities) >= 0",
        "tests/model/test_classifier.py",
    ),
    "forgetting is not noticed": (
        "model/correction.py",
        "if after[name] < before[name] - MAX_ACCURACY_LOST",
        "if False",
        "tests/model/test_correction.py",
    ),
}
FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.M)


def copy_program(folder: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)


def find_test(folder: Path, fault: str) -> str | None:
    """The first test that fails with the fault in place; None if none does."""
    name, stands, put, tests = FAULTS[fault]
    path = folder / name
    whole = path.read_text(encoding="utf-8")
    assert whole.count(stands) == 1, f"{fault}: {name} holds {whole.count(stands)} times {stands!r}"
    path.write_text(whole.replace(stands, put), encoding="utf-8")
    try:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", *tests.split()]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    finally:
        path.write_text(whole, encoding="utf-8")
    found = FAILED.findall(done.stdout)
    assert done.returncode in (0, 1), done.stdout  # 2 and above: the tests could not be run
    return found[0] if found else None


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=f"of: {', '.join(FAULTS)} (default: all)")
    chosen = parser.parse_args().faults or list(FAULTS)
    if unknown := sorted(set(chosen) - set(FAULTS)):
        parser.error(f"no such fault: {', '.join(unknown)}")
    unnoticed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy_program(Path(folder))
        for fault in chosen:
            test = find_test(Path(folder), fault)
            print(f"{fault:32s} {test or 'NOBODY NOTICED'}", flush=True)
            unnoticed += test is None
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
