"""What a training does where the machine fails it: a full disk, a folder that cannot be written, a clock that
is set back, a process that was killed. Kills at random moments: tests/benchmarks/kills.py."""

import contextlib
import ctypes
import itertools
import os
import shutil
import signal
import struct
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest

import train
from model.history import read_history, start_history
from model.run import Run, RunError, is_at_work
from model.settings import choose_settings
from model.state import create_state
from model.store import WEIGHTS, load_network
from tests.support.commands import run_command
from tests.support.errors import raises
from tests.support.processes import PATIENCE, start_interruptible
from ui.text.words import say_error

resource = pytest.importorskip("resource", reason="Windows has no limits for a process")

QUICK = ("--network", "dense", "--recipe", "quick", "--epochs", "1", "--batch-size", "1200")


def last_words(done):
    """What a command says at last, and the code that it ends with."""
    return (done.stderr if done.returncode else done.stdout).strip().splitlines()[-1], done.returncode


@pytest.fixture
def out(tmp_path):
    """A folder that holds a network already, as the page's folder does."""
    for path in WEIGHTS.glob("dense.*"):
        shutil.copy(path, tmp_path)
    return tmp_path


def is_untouched(out):
    load_network(out, "dense")
    return all((out / path.name).read_bytes() == path.read_bytes() for path in WEIGHTS.glob("dense.*"))


def leave_room(size):
    """No file may become larger than so many bytes. Python is told of it as of a full disk: by an OSError."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def interrupt(*_):
    raise KeyboardInterrupt


def train_with_room(size, *options):
    leave_room(size)
    try:
        return last_words(run_command(train.main, *options))
    finally:
        leave_room(resource.RLIM_INFINITY)


def test_a_full_disk_is_said_in_one_sentence_and_costs_nothing_that_was_there(out, few, monkeypatch):
    said, code = train_with_room(0, *QUICK, "--out", out)
    assert code == 1 and f"{out} cannot be written (File too large). Name another folder" in said
    # Room for the history, but not for a checkpoint of 1.2 MB.
    said, code = train_with_room(600_000, *QUICK, "--out", out)
    assert code == 1 and "dense.run could not be written (File too large). The weights in" in said
    assert "go on with --resume" in said
    assert is_untouched(out)

    resume = ("--network", "dense", "--out", out, "--resume")
    with monkeypatch.context() as patched:  # ends as if killed when the training has ended
        patched.setattr(train.Run, "publish", interrupt)
        assert run_command(train.main, *resume).returncode == 130
    said, code = train_with_room(100, *resume)
    assert code == 1 and "dense.run could not be written (File too large)" in said
    # Room for the history, but not for a network of 0.4 MB.
    said, code = train_with_room(100_000, *resume)
    assert code == 1 and "The result could not be saved" in said and "go on with --resume" in said
    assert is_untouched(out)
    assert sorted(os.listdir(out)) == ["dense.history.jsonl", "dense.json", "dense.keras", "dense.run"]

    said, code = last_words(run_command(train.main, *resume))
    assert code == 0 and said.startswith("Saved")
    assert load_network(out, "dense")[1]["settings"]["epochs"] == 1
    assert sorted(os.listdir(out)) == ["dense.history.jsonl", "dense.json", "dense.keras"]


def test_a_full_disk_on_which_a_dry_run_has_no_room_either_is_said_in_one_sentence(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", None)  # is looked for again
    said, code = train_with_room(0, "--dry-run")
    assert code == 1 and said.startswith("train.py: ") and "No usable temporary directory" in said


def test_who_reads_only_the_first_lines_gets_no_traceback(few):
    reads, writes = os.pipe()
    os.close(reads)
    with (
        open(writes, "w", encoding="utf-8") as gone,
        contextlib.redirect_stdout(gone),
        pytest.raises(SystemExit) as end,
    ):
        train.main(["--dry-run", "--network", "dense", "--recipe", "quick"])
    assert end.value.code == 1


@contextlib.contextmanager
def respecting_permissions():
    """Takes from root, to whom a folder's permissions mean nothing, what makes it so: CAP_DAC_OVERRIDE."""
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    head = struct.pack("Ii", 0x20080522, 0)  # the version of the structure that follows; this thread
    held = ctypes.create_string_buffer(24)  # effective, permitted and inheritable capabilities, twice 32 bits
    assert libc.capget(head, held) == 0
    effective, *others = struct.unpack("6I", held.raw)
    fewer = struct.pack("6I", effective & ~(1 << 1), *others)
    assert libc.capset(head, fewer) == 0, os.strerror(ctypes.get_errno())
    try:
        yield
    finally:
        libc.capset(head, held)


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(out):
    if os.geteuid() == 0 and sys.platform != "linux":
        pytest.skip("needs a user other than root, to whom a folder's permissions mean nothing")
    Run.begin(choose_settings("dense", "tutorial"), out).close()
    (out / "dense.run" / "lock").unlink()
    (out / "dense.run").chmod(0o500)
    out.chmod(0o500)
    with respecting_permissions():
        begun = last_words(run_command(train.main, "--network", "cnn", "--out", out))
        resumed = last_words(run_command(train.main, "--network", "dense", "--out", out, "--resume"))
    assert begun == (
        f"train.py: {out} cannot be written (Permission denied). Name another folder with --out.",
        1,
    )
    assert "dense.run cannot be written (Permission denied)" in resumed[0] and resumed[1] == 1
    assert is_untouched(out)


def test_a_clock_that_is_set_back_while_training_changes_no_time_that_is_told(out, few, monkeypatch):
    hours, read = itertools.count(1), time.time
    with monkeypatch.context() as patched:
        patched.setattr(time, "time", lambda: read() - 3600 * next(hours))
        _, code = last_words(run_command(train.main, *QUICK, "--out", out))
    assert code == 0 and next(hours) > 1, "nobody reads the clock"
    seconds = [row["seconds"] for row in read_history(out / "dense.history.jsonl").rows]
    assert seconds[0] > 0 and seconds == sorted(seconds) and seconds[-1] < 300
    assert 0 < load_network(out, "dense")[1]["seconds"] < 300


def test_a_lock_that_a_killed_training_left_locks_nothing_whoever_has_its_number_now(tmp_path):
    """The lock is the kernel's, not a process number in a file."""
    folder = tmp_path / "dense.run"
    folder.mkdir()
    (folder / "lock").write_text(f"{os.getpid()}\n")
    assert not is_at_work(folder)
    Run.begin(choose_settings("dense", "tutorial"), tmp_path).close()


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"",
        lambda whole: whole[:-100],
        lambda whole: whole[:4000] + bytes(4000) + whole[8000:],
        lambda whole: whole.replace(b"optimizer0", b"optimizer_"),
    ],
    ids=["empty", "truncated", "altered", "incomplete"],
)
def test_a_damaged_checkpoint_is_named_and_left_as_it_is(tmp_path, damage):
    settings = choose_settings("dense", "tutorial")
    run = Run.begin(settings, tmp_path)
    create_state(settings, steps=10).save(run.checkpoint)
    run.checkpoint.write_bytes(damaged := damage(run.checkpoint.read_bytes()))
    with raises(RunError, rf"checkpoint\.npz cannot be read .*, or delete {run.folder} to start over"):
        list(run.follow(few=True))
    assert run.checkpoint.read_bytes() == damaged
    run.close()


def test_killed_while_it_deletes_the_run_that_was_published_it_leaves_no_half_run(tmp_path, monkeypatch):
    settings, delete = choose_settings("dense", "tutorial", epochs=1), shutil.rmtree

    def be_killed(folder, **options):
        if Path(folder).parent == tmp_path:
            raise KeyboardInterrupt
        delete(folder, **options)

    def train_to_the_end():
        with contextlib.closing(Run.begin(settings, tmp_path)) as run:
            list(run.follow(few=True))
            run.publish(few=True)

    monkeypatch.setattr(shutil, "rmtree", be_killed)
    with pytest.raises(KeyboardInterrupt):
        train_to_the_end()
    monkeypatch.undo()
    assert (tmp_path / "dense.run" / "checkpoint.npz").exists()
    assert load_network(tmp_path, "dense")[1]["settings"] == settings.as_dict()
    with raises(RunError, "nothing to resume"):
        Run.resume("dense", tmp_path, {})
    Run.begin(settings, tmp_path).close()


@pytest.mark.parametrize("begins", [Run.begin, lambda settings, out: Run.resume("dense", out, {})])
def test_a_run_of_an_older_version_that_lacks_a_setting_is_named_with_the_way_out(tmp_path, begins):
    settings = choose_settings("dense", "tutorial")
    with contextlib.closing(Run.begin(settings, tmp_path)) as run:
        start_history(run.history, {"network": "dense", "epochs": 10})
        run.checkpoint.touch()
    with pytest.raises(RunError) as said:
        begins(settings, tmp_path)
    assert say_error(said.value) == (
        f"{run.history} is damaged, or of another version of this program, which cannot go on with it. "
        f"Delete {run.folder} to start over."
    )
    shutil.rmtree(run.folder)
    Run.begin(settings, tmp_path).close()


def test_a_run_that_diverges_says_so_and_leaves_nothing_that_a_new_one_would_stumble_over(out, monkeypatch):
    settings = choose_settings("dense", "tutorial", epochs=3)
    run = Run.begin(settings, out)
    with pytest.raises(RunError) as said:
        for progress in run.follow(few=True):
            if progress.ends_epoch:
                run.state.network.set_weights([a * np.inf for a in run.state.network.get_weights()])
    assert say_error(said.value) == (
        "The training has diverged in epoch 2 of 3: its loss is no longer a number. "
        "A learning rate of 0.001 is too high here; try a tenth of it. (--learning-rate 0.0001)"
    )
    assert not run.folder.exists() and is_untouched(out)
    Run.begin(settings, out).close()


def test_ctrl_c_before_the_first_epoch_says_how_to_go_on(tmp_path):
    """A process, since what is interrupted is at work in threads: they make the images."""
    command = [sys.executable, "train.py", "--network", "dense", "--out", str(tmp_path)]
    process = start_interruptible(command)
    process.stdout.readline()  # the device: the data come next
    process.send_signal(signal.SIGINT)
    printed, complained = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130 and "Traceback" not in complained
    assert "Stopped" in printed and f"--out {tmp_path} --resume" in printed
