"""The training panel: settings, Start, Pause, Stop, the line of progress, and the curves.

`build_training_panel` places it and wires its events. Trainings are jobs (ui/server/training_job.py) of a
session (ui/server/sessions.py). An event here starts or stops one, or shows its state a few times a second.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import gradio as gr
from gradio.events import Dependency

from model.history import read_history
from model.recipes import SettingsError
from model.store import WEIGHTS, StoreError
from ui.readout.reading import CHOICES, OWN
from ui.server.events import QUIET, UNQUEUED, read_event
from ui.server.job import PAUSED
from ui.server.job_queue import FULL, JobQueue
from ui.server.sessions import Session, Sessions
from ui.server.terminal import find_terminal_run
from ui.server.training_job import TrainingJob, name_differences
from ui.training.curves import Curves, PlottedRun, plot_accuracy, plot_loss, plot_probabilities
from ui.training.results import TITLES, Results, describe_results
from ui.training.settings import MOST_SECONDS, ON_SPACE, SettingsPanel
from ui.training.status import Status, describe_shipped, describe_terminal, describe_training

OFFER_SECONDS = 3  # between two looks whether a training goes on in the terminal
UPDATE_SECONDS = 0.15  # between two looks at a run: often enough to see it move, seldom enough to cost little
HINT = """<p>Training may look worse than validation: it is judged on bent drawings (other hands), on shapes
that are no digit, and with neurons left out (dropout); validation on plain digits with all neurons.</p>"""
NO_DRAWING = "Draw a digit: while a network trains, this shows how its mind changes."
OTHER_READS = "Only a training on this page reads your drawing."


class TrainingPanel:
    """The panel's components, and what they show of a session."""

    def __init__(self, sessions: Sessions, job_queue: JobQueue, out: Path):
        self.sessions, self.job_queue, self.out = sessions, job_queue, out
        with gr.Row(elem_id="controls"):
            self.settings = SettingsPanel()
            self.start = gr.Button("Start", variant="primary", elem_id="train-start", min_width=76)
            self.pause = gr.Button("Pause", interactive=False, elem_id="train-pause", min_width=76)
            self.stop = gr.Button("Stop", interactive=False, elem_id="train-stop", min_width=76)
            self.use = gr.Button("Use it on my pad", interactive=False, elem_id="train-use", min_width=130)
            self.follow = gr.Button(visible=False, elem_id="train-follow", min_width=130)
        self.status = Status(elem_id="train-status")
        with gr.Row(elem_id="plots"):
            with gr.Column(min_width=300):
                self.loss = Curves("Loss", elem_id="curve-loss")
            with gr.Column(min_width=300):
                self.accuracy = Curves("Accuracy", percent=True, corner="bottom", elem_id="curve-accuracy")
            with gr.Column(min_width=300):
                self.drawing = Curves("Your drawing", percent=True, elem_id="curve-drawing")
        gr.HTML(HINT, elem_id="hint", apply_default_css=False)
        self.settings.add_more()
        with gr.Accordion("How good is it?", open=False, elem_id="results-section"):
            self.test_set = gr.Radio(
                [(title, name) for name, title in TITLES.items()],
                value=next(iter(TITLES)),
                label="Test set",
                container=False,
                show_label=False,
                elem_classes="strip",
            )
            self.results = Results(elem_id="results")
            with gr.Row(elem_id="downloads"):
                self.files = [
                    gr.DownloadButton("Download the network (.keras)", interactive=False, size="sm"),
                    gr.DownloadButton("Download its card (.json)", interactive=False, size="sm"),
                ]
        self.shown = [self.status, self.loss, self.accuracy, self.drawing]
        self.shown += [self.start, self.pause, self.stop, self.use]

    def show(self, session: Session, network: str, smoothing: float) -> list:
        """The values of `self.shown`: the visitor's run, or the training of the network that ships."""
        run = session.training
        if session.followed:
            return self.describe_terminal(session, smoothing)
        if run is None:
            shipped = read_shipped(network)
            runs = [shipped] if shipped else []
            status, readings, epochs = (
                describe_shipped(network, shipped),
                [],
                shipped.epochs if shipped else 1,
            )
        else:
            runs = [PlottedRun("this run", tuple(run.rows), run.settings.epochs)]
            runs += [
                PlottedRun(name_differences(run.settings, old.settings), old.rows, old.settings.epochs)
                for old in session.earlier
            ]
            status, readings, epochs = describe_training(run), tuple(run.readings), run.settings.epochs
        active = run is not None and not run.ended
        return [
            status,
            plot_loss(runs, smoothing),
            plot_accuracy(runs, smoothing),
            plot_probabilities(readings, epochs, NO_DRAWING),
            gr.Button("Start over" if active else "Start"),
            gr.Button(
                "Resume" if active and run.phase == PAUSED else "Pause",
                interactive=active and bool(run.rows),  # there is nothing to pause before
            ),
            gr.Button(interactive=active),
            gr.Button(interactive=run is not None and run.has_network),
        ]

    def describe_terminal(self, session: Session, smoothing: float) -> list:
        """As `show`, of the run that is followed. It belongs to the terminal: nothing stops it here."""
        run = session.followed
        runs = [PlottedRun("terminal", tuple(run.rows), run.epochs)]
        return [
            describe_terminal(run),
            plot_loss(runs, smoothing),
            plot_accuracy(runs, smoothing),
            plot_probabilities((), run.epochs, OTHER_READS),
            gr.Button("Start"),
            gr.Button("Pause", interactive=False),
            gr.Button(interactive=False),
            gr.Button(interactive=session.training is not None and session.training.has_network),
        ]

    async def train(self, request: gr.Request, *values) -> AsyncIterator[list]:
        """Start: puts a new run into the queue, and shows it until it has ended."""
        session = self.sessions.find(request.session_hash)
        try:
            settings, smoothing = self.settings.read(values)
        except SettingsError as error:
            raise gr.Error(str(error), print_exception=False) from None
        if self.job_queue.is_full:
            raise gr.Error(FULL, print_exception=False)
        session.smoothing = smoothing
        run = TrainingJob(settings, self.job_queue, session.find_image, MOST_SECONDS)
        session.begin_training(run)
        run.start()
        async for shown in self.watch(session, settings.network):
            yield shown

    async def return_to(self, network: str, smoothing: float, request: gr.Request) -> AsyncIterator[list]:
        """The page has loaded: shows the run of the session, which a reload has not ended, as it goes on."""
        session = self.sessions.find(request.session_hash)
        session.smoothing = smoothing
        async for shown in self.watch(session, network):
            yield shown

    async def watch(self, session: Session, network: str) -> AsyncIterator[list]:
        """What `show` gives, again whenever it has changed, until the run has ended or another has begun.
        It only looks: a run outlives the page by what Sessions grants it."""
        run, seen = session.followed or session.training, None
        while (session.followed or session.training) is run:
            if session.followed:
                session.followed.look()
            now = run and (run.changes, run.place, session.smoothing)
            if now != seen or not run:
                # In a thread: of a long run it takes longer than a pen may wait.
                yield await asyncio.to_thread(self.show, session, network, session.smoothing)
            if not run or (run.is_over and now == seen):
                break
            seen = now
            await asyncio.sleep(UPDATE_SECONDS)

    def offer_terminal(self, request: gr.Request) -> gr.Button:
        """The button that follows the terminal, there while there is something to follow or to leave."""
        session = self.sessions.find(request.session_hash)
        if session.followed:
            return gr.Button("Stop following", visible=True)
        free = not ON_SPACE and (session.training is None or session.training.ended)
        return gr.Button("Follow the terminal", visible=free and find_terminal_run(self.out) is not None)

    async def follow_terminal(
        self, network: str, smoothing: float, request: gr.Request
    ) -> AsyncIterator[list]:
        """Shows the run of the terminal instead of the visitor's, or again the visitor's."""
        session = self.sessions.find(request.session_hash)
        session.followed = None if session.followed else find_terminal_run(self.out)
        async for shown in self.watch(session, network):
            yield [self.offer_terminal(request), *shown]

    def stop_run(self, request: gr.Request) -> None:
        if run := self.sessions.find(request.session_hash).training:
            run.stop()

    def pause_run(self, request: gr.Request) -> None:
        """Pauses the visitor's run, or lets it go on."""
        if run := self.sessions.find(request.session_hash).training:
            (run.resume if run.phase == PAUSED else run.pause)()

    def show_again(self, network: str, smoothing: float, request: gr.Request) -> list:
        """After a change of what is looked at."""
        session = self.sessions.find(request.session_hash)
        session.smoothing = smoothing
        return self.show(session, network, smoothing)

    def show_results(self, test_set: str, request: gr.Request) -> dict:
        """What the visitor's network makes of a test set, with its worst mistakes."""
        return self.describe_predictions(request, test_set, None)

    def show_cell(self, test_set: str, request: gr.Request, event: gr.EventData) -> dict:
        """As `show_results`, with the digits of the cell that was clicked."""
        cell = read_event(event, "label"), read_event(event, "read")
        known = all(type(digit) is int and 0 <= digit <= 9 for digit in cell)
        return self.describe_predictions(request, test_set, cell if known else None)

    def describe_predictions(self, request: gr.Request, test_set: str, cell: tuple[int, int] | None) -> dict:
        """Of the visitor's latest network: while another is trained, the one before."""
        session = self.sessions.find(request.session_hash)
        runs = [run for run in (session.training, *session.earlier) if run and test_set in run.predictions]
        run = runs[0] if runs else None
        return describe_results(run and run.predictions.get(test_set), cell, run and run.make_card())

    def offer_files(self, request: gr.Request) -> list:
        """The buttons that download the visitor's network and its card."""
        try:
            files = self.sessions.find(request.session_hash).save_network() or (None, None)
        except (StoreError, OSError) as error:
            print(error, file=sys.stderr)  # for whoever runs the server
            gr.Warning("Your network cannot be downloaded: the server has no room for its file.")
            files = (None, None)
        return [gr.DownloadButton(value=file, interactive=file is not None) for file in files]

    def use_network(self, request: gr.Request) -> gr.Radio:
        """The choice on the pad, set to the visitor's own network."""
        session = self.sessions.find(request.session_hash)
        classifier = session.training.make_classifier() if session.training else None
        if classifier is None:
            raise gr.Error("There is no network of yours yet: train one first.", print_exception=False)
        session.own, session.past = classifier, []  # there is no fine-tuning of this one to undo
        if session.fine_tuning and session.fine_tuning.ended:
            session.fine_tuning = None
        return gr.Radio([*CHOICES, OWN], value=OWN)


def build_training_panel(
    arrived: Dependency, sessions: Sessions, job_queue: JobQueue, choice: gr.Radio, out: Path
) -> Dependency:
    """Places the panel and wires it. arrived: the page has loaded and its session is found; choice: which
    network reads the pad; out: where a training of the terminal can be followed. Returns the event after
    which the pad is to be read again, since the visitor's own network may be another."""
    panel = TrainingPanel(sessions, job_queue, out)
    settings = panel.settings
    # No limit of Gradio's: whose turn it is to train is decided, and shown, by our own queue. Every click
    # counts: a second Start begins anew.
    trained = panel.start.click(
        panel.train,
        settings.components,
        panel.shown,
        concurrency_limit=None,
        trigger_mode="multiple",
        **QUIET,
    )
    panel.stop.click(panel.stop_run, **UNQUEUED)
    panel.pause.click(panel.pause_run, **UNQUEUED)
    used = panel.use.click(panel.use_network, outputs=choice, **QUIET)
    looked_at = [settings.network, settings.smoothing]
    gr.on(
        [settings.network.change, settings.smoothing.release],
        panel.show_again,
        looked_at,
        panel.shown,
        **UNQUEUED,
    )
    returned = arrived.then(panel.return_to, looked_at, panel.shown, concurrency_limit=None, **QUIET)
    # Also a sign of life of a page that was cut off: Gradio does not listen to such a one again.
    gr.Timer(OFFER_SECONDS).tick(panel.offer_terminal, outputs=panel.follow, **UNQUEUED)
    if not ON_SPACE:  # which has no terminal
        panel.follow.click(
            panel.follow_terminal,
            looked_at,
            [panel.follow, *panel.shown],
            concurrency_limit=None,
            trigger_mode="multiple",
            **QUIET,
        )
    predicted = {"inputs": panel.test_set, "outputs": panel.results, **UNQUEUED}
    gr.on([panel.test_set.change, panel.use.click], panel.show_results, **predicted)
    panel.results.cell(panel.show_cell, **predicted)
    for watched in (trained, returned):
        watched.then(panel.show_results, **predicted).then(panel.offer_files, outputs=panel.files, **QUIET)
    settings.wire()
    return used


def read_shipped(network: str, folder: Path = WEIGHTS) -> PlottedRun | None:
    """How the network that ships was trained; None if nothing is known of that."""
    try:
        history = read_history(folder / f"{network}.history.jsonl")
    except (OSError, ValueError):
        return None
    return PlottedRun("as shipped", tuple(history.rows), history.settings["epochs"])
