"""The status line above the curves: what a training is doing, as texts, with a bar.

In: a training job, or a run of the terminal. Out: the plain value of a `Status` component: phase, headline,
detail, share done.
"""

from pathlib import Path

import gradio as gr

from model.errors import DigitsError
from ui.server.job import DONE, FAILED, PAUSED, PREPARING, STOPPED, TRAINING, WAITING
from ui.server.terminal import TerminalRun
from ui.server.training_job import TrainingJob
from ui.text.device import name_device
from ui.text.words import Joined, Text, fill_template, pack
from ui.training.curves import PlottedRun

HERE = Path(__file__).parent


class Status(gr.HTML):
    """Shows what `describe_training` or `describe_shipped` made. Its style is in panel.css, see Curves."""

    def __init__(self, value: dict | None = None, elem_id: str | None = None, **kwargs):
        super().__init__(
            value,
            html_template=fill_template((HERE / "status.html").read_text(encoding="utf-8")),
            js_on_load=(HERE / "status.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            elem_id=elem_id,
            **kwargs,  # Gradio makes a component anew for gr.skip()
        )

    def postprocess(self, value: dict | None) -> dict | None:
        return value and {name: pack(one) for name, one in value.items()}


def describe_shipped(network: str, shipped: PlottedRun | None) -> dict:
    if shipped is None:
        return describe_phase("idle", Text("status.ready"))
    return describe_phase(
        "idle", Text("status.shipped", network=Text(f"page.network.{network}"), count=shipped.epochs)
    )


def describe_lost(why: str) -> dict:
    """why: one of ui.server.sessions.LOST."""
    return describe_phase(FAILED, Text(f"status.lost.{why}"))


def describe_training(job: TrainingJob) -> dict:
    """The headline changes seldom, because screen readers say it. The detail changes all the time."""
    at = job.progress
    share = at.step / at.steps if at else 0.0
    if job.phase == WAITING:
        return describe_phase(WAITING, describe_position(job.position), share=share)
    if job.phase == PREPARING:
        return describe_phase(PREPARING, Text("status.preparing"))
    if job.phase == FAILED:
        return describe_phase(FAILED, job.problem, share=share)
    if job.phase == PAUSED:
        headline = Text("status.paused", epoch=at.epoch, epochs=at.epochs)
        return describe_phase(PAUSED, headline, Text("status.so-far", time=name_time(at.seconds)), share)
    if job.phase == STOPPED:
        if not job.has_learned:
            return describe_phase(STOPPED, Text("status.stopped"), share=share)
        headline = Text("status.stopped-in", epoch=at.epoch, epochs=at.epochs)
        return describe_phase(STOPPED, headline, _name_result(job), share)
    if job.phase == DONE:
        trained = Text("status.trained", count=at.epochs, time=name_time(at.seconds))
        return describe_phase(DONE, trained, _name_result(job), 1.0)
    details = [name_time(at.seconds)]
    if at.samples_per_second:
        details.insert(0, Text("status.pace", count=at.samples_per_second))
    if at.seconds_left is not None:
        details.append(Text("status.left", time=name_time(at.seconds_left)))
    headline = Text("status.training", epoch=at.epoch, epochs=at.epochs)
    return describe_phase(TRAINING, headline, Joined("dots", [*details, name_device(job.device)]), share)


def describe_terminal(run: TerminalRun) -> dict:
    """As `describe_training`."""
    if not run.rows:
        if run.is_over:
            return describe_phase(DONE, Text("status.terminal.nothing"))
        return describe_phase(PREPARING, Text("status.terminal.preparing"))
    at, seconds = run.rows[-1]["epoch"], run.rows[-1]["seconds"]
    share = at / run.epochs
    network = Text(f"page.network.{run.settings['network']}")
    recipe = Text(f"training.recipe.{run.settings['recipe']}")
    details = [Text("status.terminal.what", network=network, recipe=recipe), name_time(seconds)]
    if run.is_over:
        done = Text("status.terminal.ended", epoch=at, epochs=run.epochs)
        if share == 1:
            done = Text("status.terminal.done", count=run.epochs)
        return describe_phase(DONE, done, Joined("dots", details), share)
    left = Text("status.left", time=name_time(seconds / share - seconds))
    headline = Text("status.terminal.training", epoch=min(int(at) + 1, run.epochs), epochs=run.epochs)
    return describe_phase(TRAINING, headline, Joined("dots", [*details, left]), share)


def describe_position(position: int) -> Text:
    """position: how many jobs are ahead in the queue."""
    return Text("status.place", count=position) if position else Text("status.next")


def describe_phase(
    phase: str, headline: Text | DigitsError, detail: Text | Joined | str = "", share: float = 0.0
) -> dict:
    """The value of a Status. share: of the work done, 0 to 1."""
    return {"phase": phase, "headline": headline, "detail": detail, "share": round(share, 4)}


def name_time(seconds: float) -> Text:
    seconds = round(seconds)
    if seconds < 60:
        return Text("time.seconds", seconds=seconds)
    return Text("time.minutes", minutes=seconds // 60, seconds=f"{seconds % 60:02d}")


def _name_result(job: TrainingJob) -> Text | str:
    """The validation accuracy at the last epoch's end that the network has learned."""
    accuracies = [
        row["val_accuracy"]
        for row in job.rows
        if row["val_accuracy"] is not None and row["epoch"] <= job.epoch
    ]
    if not accuracies:
        return ""
    return Text("status.result", percent=Text("number.percent-1", percent=100 * accuracies[-1]))
