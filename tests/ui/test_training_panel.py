"""The training panel without a browser: its settings, its words, its results."""

from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from model.settings import SettingsError, choose_settings
from model.training import Progress
from tests.support.errors import raises
from tests.support.words import say
from ui.server.job import PAUSED, STOPPED, TRAINING, WAITING
from ui.server.job_queue import JobQueue
from ui.server.messages import TestSetPredictions
from ui.server.sessions import Session, Sessions
from ui.server.training_job import TrainingJob
from ui.text.words import say_error
from ui.training.panel import TrainingPanel
from ui.training.results import describe_card, describe_results, find_images
from ui.training.settings import ALL, SettingsPanel, read_settings
from ui.training.status import describe_training
from ui.training.view import View, describe_difference


def make_training(**changes):
    settings = choose_settings("dense", "tutorial", **changes)
    return TrainingJob(settings, JobQueue(), lambda: None)


def test_gradio_can_make_each_output_anew_as_it_does_for_gr_skip(tmp_path):
    with gr.Blocks():
        panel = TrainingPanel(Sessions(), JobQueue(), tmp_path)
    for component in (*panel.shown, panel.results, *panel.files):
        arguments = {name: value for name, value in component.constructor_args.items() if name != "value"}
        assert type(component)(**arguments, render=False).elem_id == component.elem_id


@pytest.mark.parametrize(
    ("phase", "label", "enabled"),
    [(TRAINING, "Pause", True), (PAUSED, "Resume", True), (WAITING, "Pause", False)],
)
def test_pause_is_offered_where_it_does_something(phase, label, enabled):
    training = make_training()
    training.phase = phase
    training.progress = Progress(1, 10, 5, 1000, 0.3, 0.9, False, None, None, 3.0, 9.0, 12345.0, None)
    *_, start, pause, stop, use = View(Session(training=training), "dense").describe()
    assert (pause.value, pause.interactive) == (label, enabled)
    assert (start.value, stop.interactive, use.interactive) == ("Start over", True, False)


def test_a_drawing_that_no_network_has_read_yet_is_not_asked_for_again():
    session = Session(training=make_training())

    def read_note():
        return say(View(session, "dense").describe()[3]["note"])

    asked, state = read_note(), View(session, "dense").state
    session.keep_drawing([[[10, 10], [50, 80]]])
    assert read_note() == "Your drawing is read as soon as the training begins." != asked
    assert View(session, "dense").state != state  # so the page is told
    session.training.phase = STOPPED
    assert read_note() == asked


@pytest.mark.parametrize(
    ("recipe", "changes", "said", "not_said"),
    [
        ("handwriting", {"dropout": 0.0}, ["bent drawings", "shapes that are no digit"], ["dropout"]),
        ("handwriting", {"augment": False, "dropout": 0.5}, ["shapes", "dropout"], ["bent"]),
        ("tutorial", {"dropout": 0.5}, ["dropout"], ["bent", "shapes"]),
        ("tutorial", {"dropout": 0.0}, ["overfitting"], ["bent", "shapes", "dropout"]),
    ],
)
def test_the_sentence_below_the_curves_is_true_of_the_run(recipe, changes, said, not_said):
    sentence = say(describe_difference(choose_settings("dense", recipe, **changes).as_dict()))
    assert all(words in sentence for words in said)
    assert not any(words in sentence for words in not_said)


def test_an_emptied_setting_is_not_guessed():
    with gr.Blocks():
        panel = SettingsPanel()
        panel.add_more()
    values = [component.value for component in panel.components]
    assert read_settings(values)[0].epochs == 10
    for i in range(len(values)):
        with raises(SettingsError, "fill in every field"):
            read_settings((*values[:i], None, *values[i + 1 :]))
    with raises(SettingsError, "fill in every field"):
        read_settings(values[:-1])


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("learning_rate", 10, "Learning rate must be from 0.00001 to 1, but is 10."),
        ("learning_rate", 10**400, "Learning rate must be from 0.00001 to 1."),
        ("learning_rate", float("nan"), "Learning rate must be"),
        ("epochs", 0, "Epochs must be from 1 to 100, but is 0."),
        ("epochs", True, "Epochs must be from 1 to 100."),
        ("epochs", "3", "Epochs must be from 1 to 100."),
        ("dropout", 0.95, "Dropout must be from 0 to 0.9, but is 0.95."),
        ("batch_size", 100, "Batch size must be one of 16, 32, 64, 128, 256, 512, 1024."),
        ("network", ["cnn"], "Network to train must be one of dense, cnn."),
        ("augment", 1, "Augmentation must be one of True, False."),
    ],
)
def test_a_setting_out_of_bounds_is_refused_with_the_name_of_its_field(name, value, said):
    with gr.Blocks():
        panel = SettingsPanel()
        panel.add_more()
    values = [component.value for component in panel.components]
    values[ALL.index(name)] = value
    with pytest.raises(SettingsError) as refused:
        read_settings(values)
    assert say_error(refused.value).startswith(said)


def test_progress_is_shown_with_the_time_left():
    training = make_training(epochs=10)
    training.phase, training.rows = TRAINING, [{}]
    training.device = "CPU, 2 cores (tensorflow)"
    training.progress = Progress(3, 10, 250, 1000, 0.3, 0.9, False, None, None, 33.0, 99.0, 12345.0, None)
    shown = describe_training(training)
    assert {**shown, "headline": say(shown["headline"]), "detail": say(shown["detail"])} == {
        "phase": "training",
        "headline": "Epoch 3 of 10",
        "detail": "12,345 images/s · 33 s · 1 min 39 s left · CPU, 2 cores (tensorflow)",
        "share": 0.25,
    }


def test_a_network_that_cannot_be_written_is_reported_and_not_offered(monkeypatch, tmp_path, capsys):
    with gr.Blocks():
        panel = TrainingPanel(Sessions(), JobQueue(), tmp_path)
    panel.sessions.find("someone").training = SimpleNamespace(has_network=True)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    warned = []
    monkeypatch.setattr(gr, "Warning", warned.append)
    buttons = panel.offer_files(SimpleNamespace(session_hash="someone"))
    assert [(button.value, button.interactive) for button in buttons] == [(None, False)] * 2
    assert len(warned) == 1 and "cannot be downloaded" in warned[0]
    assert "gone" in capsys.readouterr().err and "gone" not in warned[0]

    monkeypatch.undo()  # there is room, but the worker had none
    monkeypatch.setattr(gr, "Warning", warned.append)
    unsaved = TrainingJob(choose_settings("dense", "tutorial"), JobQueue(), lambda: None)
    monkeypatch.setattr(TrainingJob, "has_network", True)
    panel.sessions.find("someone").training = unsaved
    buttons = panel.offer_files(SimpleNamespace(session_hash="someone"))
    assert [(button.value, button.interactive) for button in buttons] == [(None, False)] * 2
    assert warned[1:] == warned[:1] and capsys.readouterr().err == ""


def test_results_count_every_digit_and_show_the_surest_mistake_first():
    labels = find_images("held-out").labels
    probabilities = np.full((len(labels), 10), 0.01, np.float32)
    probabilities[np.arange(len(labels)), labels] = 0.9
    probabilities[3] = np.eye(10)[(labels[3] + 1) % 10]
    probabilities[5] = 0.8 * np.eye(10)[(labels[5] + 1) % 10]
    predictions = TestSetPredictions("held-out", labels, probabilities)
    shown = describe_results(predictions)
    assert np.sum(shown["matrix"]) == len(labels)
    assert [digit["label"] for digit in shown["digits"]] == [labels[3], labels[5]]
    cell = describe_results(predictions, (int(labels[3]), (int(labels[3]) + 1) % 10))
    assert cell["digits"][0] == shown["digits"][0]
    assert describe_results(None)["matrix"] is None


def test_large_numbers_of_parameters_are_grouped_by_three():
    training = make_training()
    card = {"network": "dense", "parameters": 1_234_567, "settings": training.settings.as_dict()}
    card |= {"epoch": 1, "seconds": 2.0, "scores": {}, "device": "CPU"}
    shown = {say(term): say(text) for term, text in describe_card(card)}
    assert shown["size"] == "1,234,567 parameters, 4.9 MB"
