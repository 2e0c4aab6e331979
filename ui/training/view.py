"""What the training panel shows of a session: the values of its status line, curves and buttons."""

import gradio as gr

from model.history import read_history
from model.store import WEIGHTS
from ui.server.job import PAUSED, TRAINING
from ui.server.sessions import Session
from ui.server.terminal import TerminalRun
from ui.server.training_job import TrainingJob
from ui.text.words import Joined, Text, Words, as_html
from ui.training.curves import PlottedRun, plot_accuracy, plot_loss, plot_probabilities
from ui.training.plot_updates import PlotUpdates
from ui.training.runs import name_differences
from ui.training.status import describe_lost, describe_shipped, describe_terminal, describe_training

NO_DRAWING = Text("curves.no-drawing")
READ_SOON = Text("curves.read-soon")
OTHER_READS = Text("curves.other-reads")


class View:
    """Of the session's latest training; of the terminal's run where that is followed; else of the shipped
    network. Keep it while the job goes on: curves are read, and sent, as they grow."""

    def __init__(self, session: Session, network: str):
        self.session, self.network = session, network
        self.job = find_job(session)
        self._runs = self._make_runs()
        self._updates = [PlotUpdates() for _ in range(3)]

    @property
    def is_current(self) -> bool:
        """False once another job is the session's latest."""
        return find_job(self.session) is self.job

    @property
    def is_over(self) -> bool:
        """Nothing changes any more."""
        return self.job is None or self.job.is_over

    @property
    def state(self) -> tuple:
        """Differs whenever `describe` would."""
        return (
            self.job and (self.job.changes, self.job.position),
            self.session.smoothing,
            self.session.language,
            self._describe_readings().key,
        )

    def describe(self, whole: bool = False) -> list:
        """Status, loss, accuracy, probabilities, the sentence below, Start, Pause, Stop, Use. whole: with all
        points of the curves, not only the new ones."""
        if isinstance(self.job, TerminalRun) and self._has_begun_anew(self._runs[0]):
            self._runs = self._make_runs()
        smoothing = self.session.smoothing
        plots = plot_loss(self._runs, smoothing), plot_accuracy(self._runs, smoothing), self._plot_readings()
        values = [updates.make_value(plot, whole) for updates, plot in zip(self._updates, plots, strict=True)]
        buttons = describe_buttons(self.session, self.job)
        return [self._describe_status(), *values, self._describe_hint(), *buttons]

    def _has_begun_anew(self, run: PlottedRun) -> bool:
        """The terminal's history has its first line only now, or was cut."""
        return run.rows is not self.job.rows or run.settings != self.job.settings

    def _make_runs(self) -> list[PlottedRun]:
        job = self.job
        if job is None:
            shipped = read_shipped(self.network)
            return [shipped] if shipped else []
        if isinstance(job, TerminalRun):
            return [PlottedRun(Text("curves.run.terminal"), job.rows, job.epochs, job.settings)]
        settings = job.settings
        return [PlottedRun(Text("curves.run.this"), job.rows, settings.epochs, settings.as_dict())] + [
            PlottedRun(name_differences(settings, old.settings), old.rows, old.settings.epochs)
            for old in self.session.earlier
        ]

    def _plot_readings(self) -> dict:
        epochs = self._runs[0].epochs if self._runs else 1
        readings = tuple(self.job.readings) if isinstance(self.job, TrainingJob) else ()
        return plot_probabilities(readings, epochs, self._describe_readings())

    def _describe_readings(self) -> Text:
        """What stands where there are none."""
        if isinstance(self.job, TerminalRun):
            return OTHER_READS
        reads = self.job is not None and not self.job.ended
        return READ_SOON if reads and self.session.find_image() is not None else NO_DRAWING

    def _describe_status(self) -> dict:
        if self.job is None and self.session.lost:
            return describe_lost(self.session.lost)
        if self.job is None:
            return describe_shipped(self.network, self._runs[0] if self._runs else None)
        return (describe_terminal if isinstance(self.job, TerminalRun) else describe_training)(self.job)

    def _describe_hint(self) -> str:
        hint = describe_difference(self._runs[0].settings) if self._runs else None
        return as_html(hint) if hint else ""


def find_job(session: Session) -> TrainingJob | TerminalRun | None:
    """What the panel shows of the session."""
    return session.followed or session.training


def describe_buttons(session: Session, job: TrainingJob | TerminalRun | None) -> list[gr.Button]:
    """Start, Pause, Stop, Use, while this job is shown. What belongs to the terminal is neither paused nor
    stopped here."""
    training = session.training
    active = training is job and training is not None and not training.ended
    phase, say = training.phase if active else "", Words(session.language)
    is_usable = session.latest_trained is not None and not session.awaits_network
    return [
        gr.Button(say("training.start-over" if active else "training.start")),
        gr.Button(
            say("training.resume" if phase == PAUSED else "training.pause"),
            interactive=phase in (TRAINING, PAUSED),
        ),
        gr.Button(say("training.stop"), interactive=active),
        gr.Button(say("training.use"), interactive=is_usable),
    ]


def describe_difference(settings: dict) -> Text | None:
    """Why the training curves of a run with these settings may lie apart from its validation curves."""
    if not settings:
        return None
    if settings["recipe"] == "handwriting":
        bent = [Text("hint.bent")] * settings["augment"]
        harder = Joined("and", [*bent, Text("hint.shapes")])
        return Text("hint.harder-dropout" if settings["dropout"] else "hint.harder", harder=harder)
    return Text("hint.dropout" if settings["dropout"] else "hint.learned")


def read_shipped(network: str) -> PlottedRun | None:
    """How the network that ships was trained; None if nothing is known of that."""
    try:
        history = read_history(WEIGHTS / f"{network}.history.jsonl")
    except (OSError, ValueError):
        return None
    return PlottedRun(Text("curves.run.shipped"), history.rows, history.settings["epochs"], history.settings)
