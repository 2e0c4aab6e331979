"""Following a training of the terminal by its folder on disk."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import gradio as gr
import pytest

from model.history import append_row, cut_history, start_history
from model.run import Run, RunError, is_at_work
from model.settings import choose_settings
from tests.support.words import say
from ui.page import build_page
from ui.readout.reading import Reader
from ui.server.job_queue import JobQueue
from ui.server.sessions import Session, Sessions
from ui.server.terminal import find_terminal_run
from ui.training.panel import TrainingPanel
from ui.training.status import describe_terminal
from ui.training.view import View


def make_row(epoch, seconds=8.0):
    row = {"epoch": epoch, "step": 1, "loss": 0.5, "accuracy": 0.8, "val_loss": None, "val_accuracy": None}
    return row | {"seconds": seconds}


@pytest.fixture
def run(tmp_path):
    """What `python train.py` holds while it trains."""
    run = Run.begin(choose_settings("dense", "tutorial", epochs=4), tmp_path)
    yield run
    run.close()


def test_only_a_training_at_work_is_found(tmp_path):
    assert find_terminal_run(tmp_path) is None
    run = Run.begin(choose_settings("cnn", "tutorial"), tmp_path)
    assert is_at_work(run.folder)
    assert find_terminal_run(tmp_path) is not None
    run.close()
    assert find_terminal_run(tmp_path) is None


def test_asking_whether_a_run_is_at_work_does_not_block_it(run, tmp_path):
    with pytest.raises(RunError):
        Run.begin(run.settings, tmp_path)
    run.close()
    assert not is_at_work(run.folder)
    Run.begin(run.settings, tmp_path).close()


def test_pages_that_ask_at_the_same_moment_do_not_take_each_other_for_a_run(run, tmp_path):
    run.close()  # the lock file stays, as after Ctrl-C
    with ThreadPoolExecutor(8) as pool:
        assert not any(pool.map(is_at_work, [run.folder] * 400))


def test_rows_are_read_as_they_are_written_and_stay_when_the_folder_is_gone(run, tmp_path):
    followed = find_terminal_run(tmp_path)
    followed.refresh()
    assert (followed.rows, followed.is_over) == ([], False)
    assert say(describe_terminal(followed)["headline"]) == "In the terminal: getting the data ready…"
    append_row(run.history, make_row(1.25))
    changes = followed.changes
    followed.refresh()
    assert followed.changes > changes
    shown = describe_terminal(followed)
    assert {**shown, "headline": say(shown["headline"]), "detail": say(shown["detail"])} == {
        "phase": "training",
        "headline": "In the terminal: epoch 2 of 4",
        "detail": "dense, recipe tutorial · 8 s · 18 s left",
        "share": 0.3125,
    }
    run.close()
    run.history.unlink()
    followed.refresh()
    assert followed.is_over and followed.rows == [make_row(1.25)]
    assert say(describe_terminal(followed)["headline"]) == "In the terminal: ended after 1.2 of 4 epochs."


def test_a_history_without_its_first_line_is_no_error(run, tmp_path):
    followed = find_terminal_run(tmp_path)
    run.history.write_text("")
    followed.refresh()
    assert followed.rows == []
    start_history(run.history, run.settings.as_dict())
    append_row(run.history, make_row(4.0))
    followed.refresh()
    assert describe_terminal(followed)["share"] == 1.0


def test_a_history_that_a_resumed_run_has_cut_is_read_anew(run, tmp_path):
    followed = find_terminal_run(tmp_path)
    for epoch in (1.0, 1.5):
        append_row(run.history, make_row(epoch))
    followed.refresh()
    view = View(Session(followed=followed), "dense")
    assert len(followed.rows) == len(view.describe()[1]["lines"][0]["points"]) == 2
    cut_history(run.history, 1)
    followed.refresh()
    assert followed.rows == [make_row(1.0)] and followed.settings["epochs"] == 4
    assert len(view.describe()[1]["lines"][0]["points"]) == 1


def test_a_training_on_the_page_ends_following(run, tmp_path):
    session = Session(followed=find_terminal_run(tmp_path))
    session.begin_training(object())
    assert session.followed is None


@pytest.mark.parametrize("on_space", [False, True])
def test_following_is_offered_except_on_a_space_which_has_no_terminal(run, monkeypatch, tmp_path, on_space):
    monkeypatch.setattr("ui.training.panel.ON_SPACE", on_space)
    with gr.Blocks():
        panel = TrainingPanel(Sessions(), JobQueue(), tmp_path)
    offer = panel.offer_terminal(SimpleNamespace(session_hash="someone"))
    assert offer.visible is not on_space


@pytest.mark.parametrize("on_space", [False, True])
def test_an_open_page_gives_signs_of_life_everywhere(monkeypatch, tmp_path, on_space):
    monkeypatch.setattr("ui.training.panel.ON_SPACE", on_space)
    page = build_page(Reader(), tmp_path).config
    (status,) = (part for part in page["components"] if part["props"].get("elem_id") == "train-status")
    assert status["props"]["props"]["alive_seconds"] > 0
    targets = [target for event in page["dependencies"] for target in event["targets"]]
    assert targets.count((status["id"], "alive")) == 1
