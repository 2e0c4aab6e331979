"""The training panel: settings, Start, Pause, Stop, the status line, the curves and the results.

`build_training_panel` places it and wires its events. Trainings are jobs (ui/server/training_job.py) of a
session (ui/server/sessions.py). An event here starts or ends one, or shows its state a few times a second.
"""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import gradio as gr
from gradio.events import Dependency

from model.errors import DigitsError
from model.evaluate import TEST_SETS
from model.settings import SettingsError
from model.store import WEIGHTS
from ui.browser.networks import OWN, name_choices
from ui.server.events import EACH, NEWEST, QUIET, UNQUEUED, read_event
from ui.server.job import PAUSED
from ui.server.job_queue import JobQueue
from ui.server.sessions import Sessions
from ui.server.terminal import find_terminal_run
from ui.server.training_job import TrainingJob
from ui.text.labels import Label, refuse, warn
from ui.text.words import Words
from ui.training.curves import Curves
from ui.training.results import Results, describe_results
from ui.training.settings import MAX_SECONDS, ON_SPACE, SettingsPanel, read_settings
from ui.training.status import Status
from ui.training.stream import Streams
from ui.training.view import View, describe_buttons, find_job

ALIVE_SECONDS = 3  # between two signs of life, each of which also looks for a training in the terminal


class TrainingPanel:
    """The panel's components and the listeners of their events."""

    def __init__(self, sessions: Sessions, job_queue: JobQueue, out: Path):
        self.sessions, self.job_queue, self.out = sessions, job_queue, out
        self.streams = Streams()
        with gr.Row(elem_id="controls"):
            self.settings = SettingsPanel()
            self.start = gr.Button(
                Label("training.start"), variant="primary", elem_id="train-start", min_width=76
            )
            self.pause = gr.Button(
                Label("training.pause"), interactive=False, elem_id="train-pause", min_width=76
            )
            self.stop = gr.Button(
                Label("training.stop"), interactive=False, elem_id="train-stop", min_width=76
            )
            self.use = gr.Button(Label("training.use"), interactive=False, elem_id="train-use", min_width=130)
            self.follow = gr.Button(visible=False, elem_id="train-follow", min_width=130)
        self.settings.add_note()
        self.status = Status(elem_id="train-status", alive_seconds=ALIVE_SECONDS)
        with gr.Row(elem_id="plots"):
            with gr.Column(min_width=300):
                self.loss = Curves("loss", elem_id="curve-loss")
            with gr.Column(min_width=300):
                self.accuracy = Curves("accuracy", percent=True, corner="bottom", elem_id="curve-accuracy")
            with gr.Column(min_width=300):
                self.drawing = Curves("drawing", percent=True, elem_id="curve-drawing")
        self.hint = gr.HTML(elem_id="hint", apply_default_css=False)
        self.settings.add_more()
        with gr.Accordion(Label("training.results"), open=False, elem_id="results-section"):
            self.test_set = gr.Radio(
                [(Label(f"training.test-set.{name}"), name) for name in TEST_SETS],
                value=TEST_SETS[0],
                label=Label("training.test-set"),
                container=False,
                show_label=False,
                elem_classes="strip",
            )
            self.results = Results(elem_id="results")
            with gr.Row(elem_id="downloads"):
                self.files = [
                    gr.DownloadButton(Label("training.download"), interactive=False, size="sm"),
                    gr.DownloadButton(Label("training.download-card"), interactive=False, size="sm"),
                ]
        # In the order of `View.describe`.
        self.buttons = [self.start, self.pause, self.stop, self.use]
        self.shown = [self.status, self.loss, self.accuracy, self.drawing, self.hint, *self.buttons]

    async def train(self, request: gr.Request, *values) -> AsyncIterator[list]:
        """Start: puts a new training into the queue and shows it."""
        session = self.sessions.find(request.session_hash)
        try:
            settings, session.smoothing = read_settings(values)
        except SettingsError as error:
            raise refuse(error, session.language) from None
        if self.job_queue.is_full:
            raise refuse(DigitsError("queue.full"), session.language)
        job = TrainingJob(settings, self.job_queue, session.find_image, MAX_SECONDS)
        session.begin_training(job)
        job.start()
        async for shown in self.streams.show(request.session_hash, session, settings.network):
            yield shown

    async def return_to(self, network: str, smoothing: float, request: gr.Request) -> AsyncIterator[list]:
        """The page has loaded: shows the session's training, which a reload does not end."""
        session = self.sessions.find(request.session_hash)
        session.smoothing = smoothing
        async for shown in self.streams.show(request.session_hash, session, network):
            yield shown

    def show_again(self, network: str, smoothing: float, request: gr.Request) -> list:
        """Another network to train, smoothing or language. A running stream shows it by itself."""
        session = self.sessions.find(request.session_hash)
        session.smoothing = smoothing
        if self.streams.is_running(request.session_hash):
            return [gr.skip() for _ in self.shown]
        return View(session, network).describe(whole=True)

    def translate_buttons(self, request: gr.Request) -> list[gr.Button]:
        """A stream has ended. Its last values may have come after those of another language that was chosen
        meanwhile."""
        session = self.sessions.find(request.session_hash)
        return describe_buttons(session, find_job(session))

    def offer_terminal(self, request: gr.Request) -> gr.Button:
        """The button that follows the terminal; visible while there is something to follow or to leave."""
        session = self.sessions.find(request.session_hash)
        say = Words(session.language)
        if session.followed:
            return gr.Button(say("training.stop-following"), visible=True)
        free = not ON_SPACE and (session.training is None or session.training.ended)
        return gr.Button(say("training.follow"), visible=free and find_terminal_run(self.out) is not None)

    async def follow_terminal(
        self, network: str, smoothing: float, request: gr.Request
    ) -> AsyncIterator[list]:
        """Shows the terminal's run in place of the visitor's, or again the visitor's."""
        session = self.sessions.find(request.session_hash)
        session.smoothing = smoothing
        session.followed = None if session.followed else find_terminal_run(self.out)
        async for shown in self.streams.show(request.session_hash, session, network):
            yield [self.offer_terminal(request), *shown]

    def keep_drawing(self, request: gr.Request, event: gr.EventData) -> None:
        """The network in training reads the drawing too."""
        self.sessions.find(request.session_hash).keep_drawing(read_event(event, "strokes"))

    def stop_training(self, request: gr.Request) -> None:
        if job := self.sessions.find(request.session_hash).training:
            job.stop()

    def pause_training(self, request: gr.Request) -> None:
        """Pauses the training, or resumes it."""
        if job := self.sessions.find(request.session_hash).training:
            (job.resume if job.phase == PAUSED else job.pause)()

    def show_results(self, test_set: str, request: gr.Request) -> dict:
        """The visitor's network on a test set, with its worst mistakes."""
        return self.describe_predictions(request, test_set, None)

    def show_cell(self, test_set: str, request: gr.Request, event: gr.EventData) -> dict:
        """As `show_results`, with the digits of the cell that was clicked."""
        cell = read_event(event, "label"), read_event(event, "read")
        known = all(type(digit) is int and 0 <= digit <= 9 for digit in cell)
        return self.describe_predictions(request, test_set, cell if known else None)

    def describe_predictions(self, request: gr.Request, test_set: str, cell: tuple[int, int] | None) -> dict:
        """Of the latest network that was measured: while another one trains, the one before."""
        session = self.sessions.find(request.session_hash)
        jobs = session.training, session.trained_before
        job = next((job for job in jobs if job and test_set in job.predictions), None)
        return describe_results(job and job.predictions.get(test_set), cell, job and job.make_card())

    def offer_files(self, request: gr.Request) -> list:
        """The buttons that download the network and its card."""
        session = self.sessions.find(request.session_hash)
        try:
            files = session.save_network() or (None, None)
        except (DigitsError, OSError) as error:
            if isinstance(error, OSError):  # the worker has printed its own
                print(error, file=sys.stderr)  # for whoever runs the server
            warn(DigitsError("training.no-file"), session.language)
            files = (None, None)
        return [gr.DownloadButton(value=file, interactive=file is not None) for file in files]

    def use_network(self, request: gr.Request) -> gr.Radio:
        """The choice on the pad, set to the visitor's own network."""
        session = self.sessions.find(request.session_hash)
        job = session.latest_trained
        if job is None or session.awaits_network:
            raise refuse(DigitsError("training.no-network"), session.language)
        session.own, session.past = job.trained, []  # no fine-tuning of this one to undo
        if session.fine_tuning and session.fine_tuning.ended:
            session.fine_tuning = None
        return gr.Radio(name_choices(True, session.language), value=OWN)


def build_training_panel(
    arrived: Dependency,
    changed: Dependency,
    sessions: Sessions,
    job_queue: JobQueue,
    choice: gr.Radio,
    out: Path = WEIGHTS,
) -> Dependency:
    """Places the panel and wires it. arrived: the page has loaded and its session is found. changed: another
    language was chosen. choice: which network reads the pad. out: where a training of the terminal can be
    followed. Returns the event after which another network may read the pad."""
    panel = TrainingPanel(sessions, job_queue, out)
    settings = panel.settings
    # No limit of Gradio's: our own queue decides whose turn it is, and shows it. "multiple": a second Start
    # while the first one's event goes on begins anew. No preprocessing: `read_settings` checks the values.
    trained = panel.start.click(
        panel.train,
        settings.components,
        panel.shown,
        concurrency_limit=None,
        trigger_mode="multiple",
        preprocess=False,
        **QUIET,
    )
    panel.stop.click(panel.stop_training, **UNQUEUED)
    panel.pause.click(panel.pause_training, **UNQUEUED)
    panel.status.drawing(panel.keep_drawing, **EACH)
    used = panel.use.click(panel.use_network, outputs=choice, **QUIET)
    looked_at = [settings.network, settings.smoothing]
    gr.on(
        [settings.network.change, settings.smoothing.release],
        panel.show_again,
        looked_at,
        panel.shown,
        **UNQUEUED,
    )
    changed.then(panel.show_again, looked_at, panel.shown, **NEWEST)
    changed.then(panel.offer_terminal, outputs=panel.follow, **NEWEST)
    returned = arrived.then(panel.return_to, looked_at, panel.shown, concurrency_limit=None, **QUIET)
    # A page that was disconnected gives signs of life, too: Gradio does not listen to such a page again.
    panel.status.alive(panel.offer_terminal, outputs=panel.follow, **UNQUEUED)
    if not ON_SPACE:  # which has no terminal
        panel.follow.click(
            panel.follow_terminal,
            looked_at,
            [panel.follow, *panel.shown],
            concurrency_limit=None,
            trigger_mode="multiple",
            **QUIET,
        )
    predicted = {"inputs": panel.test_set, "outputs": panel.results, **EACH}
    gr.on([panel.test_set.change, panel.use.click], panel.show_results, **predicted)
    panel.results.cell(panel.show_cell, **predicted)
    for followed in (trained, returned):
        followed.then(panel.translate_buttons, outputs=panel.buttons, **NEWEST)
        followed.then(panel.show_results, **predicted).then(panel.offer_files, outputs=panel.files, **QUIET)
    settings.wire()
    return used
