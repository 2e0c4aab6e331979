"""train.py and model.evaluate as a user types them, on real data. Only what is killed has a process of its
own."""

import contextlib
import json
import os
import signal
from types import SimpleNamespace

import numpy as np
import pytest

import train
from model import datasets, evaluate
from model.drawing import Drawing, write_drawings
from model.history import read_history
from model.makers import MAX_MAKERS
from model.networks import dense
from model.recipes import Shard
from model.run import Run
from model.settings import choose_settings
from model.store import WEIGHTS, load_network
from tests.support.commands import refusal, run_command, run_well, take_few
from tests.support.processes import run_python
from tests.support.requirements import posix_only
from ui.text.words import Words

QUICK = ("--network", "dense", "--recipe", "quick")


def weights(folder, name="dense"):
    return np.concatenate([array.ravel() for array in load_network(folder, name)[0].get_weights()])


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Three epochs of MNIST alone, and what was printed."""
    out = tmp_path_factory.mktemp("trained")
    return out, run_well(train.main, *QUICK, "--epochs", 3, "--out", out)


def test_training_prints_the_device_each_epoch_the_scores_and_ten_predictions(trained):
    _, printed = trained
    assert "dense, recipe quick, seed 1, on CPU" in printed or "on GPU" in printed
    assert [line.split("of")[0] for line in printed.splitlines() if line.startswith("epoch")] == [
        f"epoch   {n} " for n in (1, 2, 3)
    ]
    read, labels = (line.split(":")[1].split() for line in printed.splitlines()[-3:-1])
    assert labels == list("7210414959")
    assert sum(a == b for a, b in zip(read, labels, strict=True)) >= 8


def test_it_leaves_weights_a_card_and_a_history_and_nothing_else(trained):
    out, _ = trained
    assert sorted(os.listdir(out)) == ["dense.history.jsonl", "dense.json", "dense.keras"]
    _, card = load_network(out, "dense")
    assert card["parameters"] == 101_770
    assert card["settings"]["epochs"] == 3 and card["settings"]["seed"] == 1
    assert card["scores"]["mnist-test"]["accuracy"] > 0.95
    assert card["scores"]["held-out"]["count"] == 1498
    assert card["seconds"] > 0 and card["versions"]["keras"]
    rows = read_history(out / "dense.history.jsonl").rows
    assert [row["epoch"] for row in rows if row["val_loss"] is not None] == [1, 2, 3]


def test_the_card_says_what_evaluate_says(trained):
    out, _ = trained
    printed = run_well(evaluate.main, "--weights", out / "dense.keras", "--drawings", "held-out", "--json")
    scores = json.loads(printed)
    assert set(scores) == {"mnist-test", "held-out"}
    card = load_network(out, "dense")[1]["scores"]
    assert scores == {name: card[name] for name in scores}


# Trains on a few images as train.py does, and is killed while it writes the second checkpoint, before that
# takes the place of the first.
KILLED_IN_A_SAVE = """
import os, signal, sys, train
from tests.support.commands import take_few
from ui.text.words import Words
take_few()
saves = []
def kill(file):
    saves.append(file)
    if len(saves) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
os.fsync = kill
train.main(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    """Three epochs of a few images."""
    out = tmp_path_factory.mktemp("unbroken")
    with pytest.MonkeyPatch.context() as patched:
        take_few(patched.setattr)
        run_well(train.main, *QUICK, "--epochs", 3, "--out", out)
    return out


def goes_on_as_if_never_broken(out, unbroken):
    """Resumes the run that broke off in its second epoch."""
    printed = run_well(train.main, "--network", "dense", "--out", out, "--resume")
    epochs = [line for line in printed.splitlines() if line.startswith("epoch")]
    assert [line.split("of")[0] for line in epochs] == ["epoch   2 ", "epoch   3 "]  # not the first again
    rows = read_history(out / "dense.history.jsonl").rows
    steps = [row["step"] for row in rows]
    assert steps == sorted(set(steps))
    assert [row["epoch"] for row in rows if row["val_loss"] is not None] == [1, 2, 3]
    return np.array_equal(weights(out), weights(unbroken))


@posix_only
def test_killed_and_resumed_it_ends_as_if_never_broken(unbroken, tmp_path, few):
    killed = run_python("-c", KILLED_IN_A_SAVE, *QUICK, "--epochs", "3", "--out", tmp_path)
    assert killed.returncode == -signal.SIGKILL
    assert killed.stderr == ""  # not one of TensorFlow's own lines
    assert sorted(os.listdir(tmp_path / "dense.run")) == [
        "checkpoint.new",
        "checkpoint.npz",
        "history.jsonl",
        "lock",
    ]
    assert goes_on_as_if_never_broken(tmp_path, unbroken)


def test_ctrl_c_in_an_epoch_says_how_to_go_on_and_it_ends_as_if_never_broken(
    unbroken, tmp_path, few, monkeypatch
):
    def interrupt(progress, say):
        if progress.epoch == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(train, "show", interrupt)
        patched.setattr("model.training.REPORTS_A_SECOND", np.inf)  # each step
        stopped = run_command(train.main, *QUICK, "--epochs", 3, "--out", tmp_path)
    assert stopped.returncode == 130
    assert "Stopped after 1 of 3 epochs; they are kept." in stopped.stdout
    assert f"Go on: python train.py --network dense --out {tmp_path} --resume" in stopped.stdout
    assert "holds an unfinished run" in refusal(train.main, *QUICK, "--out", tmp_path)
    other = refusal(train.main, "--network", "dense", "--out", tmp_path, "--resume", "--epochs", 7)
    assert "began with epochs 3, not 7" in other
    assert goes_on_as_if_never_broken(tmp_path, unbroken)


def follow_until(epoch, run):
    """Follows a run to the end of that epoch, and lets go of it. When the second has ended, the validation's
    labels are made wrong, so that no later epoch is chosen."""
    with contextlib.closing(run.follow(few=True)) as following:
        right = None
        for progress in following:
            if run.state.epochs_done >= 2 and not right:
                right = run.dataset.validation
                run.dataset.validation = Shard(right.images, (right.labels + 1) % 10)
            if progress.ends_epoch and progress.epoch == epoch < run.settings.epochs:
                break
    run.close()


def test_a_resumed_run_of_handwriting_sees_and_chooses_what_an_unbroken_one_does(tmp_path, monkeypatch):
    monkeypatch.setattr("model.recipes.FEW", 240)
    monkeypatch.setattr("model.makers.MAX_THREADS", MAX_MAKERS)  # a process would not know of it
    settings = choose_settings("dense", epochs=5, repeats=2)
    unbroken = Run.begin(settings, tmp_path / "unbroken")
    follow_until(5, unbroken)
    follow_until(3, Run.begin(settings, tmp_path / "broken"))
    resumed = Run.resume("dense", tmp_path / "broken", {})
    follow_until(5, resumed)
    assert (
        resumed.dataset.cached_epochs == 2
    )  # so that the third epoch, the last before the break, repeats the first
    one, other = unbroken.state, resumed.state
    assert (one.epochs_done, one.chosen_epoch) == (other.epochs_done, other.chosen_epoch) == (5, 2)
    assert one.best_accuracy == other.best_accuracy
    # The checkpoints hold the last epoch's weights; the networks have those of the chosen one.
    for found in one.network.get_weights(), other.network.get_weights():
        assert all(np.array_equal(a, b) for a, b in zip(found, one.chosen_weights, strict=True))
    with np.load(unbroken.checkpoint) as last, np.load(resumed.checkpoint) as again:
        assert last.files == again.files and "chosen0" in last.files
        arrays = [name for name in last.files if name != "numbers"]  # which hold the seconds, too
        assert all(np.array_equal(last[name], again[name]) for name in arrays)


def test_ctrl_c_before_there_is_a_run_leaves_nothing_behind(monkeypatch, tmp_path, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(train, "spread_over", interrupt)
    assert train.main([*QUICK, "--out", str(tmp_path)]) == 130
    assert capsys.readouterr().out == "\nStopped.\n"
    assert list(tmp_path.iterdir()) == []


def test_the_command_that_goes_on_names_again_what_the_run_needs():
    assert train.name_resumption(train.parse([])) == "python train.py --network cnn --resume"
    options = train.parse(["--out", "runs/a b", "--devices", "2", "--epochs", "7"])
    out = r'"runs\a b"' if os.name == "nt" else "'runs/a b'"
    assert train.name_resumption(options) == (
        f"python train.py --network cnn --out {out} --devices 2 --resume"
    )


def test_ctrl_c_in_a_dry_run_names_no_folder_that_is_gone(monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("model.run.prepare_data", interrupt)
    stopped = run_command(train.main, "--network", "dense", "--dry-run")
    assert stopped.returncode == 130 and stopped.stderr == ""
    assert stopped.stdout.splitlines()[1:] == ["", "Stopped; nothing was kept."]


def test_a_dry_run_goes_through_every_part_and_keeps_nothing():
    before = {path.name: path.stat().st_mtime_ns for path in WEIGHTS.iterdir()}
    printed = run_well(train.main, "--dry-run")
    assert "mnist-test" in printed and "held-out" in printed and "Nothing was kept" in printed
    assert {path.name: path.stat().st_mtime_ns for path in WEIGHTS.iterdir()} == before


def test_what_cannot_be_done_is_said_before_any_training(tmp_path, monkeypatch):
    assert "nothing to resume" in refusal(train.main, "--network", "dense", "--out", tmp_path, "--resume")
    assert "epochs must be from 1 to 1000, but is 0" in refusal(train.main, "--epochs", 0, "--out", tmp_path)
    assert "batch size must be from 1" in refusal(train.main, "--batch-size", -5, "--out", tmp_path)
    assert "leave one of them out" in refusal(train.main, "--dry-run", "--resume")
    (tmp_path / "file").write_text("")
    assert "cannot be written" in refusal(train.main, "--out", tmp_path / "file" / "below")
    monkeypatch.setattr(datasets, "FOLDER", tmp_path)
    assert "mnist-train.npz is missing" in refusal(train.main, *QUICK, "--out", tmp_path)


def test_two_trainings_do_not_work_in_one_folder(tmp_path):
    """The lock is the kernel's, and its file another one each time it is opened: as in two processes."""
    with contextlib.closing(Run.begin(choose_settings("dense", "quick"), tmp_path)) as run:
        for _ in range(2):
            # Nor does it advise to delete the other's work.
            for more in ((), ("--resume",)):
                said = refusal(train.main, "--network", "dense", "--out", tmp_path, *more)
                assert "Another training is at work" in said
            run.checkpoint.touch()  # as after the first epoch


def test_evaluate_scores_own_drawings_with_no_digits_among_them(held_out, tmp_path):
    scribbles = [Drawing.parse([[[0, y], [90, 30 - y]] for y in range(0, 90, 20)])] * 3
    write_drawings(tmp_path / "mine.jsonl", [*held_out[:50], *scribbles])
    drawings = tmp_path / "mine.jsonl"
    printed = run_well(evaluate.main, "--network", "dense", "--drawings", drawings, "--json")
    found = json.loads(printed)["mine.jsonl"]
    assert (found["count"], found["non_digits"]) == (50, 3)
    assert found["accuracy"] > 0.9 and 0.9 < found["auroc"] <= 1


def test_evaluate_refuses_two_sets_of_one_name(held_out, tmp_path):
    files = [tmp_path / name for name in ("anna/mine.jsonl", "ben/mine.jsonl", "anna/mnist-test")]
    for file in files:
        file.parent.mkdir(exist_ok=True)
        write_drawings(file, held_out[:1])
    anna, ben, mnist = files
    assert refusal(evaluate.main, "--drawings", anna, ben) == (
        "model.evaluate: two sets are called mine.jsonl. Leave one out, or rename its file."
    )
    assert "two sets are called mnist-test" in refusal(evaluate.main, "--drawings", mnist)


def test_a_score_of_nought_is_printed(held_out, tmp_path, capsys):
    ones = [Drawing.parse(drawing.as_lists(), 1) for drawing in held_out if drawing.label == 8][:5]
    write_drawings(tmp_path / "mine.jsonl", ones)
    printed = run_well(evaluate.main, "--network", "dense", "--drawings", tmp_path / "mine.jsonl")
    rows = [line.split() for line in printed.splitlines()[-10:]]
    assert (rows[0][-1], rows[1][-1]) == ("·", "0.00%")  # no noughts, and no one that was read right
    card = {"scores": {"mine.jsonl": {"accuracy": 0.0, "count": 5, "ece": 0.9, "auroc": 0.0}}}
    train.print_result(card, SimpleNamespace(state=SimpleNamespace(network=dense())), Words())
    assert "AUROC against non-digits 0.000" in capsys.readouterr().out


def test_evaluate_refuses_a_broken_file_whole(tmp_path):
    (tmp_path / "mine.jsonl").write_text(
        '{"label": 1, "strokes": [[[0, 0]]]}\n{"label": 11, "strokes": [[[0, 0]]]}\n'
    )
    done = run_command(evaluate.main, "--drawings", tmp_path / "mine.jsonl")
    assert "mine.jsonl, line 2: label must be a whole number" in done.stderr and done.stdout == ""
    assert "cannot be read" in refusal(evaluate.main, "--drawings", tmp_path / "nowhere.jsonl")
