"""The status line above the curves: what a training is doing, in words, with a bar.

In: a training job, or a run of the terminal. Out: the plain value of a `Status` component: phase, headline,
detail, share done.
"""

from pathlib import Path

import gradio as gr

from ui.server.job import DONE, FAILED, PAUSED, PREPARING, STOPPED, TRAINING, WAITING
from ui.server.terminal import TerminalRun
from ui.server.training_job import TrainingJob
from ui.text.words import say_error
from ui.training.curves import PlottedRun

HERE = Path(__file__).parent
SUFFIXES = {1: "st", 2: "nd", 3: "rd"}


class Status(gr.HTML):
    """Shows what `describe_training` or `describe_shipped` made. Its style is in panel.css, see Curves."""

    def __init__(self, value: dict | None = None, elem_id: str | None = None, **kwargs):
        super().__init__(
            value,
            html_template=(HERE / "status.html").read_text(encoding="utf-8"),
            js_on_load=(HERE / "status.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            elem_id=elem_id,
            **kwargs,  # Gradio makes a component anew for gr.skip()
        )

    def postprocess(self, value: dict | None) -> dict | None:
        return value


def describe_shipped(network: str, shipped: PlottedRun | None) -> dict:
    if shipped is None:
        return describe_phase("idle", "Ready to train.")
    epochs = f"{shipped.epochs} epochs"
    return describe_phase("idle", f"These curves: the training of the shipped {network}, {epochs}.")


def describe_lost(why: str) -> dict:
    """why: one of ui.server.sessions.LOST."""
    reasons = {
        "restarted": "The server was restarted, and your training ended with it.",
        "forgotten": "Your page was away too long, and your training has ended.",
    }
    return describe_phase(FAILED, f"{reasons[why]} Press Start to train again.")


def describe_training(job: TrainingJob) -> dict:
    """The headline changes seldom, because screen readers say it. The detail changes all the time."""
    at = job.progress
    share = at.step / at.steps if at else 0.0
    epochs = f"epoch {at.epoch} of {at.epochs}" if at else ""
    if job.phase == WAITING:
        return describe_phase(WAITING, describe_place(job.place), share=share)
    if job.phase == PREPARING:
        return describe_phase(PREPARING, "Getting the data ready …")
    if job.phase == FAILED:
        return describe_phase(FAILED, say_error(job.problem), share=share)
    if job.phase == PAUSED:
        return describe_phase(PAUSED, f"Paused in {epochs}.", name_time(at.seconds) + " so far", share)
    if job.phase == STOPPED:
        if not job.has_learned:
            return describe_phase(STOPPED, "Stopped.", share=share)
        return describe_phase(STOPPED, f"Stopped in {epochs}, and kept.", _name_result(job), share)
    if job.phase == DONE:
        trained = f"Trained {_count(at.epochs, 'epoch')} in {name_time(at.seconds)}."
        return describe_phase(DONE, trained, _name_result(job), 1.0)
    pace = f"{at.samples_per_second:,.0f} images/s".replace(",", " ") if at.samples_per_second else ""
    left = f"{name_time(at.seconds_left)} left" if at.seconds_left is not None else ""
    detail = " · ".join(filter(None, [pace, name_time(at.seconds), left, job.device]))
    return describe_phase(TRAINING, epochs.capitalize(), detail, share)


def describe_terminal(run: TerminalRun) -> dict:
    """As `describe_training`."""
    if not run.rows:
        if run.is_over:
            return describe_phase(DONE, "In the terminal: ended before its first step.")
        return describe_phase(PREPARING, "In the terminal: getting the data ready …")
    at, seconds = run.rows[-1]["epoch"], run.rows[-1]["seconds"]
    share = at / run.epochs
    what = f"{run.settings['network']}, recipe {run.settings['recipe']}"
    if run.is_over:
        done = f"In the terminal: ended after {at:.1f} of {run.epochs} epochs."
        if share == 1:
            done = f"In the terminal: all {run.epochs} epochs done."
        return describe_phase(DONE, done, f"{what} · {name_time(seconds)}", share)
    left = f"{name_time(seconds / share - seconds)} left"
    headline = f"In the terminal: epoch {min(int(at) + 1, run.epochs)} of {run.epochs}"
    return describe_phase(TRAINING, headline, " · ".join([what, name_time(seconds), left]), share)


def describe_place(place: int) -> str:
    """place: how many jobs are ahead in the queue."""
    if not place:
        return "Your turn is next."
    return f"You are {name_ordinal(place)} in line; it starts by itself."


def describe_phase(phase: str, headline: str, detail: str = "", share: float = 0.0) -> dict:
    """The value of a Status. share: of the work done, 0 to 1."""
    return {"phase": phase, "headline": headline, "detail": detail, "share": round(share, 4)}


def name_ordinal(number: int) -> str:
    teens = 10 <= number % 100 < 20
    return f"{number}{'th' if teens else SUFFIXES.get(number % 10, 'th')}"


def name_time(seconds: float) -> str:
    seconds = round(seconds)
    return f"{seconds} s" if seconds < 60 else f"{seconds // 60} min {seconds % 60:02d} s"


def _name_result(job: TrainingJob) -> str:
    """The validation accuracy at the last epoch's end that the network has learned."""
    accuracies = [
        row["val_accuracy"]
        for row in job.rows
        if row["val_accuracy"] is not None and row["epoch"] <= job.epoch
    ]
    return (
        f"{accuracies[-1]:.1%} of the validation digits read right".replace("%", " %") if accuracies else ""
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
