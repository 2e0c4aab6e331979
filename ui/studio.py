"""The training panel: settings, Start, Pause, Stop, the line of progress, and the curves.

`build_studio` places it where it is called and wires its events. Trainings themselves are live runs (live.py)
of a visitor (visits.py); an event here starts or stops one, or shows how far it is, a few times a second.
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
from ui.curves import Curves, PlottedRun, plot_accuracy, plot_loss, plot_probabilities
from ui.line import FULL, Line
from ui.live import PAUSED, LiveRun, name_differences
from ui.reading import CHOICES, OWN
from ui.results import TITLES, Results, show_results
from ui.settings import MOST_SECONDS, ON_SPACE, SettingsPanel
from ui.status import AT_ONCE, QUIET, Status, show_run, show_shipped, show_terminal
from ui.terminal import find_terminal_run
from ui.visits import Visit, Visits

OFFER_SECONDS = 3  # between two looks whether a training goes on in the terminal
UPDATE_SECONDS = 0.15  # between two looks at a run: often enough to see it move, seldom enough to cost little
HINT = """<p>Training may look worse than validation: it is judged on bent drawings (other hands), on shapes
that are no digit, and with neurons left out (dropout); validation on plain digits with all neurons.</p>"""
NO_DRAWING = "Draw a digit: while a network trains, this shows how its mind changes."
OTHER_READS = "Only a training on this page reads your drawing."


class Studio:
    """The panel's components, and what they show of a visit."""

    def __init__(self, visits: Visits, line: Line, out: Path):
        self.visits, self.line, self.out = visits, line, out
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
        with gr.Accordion("How good is it?", open=False, elem_id="judgement"):
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

    def show(self, visit: Visit, network: str, smoothing: float) -> list:
        """The values of `self.shown`: the visitor's run, or the training of the network that ships."""
        run = visit.run
        if visit.following:
            return self.show_terminal(visit, smoothing)
        if run is None:
            shipped = read_shipped(network)
            runs = [shipped] if shipped else []
            status, readings, epochs = show_shipped(network, shipped), [], shipped.epochs if shipped else 1
        else:
            runs = [PlottedRun("this run", tuple(run.rows), run.settings.epochs)]
            runs += [
                PlottedRun(name_differences(run.settings, old.settings), old.rows, old.settings.epochs)
                for old in visit.earlier
            ]
            status, readings, epochs = show_run(run), tuple(run.readings), run.settings.epochs
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

    def show_terminal(self, visit: Visit, smoothing: float) -> list:
        """As `show`, of the run that is followed. It belongs to the terminal: nothing stops it here."""
        run = visit.following
        runs = [PlottedRun("terminal", tuple(run.rows), run.epochs)]
        return [
            show_terminal(run),
            plot_loss(runs, smoothing),
            plot_accuracy(runs, smoothing),
            plot_probabilities((), run.epochs, OTHER_READS),
            gr.Button("Start"),
            gr.Button("Pause", interactive=False),
            gr.Button(interactive=False),
            gr.Button(interactive=visit.run is not None and visit.run.has_network),
        ]

    async def train(self, request: gr.Request, *values) -> AsyncIterator[list]:
        """Start: puts a new run into the line, and shows it until it has ended."""
        visit = self.visits.find(request.session_hash)
        try:
            settings, smoothing = self.settings.read(values)
        except SettingsError as error:
            raise gr.Error(str(error), print_exception=False) from None
        if self.line.is_full:
            raise gr.Error(FULL, print_exception=False)
        visit.smoothing = smoothing
        run = LiveRun(settings, self.line, visit.find_image, MOST_SECONDS)
        visit.take_up(run)
        run.start()
        async for shown in self.watch(visit, settings.network):
            yield shown

    async def return_to(self, network: str, smoothing: float, request: gr.Request) -> AsyncIterator[list]:
        """The page has loaded: shows the run of the visit, which a reload has not ended, as it goes on."""
        visit = self.visits.find(request.session_hash)
        visit.smoothing = smoothing
        async for shown in self.watch(visit, network):
            yield shown

    async def watch(self, visit: Visit, network: str) -> AsyncIterator[list]:
        """What `show` gives, again whenever it has changed, until the run has ended or another has begun.
        It only looks: a run outlives the page by what Visits grants it."""
        run, seen = visit.following or visit.run, None
        while (visit.following or visit.run) is run:
            if visit.following:
                visit.following.look()
            now = run and (run.changes, run.place, visit.smoothing)
            if now != seen or not run:
                # In a thread: of a long run it takes longer than a pen may wait.
                yield await asyncio.to_thread(self.show, visit, network, visit.smoothing)
            if not run or (run.is_over and now == seen):
                break
            seen = now
            await asyncio.sleep(UPDATE_SECONDS)

    def offer_terminal(self, request: gr.Request) -> gr.Button:
        """The button that follows the terminal, there while there is something to follow or to leave."""
        visit = self.visits.find(request.session_hash)
        if visit.following:
            return gr.Button("Stop following", visible=True)
        free = not ON_SPACE and (visit.run is None or visit.run.ended)
        return gr.Button("Follow the terminal", visible=free and find_terminal_run(self.out) is not None)

    async def follow_terminal(
        self, network: str, smoothing: float, request: gr.Request
    ) -> AsyncIterator[list]:
        """Shows the run of the terminal instead of the visitor's, or again the visitor's."""
        visit = self.visits.find(request.session_hash)
        visit.following = None if visit.following else find_terminal_run(self.out)
        async for shown in self.watch(visit, network):
            yield [self.offer_terminal(request), *shown]

    def stop_run(self, request: gr.Request) -> None:
        if run := self.visits.find(request.session_hash).run:
            run.stop()

    def pause_run(self, request: gr.Request) -> None:
        """Pauses the visitor's run, or lets it go on."""
        if run := self.visits.find(request.session_hash).run:
            (run.resume if run.phase == PAUSED else run.pause)()

    def show_again(self, network: str, smoothing: float, request: gr.Request) -> list:
        """After a change of what is looked at."""
        visit = self.visits.find(request.session_hash)
        visit.smoothing = smoothing
        return self.show(visit, network, smoothing)

    def show_results(self, test_set: str, request: gr.Request) -> dict:
        """What the visitor's network makes of a test set, with its worst mistakes."""
        return self.judge(request, test_set, None)

    def show_cell(self, test_set: str, request: gr.Request, event: gr.EventData) -> dict:
        """As `show_results`, with the digits of the cell that was clicked."""
        cell = (event._data or {}).get("label"), (event._data or {}).get("read")
        known = all(type(digit) is int and 0 <= digit <= 9 for digit in cell)
        return self.judge(request, test_set, cell if known else None)

    def judge(self, request: gr.Request, test_set: str, cell: tuple[int, int] | None) -> dict:
        """Of the visitor's latest network: while another is trained, the one before."""
        visit = self.visits.find(request.session_hash)
        runs = [run for run in (visit.run, *visit.earlier) if run and test_set in run.judged]
        run = runs[0] if runs else None
        return show_results(run and run.judged.get(test_set), cell, run and run.make_card())

    def offer_files(self, request: gr.Request) -> list:
        """The buttons that download the visitor's network and its card."""
        try:
            files = self.visits.find(request.session_hash).save_network() or (None, None)
        except (StoreError, OSError) as error:
            print(error, file=sys.stderr)  # for whoever runs the server
            gr.Warning("Your network cannot be downloaded: the server has no room for its file.")
            files = (None, None)
        return [gr.DownloadButton(value=file, interactive=file is not None) for file in files]

    def use_network(self, request: gr.Request) -> gr.Radio:
        """The choice on the pad, set to the visitor's own network."""
        visit = self.visits.find(request.session_hash)
        classifier = visit.run.make_classifier() if visit.run else None
        if classifier is None:
            raise gr.Error("There is no network of yours yet: train one first.", print_exception=False)
        visit.own, visit.past = classifier, []  # there is no lesson of this one to undo
        if visit.lesson and visit.lesson.ended:
            visit.lesson = None
        return gr.Radio([*CHOICES, OWN], value=OWN)


def build_studio(arrived: Dependency, visits: Visits, line: Line, choice: gr.Radio, out: Path) -> Dependency:
    """Places the panel and wires it. arrived: the page has loaded and its visit is found; choice: which
    network reads the pad; out: where a training of the terminal can be followed. Returns the event after
    which the pad is to be read again, since the visitor's own network may be another."""
    studio = Studio(visits, line, out)
    settings = studio.settings
    # No limit of Gradio's: whose turn it is to train is decided, and shown, by our own line. Every click
    # counts: a second Start begins anew.
    trained = studio.start.click(
        studio.train,
        settings.components,
        studio.shown,
        concurrency_limit=None,
        trigger_mode="multiple",
        **QUIET,
    )
    studio.stop.click(studio.stop_run, **AT_ONCE)
    studio.pause.click(studio.pause_run, **AT_ONCE)
    used = studio.use.click(studio.use_network, outputs=choice, **QUIET)
    looked_at = [settings.network, settings.smoothing]
    gr.on(
        [settings.network.change, settings.smoothing.release],
        studio.show_again,
        looked_at,
        studio.shown,
        **AT_ONCE,
    )
    returned = arrived.then(studio.return_to, looked_at, studio.shown, concurrency_limit=None, **QUIET)
    # Also a sign of life of a page that was cut off: Gradio does not listen to such a one again.
    gr.Timer(OFFER_SECONDS).tick(studio.offer_terminal, outputs=studio.follow, **AT_ONCE)
    if not ON_SPACE:  # which has no terminal
        studio.follow.click(
            studio.follow_terminal,
            looked_at,
            [studio.follow, *studio.shown],
            concurrency_limit=None,
            trigger_mode="multiple",
            **QUIET,
        )
    judged = {"inputs": studio.test_set, "outputs": studio.results, **AT_ONCE}
    gr.on([studio.test_set.change, studio.use.click], studio.show_results, **judged)
    studio.results.cell(studio.show_cell, **judged)
    for watched in (trained, returned):
        watched.then(studio.show_results, **judged).then(studio.offer_files, outputs=studio.files, **QUIET)
    settings.wire()
    return used


def read_shipped(network: str, folder: Path = WEIGHTS) -> PlottedRun | None:
    """How the network that ships was trained; None if nothing is known of that."""
    try:
        history = read_history(folder / f"{network}.history.jsonl")
    except (OSError, ValueError):
        return None
    return PlottedRun("as shipped", tuple(history.rows), history.settings["epochs"])
