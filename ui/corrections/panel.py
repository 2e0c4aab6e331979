"""The section "Your hand": the collection of corrections, and fine-tuning a network on them.

`build_corrections_panel` places it and wires its events. A fine-tuning job belongs to a session; its network
becomes the visitor's own, and Undo returns to the one before.
"""

import asyncio
from collections.abc import AsyncIterator

import gradio as gr
from gradio.events import Dependency

from model.drawing import DrawingError
from model.errors import DigitsError, Term
from model.evaluate import TEST_SETS
from model.store import WEIGHTS
from ui.browser.networks import CHOICES, DEFAULT_CHOICE, OWN, name_choices
from ui.browser.weights import read_weights
from ui.corrections.collection import KEEP, Collection, Correction, format_additions, parse_collection
from ui.server.events import NEWEST, QUIET, UNQUEUED, read_event
from ui.server.fine_tuning_job import FineTuningJob
from ui.server.job import DONE, FAILED, PREPARING, STOPPED, TRAINING, WAITING
from ui.server.job_queue import JobQueue
from ui.server.messages import FineTuned, Trained
from ui.server.sessions import Session, Sessions
from ui.text.labels import Label, warn
from ui.text.words import Text, Words, as_html
from ui.training.status import Status, describe_phase, describe_position

UPDATE_SECONDS = 0.25  # between two looks at a job
MAX_UNDOS = 5  # networks that a session keeps for Undo


class CorrectionsPanel:
    """The section's components, and what they show of a session."""

    def __init__(self, sessions: Sessions, job_queue: JobQueue):
        self.sessions, self.job_queue = sessions, job_queue
        self.collection = Collection()
        with gr.Row(elem_id="learning"):
            self.learn = gr.Button(
                Label("corrections.learn"), variant="primary", elem_id="learn", min_width=130
            )
            self.undo = gr.Button(
                Label("corrections.undo"), interactive=False, elem_id="undo-learning", min_width=130
            )
            self.status = Status(elem_id="learn-status")
        self.report = gr.HTML(elem_id="learn-report", apply_default_css=False)
        self.shown = [self.status, self.report, self.learn, self.undo]

    def show(self, session: Session) -> list:
        """The values of `self.shown`."""
        fine_tuning = session.fine_tuning
        active, say = fine_tuning is not None and not fine_tuning.ended, Words(session.language)
        return [
            describe_fine_tuning(fine_tuning),
            describe_report(fine_tuning),
            gr.Button(say("corrections.learn"), interactive=not active),
            gr.Button(
                say("corrections.stop" if active else "corrections.undo"),
                interactive=active or bool(session.past),
            ),
        ]

    async def teach(self, text: str, choice: str, request: gr.Request) -> AsyncIterator[list]:
        """Learn my hand: fine-tunes the network that reads the pad, and shows the job until it has ended."""
        session = self.sessions.find(request.session_hash)
        try:
            if not text:
                raise DrawingError("corrections.none")
            corrections = await asyncio.to_thread(parse_collection, text, Term("your-collection"))
            network = await asyncio.to_thread(find_network, session, choice)
            if self.job_queue.is_full:
                raise DigitsError("queue.full")
        except DigitsError as error:
            warn(error, session.language)
            yield [*self.show(session), gr.skip()]
            return
        if session.fine_tuning:
            session.fine_tuning.abandon()
        session.fine_tuning = FineTuningJob(network, corrections, self.job_queue)
        session.fine_tuning.start()
        async for shown in self.follow(session):
            yield shown

    async def return_to(self, request: gr.Request) -> AsyncIterator[list]:
        """The page has loaded: shows the session's job, which a reload does not end."""
        async for shown in self.follow(self.sessions.find(request.session_hash)):
            yield shown

    def show_again(self, request: gr.Request) -> list:
        """After a change that may leave nothing to undo, or another language."""
        return self.show(self.sessions.find(request.session_hash))

    async def follow(self, session: Session) -> AsyncIterator[list]:
        """What `show` returns, and the choice on the pad, until the job has ended or another has begun."""
        job, shown = session.fine_tuning, ()
        while job is session.fine_tuning:
            state = (job and (job.changes, job.position), session.language)
            ended = job is None or job.ended
            if ended:
                take_over(session)
            if state != shown or ended:
                taken = job is not None and job.taken
                yield [*self.show(session), offer_choices(session) if taken else gr.skip()]
            if ended:
                return
            shown = state
            await asyncio.sleep(UPDATE_SECONDS)
        # Gradio repeats the last value of an event at its end. The event of the job that has begun shows
        # other values by now.
        yield [gr.skip()] * (len(self.shown) + 1)

    def take_back(self, request: gr.Request) -> list:
        """Undo: abandons the job in progress, or returns to the network before the last fine-tuning."""
        session = self.sessions.find(request.session_hash)
        if active := session.fine_tuning is not None and not session.fine_tuning.ended:
            session.fine_tuning.abandon()
        if active or not session.past:
            return [*self.show(session), gr.skip()]  # the event that follows the job shows its end
        session.own, session.choice = session.past.pop()
        session.fine_tuning = None
        return [*self.show(session), offer_choices(session)]

    def import_text(self, request: gr.Request, event: gr.EventData) -> str | dict:
        """Adds the drawings of a file that the browser has read to the collection."""
        try:
            return format_additions(parse_collection(read_event(event, "text"), Term("the-file")), "file")
        except DrawingError as error:
            language = self.sessions.find(request.session_hash).language
            warn(DrawingError("corrections.not-imported", reason=error), language)
            return gr.skip()


def find_network(session: Session, choice: str) -> Trained:
    """The network that reads the pad; of two, the first. Raises StoreError, and DigitsError where the
    visitor's own is gone, with the session or the server, but the page still reads with it."""
    if choice == OWN:
        if session.own is None:
            raise DigitsError("corrections.network-gone")
        return session.own
    return Trained(*read_weights(WEIGHTS, CHOICES.get(choice, CHOICES[DEFAULT_CHOICE])[0]))


def take_over(session: Session) -> bool:
    """Makes the network of an ended fine-tuning the visitor's own, once. False if there is none."""
    fine_tuning = session.fine_tuning
    if fine_tuning is None or fine_tuning.taken or fine_tuning.learned is None:
        return False
    fine_tuning.taken = True
    session.past = [*session.past, (session.own, session.choice or DEFAULT_CHOICE)][-MAX_UNDOS:]
    session.own, session.choice = fine_tuning.learned, OWN
    return True


def offer_choices(session: Session) -> gr.Radio:
    """The choice of network on the pad, with the session's value."""
    return gr.Radio(name_choices(bool(session.own), session.language), value=session.choice)


def describe_fine_tuning(fine_tuning: FineTuningJob | None) -> dict:
    """The value of the Status."""
    if fine_tuning is None:
        return describe_phase("idle", Text("corrections.idle"))
    if fine_tuning.phase == WAITING:
        return describe_phase(WAITING, describe_position(fine_tuning.position))
    if fine_tuning.phase == PREPARING:
        return describe_phase(PREPARING, Text("corrections.looking"))
    if fine_tuning.phase == TRAINING:
        headline = Text("corrections.checking" if fine_tuning.share == 1 else "corrections.learning")
        return describe_phase(TRAINING, headline, share=fine_tuning.share)
    if fine_tuning.phase == DONE:
        return describe_phase(DONE, _name_outcome(fine_tuning.outcome), share=1.0)
    if fine_tuning.phase == STOPPED:
        return describe_phase(STOPPED, Text("corrections.stopped"))
    return describe_phase(FAILED, fine_tuning.problem)


def describe_report(fine_tuning: FineTuningJob | None) -> str:
    """Before and after, as a table; "" where there is nothing to report."""
    if fine_tuning is None or not fine_tuning.outcome:
        return ""
    outcome, count = fine_tuning.outcome, len(fine_tuning.corrections)
    titles = {name: Text(f"training.test-set.{name}") for name in TEST_SETS}

    def write_row(name: str, title: Text) -> str:
        cells = [as_html(_name_share(name, shares[name], count), "td") for shares in measured]
        return f"<tr>{''.join([as_html(title, 'th', scope='row'), *cells])}</tr>"

    measured = outcome.before, outcome.after
    rows = {"corrections": Text("corrections.report.corrections"), **titles}
    head = "".join(
        as_html(Text(f"corrections.report.{name}"), "th", scope="col") for name in ("read", "before", "after")
    )
    body = "".join(write_row(name, title) for name, title in rows.items())
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _name_share(name: str, share: float, count: int) -> Text:
    if name == "corrections":
        return Text("corrections.count", right=round(share * count), count=count)
    return Text("number.percent-2", percent=100 * share)


def _name_outcome(outcome: FineTuned) -> Text:
    if not outcome.forgotten:
        return Text("corrections.learned", name=Text(f"page.network.{OWN}"))
    fell = max(outcome.before[name] - outcome.after[name] for name in outcome.forgotten)
    return Text("corrections.forgot", points=100 * fell)


def build_corrections_panel(
    arrived: Dependency,
    changed: Dependency,
    used: Dependency,
    sessions: Sessions,
    job_queue: JobQueue,
    pad: gr.HTML,
    correction: Correction,
    choice: gr.Radio,
) -> list[Dependency]:
    """Places the section and wires it. arrived: the page has loaded. changed: another language was chosen.
    used: a network trained here has become the visitor's own. Returns the events after which another network
    may read the pad."""
    panel = CorrectionsPanel(sessions, job_queue)
    shown = [*panel.shown, choice]
    correction.correct(None, [pad, correction], panel.collection, js=KEEP, **QUIET)
    panel.collection.import_text(panel.import_text, outputs=panel.collection, **QUIET)
    # No limit of Gradio's: our own queue decides whose turn it is, and shows it.
    learned = panel.learn.click(
        panel.teach, [panel.collection, choice], shown, concurrency_limit=None, **QUIET
    )
    undone = panel.undo.click(panel.take_back, outputs=shown, **UNQUEUED)
    returned = arrived.then(panel.return_to, outputs=shown, concurrency_limit=None, **QUIET)
    # After a stream and Undo, too: values from before may come late, in another language or with Undo on.
    for event in (used, changed, learned, undone, returned):
        event.then(panel.show_again, outputs=panel.shown, **NEWEST)
    return [learned, undone, returned]
