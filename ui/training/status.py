"""The line of progress above the curves: what a run is doing, in words, with a bar.

In goes a training job, or one of the terminal; out comes the plain value of a `Status` component: phase,
headline, detail, share done.
"""

from pathlib import Path

import gradio as gr

from ui.server.terminal import TerminalRun
from ui.server.training_job import DONE, FAILED, PAUSED, PREPARING, STOPPED, TRAINING, WAITING, TrainingJob
from ui.training.curves import PlottedRun

HERE = Path(__file__).parent
ORDINALS = {1: "1st", 2: "2nd", 3: "3rd"}


class Status(gr.HTML):
    """Shows what `describe_run` or `describe_shipped` made. Its style stands in panel.css, see Curves."""

    def __init__(self, value: dict | None = None, elem_id: str | None = None):
        super().__init__(
            value,
            html_template=(HERE / "status.html").read_text(encoding="utf-8"),
            js_on_load=(HERE / "status.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            elem_id=elem_id,
        )

    def postprocess(self, value: dict | None) -> dict | None:
        return value


def describe_shipped(network: str, shipped: PlottedRun | None) -> dict:
    if shipped is None:
        return _show("idle", "Ready to train.")
    return _show("idle", f"These curves: the training of the shipped {network}, {shipped.epochs} epochs.")


def describe_run(run: TrainingJob) -> dict:
    """The headline changes seldom, since screen readers say it; what changes all the time is the detail."""
    at = run.progress
    share = at.step / at.steps if at else 0.0
    epochs = f"epoch {at.epoch} of {at.epochs}" if at else ""
    if run.phase == WAITING:
        place = run.place
        if not place:
            return _show(WAITING, "Your turn is next.", share=share)
        return _show(WAITING, f"You are {name_place(place)} in line; it starts by itself.", share=share)
    if run.phase == PREPARING:
        return _show(PREPARING, "Getting the data ready …")
    if run.phase == FAILED:
        return _show(FAILED, run.problem, share=share)
    if run.phase == PAUSED:
        return _show(PAUSED, f"Paused in {epochs}.", _name_time(at.seconds) + " so far", share)
    if run.phase == STOPPED:
        kept = f"Stopped in {epochs}, and kept." if run.rows else "Stopped."
        return _show(STOPPED, kept, _name_result(run), share)
    if run.phase == DONE:
        return _show(
            DONE, f"Trained {_count(at.epochs, 'epoch')} in {_name_time(at.seconds)}.", _name_result(run), 1.0
        )
    pace = f"{at.samples_per_second:,.0f} images/s".replace(",", " ") if at.samples_per_second else ""
    left = f"{_name_time(at.seconds_left)} left" if at.seconds_left is not None else ""
    return _show(
        TRAINING, epochs.capitalize(), " · ".join(filter(None, [pace, _name_time(at.seconds), left])), share
    )


def describe_terminal(run: TerminalRun) -> dict:
    """As `describe_run`."""
    if not run.rows:
        if run.is_over:
            return _show(DONE, "In the terminal: ended before its first step.")
        return _show(PREPARING, "In the terminal: getting the data ready …")
    at, seconds = run.rows[-1]["epoch"], run.rows[-1]["seconds"]
    share = at / run.epochs
    what = f"{run.settings['network']}, recipe {run.settings['recipe']}"
    if run.is_over:
        done = f"In the terminal: ended after {at:.1f} of {run.epochs} epochs."
        if share == 1:
            done = f"In the terminal: all {run.epochs} epochs done."
        return _show(DONE, done, f"{what} · {_name_time(seconds)}", share)
    left = f"{_name_time(seconds / share - seconds)} left"
    headline = f"In the terminal: epoch {min(int(at) + 1, run.epochs)} of {run.epochs}"
    return _show(TRAINING, headline, " · ".join([what, _name_time(seconds), left]), share)


def name_place(place: int) -> str:
    return ORDINALS.get(place, f"{place}th")


def _show(phase: str, headline: str, detail: str = "", share: float = 0.0) -> dict:
    return {"phase": phase, "headline": headline, "detail": detail, "share": round(share, 4)}


def _name_result(run: TrainingJob) -> str:
    """What validation said of the network, at the last epoch's end that it has learned."""
    said = [row["val_accuracy"] for row in run.rows if row["val_accuracy"] and row["epoch"] <= run.epoch]
    return f"{said[-1]:.1%} of the validation digits read right".replace("%", " %") if said else ""


def _name_time(seconds: float) -> str:
    seconds = round(seconds)
    return f"{seconds} s" if seconds < 60 else f"{seconds // 60} min {seconds % 60:02d} s"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
