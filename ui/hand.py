"""The section "Your hand": the collection of corrections, and the lesson that makes a network learn them.

`build_hand` places it where it is called and wires its events. A lesson (lesson.py) belongs to a visit; what
came out of it becomes the visitor's own network, and Undo returns to the one before.
"""

import asyncio
from collections.abc import AsyncIterator

import gradio as gr
from gradio.events import Dependency

from model.classifier import Classifier
from model.drawing import DrawingError
from model.store import StoreError
from ui.collection import KEEP, Collection, Correction, format_collection, parse_collection
from ui.lesson import Lesson
from ui.lesson_worker import Learned
from ui.line import FULL, Line
from ui.live import DONE, FAILED, PREPARING, STOPPED, TRAINING, WAITING
from ui.reading import CHOICES, DEFAULT_CHOICE, OWN, Reader
from ui.results import TITLES
from ui.status import AT_ONCE, QUIET, Status, name_place
from ui.visits import Visit, Visits

UPDATE_SECONDS = 0.25  # between two looks at a lesson
MOST_UNDOS = 5  # networks that a visit keeps to return to


class Hand:
    """The section's components, and what they show of a visit."""

    def __init__(self, visits: Visits, line: Line, reader: Reader):
        self.visits, self.line, self.reader = visits, line, reader
        self.collection = Collection()
        with gr.Row(elem_id="lesson"):
            self.learn = gr.Button("Learn my hand", variant="primary", elem_id="learn", min_width=130)
            self.undo = gr.Button("Undo learning", interactive=False, elem_id="undo-learning", min_width=130)
            self.status = Status(elem_id="learn-status")
        self.report = gr.HTML(elem_id="learn-report", apply_default_css=False)
        self.shown = [self.status, self.report, self.learn, self.undo]

    def show(self, visit: Visit) -> list:
        """The values of `self.shown`."""
        lesson = visit.lesson
        active = lesson is not None and not lesson.ended
        return [
            show_lesson(lesson),
            show_report(lesson),
            gr.Button(interactive=not active),
            gr.Button("Stop learning" if active else "Undo learning", interactive=active or bool(visit.past)),
        ]

    async def teach(self, text: str, choice: str, request: gr.Request) -> AsyncIterator[list]:
        """Learn my hand: a lesson for the network that reads the pad, shown until it has ended."""
        visit = self.visits.find(request.session_hash)
        try:
            if not text:
                raise DrawingError("Correct a drawing first: say below its reading what it is.")
            corrections = await asyncio.to_thread(parse_collection, text, "Your collection")
            classifier = await asyncio.to_thread(self.find_classifier, visit, choice)
        except (DrawingError, StoreError) as error:
            problem = str(error)
        else:
            problem = FULL if self.line.is_full else ""
        if problem:
            # No gr.Error: that would lie over everything that the event could have changed.
            gr.Warning(problem)
            yield [*self.show(visit), gr.skip()]
            return
        if visit.lesson:
            visit.lesson.abandon()
        visit.lesson = Lesson(classifier, corrections, self.line)
        visit.lesson.start()
        async for shown in self.watch(visit):
            yield shown

    async def return_to(self, request: gr.Request) -> AsyncIterator[list]:
        """The page has loaded: shows the lesson of the visit, which a reload has not ended, as it goes on."""
        async for shown in self.watch(self.visits.find(request.session_hash)):
            yield shown

    def show_again(self, request: gr.Request) -> list:
        """There may be nothing left to undo."""
        return self.show(self.visits.find(request.session_hash))

    async def watch(self, visit: Visit) -> AsyncIterator[list]:
        """What `show` gives, and the choice on the pad, until the lesson has ended or another has begun."""
        lesson, seen = visit.lesson, None
        while lesson is visit.lesson:
            now = lesson and (lesson.phase, lesson.share, lesson.place)
            ended = lesson is None or lesson.ended
            if ended:
                take_over(visit)
            if now != seen or ended:
                taken = lesson is not None and lesson.taken
                yield [*self.show(visit), offer_choices(visit) if taken else gr.skip()]
            if ended:
                break
            seen = now
            await asyncio.sleep(UPDATE_SECONDS)

    def find_classifier(self, visit: Visit, choice: str) -> Classifier:
        """The network that reads the pad; the leading one of two. Raises StoreError."""
        if choice == OWN and visit.own:
            return visit.own
        return self.reader.classifier(CHOICES.get(choice, CHOICES[DEFAULT_CHOICE])[0])

    def take_back(self, request: gr.Request) -> list:
        """Undo: ends the lesson that goes on, or returns to the network before the last one."""
        visit = self.visits.find(request.session_hash)
        if active := visit.lesson is not None and not visit.lesson.ended:
            visit.lesson.abandon()
        if active or not visit.past:
            return [*self.show(visit), gr.skip()]  # whoever watches the lesson shows that it has ended
        visit.own, visit.choice = visit.past.pop()
        visit.lesson = None
        return [*self.show(visit), offer_choices(visit)]

    def import_text(self, event: gr.EventData) -> str | dict:
        """The drawings of a file that the browser has read, for the collection to add."""
        try:
            return format_collection(parse_collection((event._data or {}).get("text"), "The file"))
        except DrawingError as error:
            gr.Warning(f"Nothing was imported. {error}")
            return gr.skip()


def take_over(visit: Visit) -> bool:
    """Makes the network of a lesson that has ended the visitor's own, once; False if there is none."""
    lesson = visit.lesson
    if lesson is None or lesson.taken or lesson.classifier is None:
        return False
    lesson.taken = True
    visit.past = [*visit.past, (visit.own, visit.choice or DEFAULT_CHOICE)][-MOST_UNDOS:]
    visit.own, visit.choice = lesson.classifier, OWN
    return True


def offer_choices(visit: Visit) -> gr.Radio:
    """The choice of network on the pad, as it stands in the visit."""
    return gr.Radio([*CHOICES, OWN] if visit.own else list(CHOICES), value=visit.choice)


def show_lesson(lesson: Lesson | None) -> dict:
    """The value of the Status."""
    if lesson is None:
        return _show("idle", "Takes less than half a minute; nobody else's network changes.")
    if lesson.phase == WAITING:
        place = lesson.place
        if not place:
            return _show(WAITING, "Your turn is next.")
        return _show(WAITING, f"You are {name_place(place)} in line; it starts by itself.")
    if lesson.phase == PREPARING:
        return _show(PREPARING, "Looking up what it knows already …")
    if lesson.phase == TRAINING:
        done = lesson.share == 1
        headline = "Looking what it has learned …" if done else "Learning your hand …"
        return _show(TRAINING, headline, share=lesson.share)
    if lesson.phase == DONE:
        return _show(DONE, _name_outcome(lesson.learned), share=1.0)
    if lesson.phase == STOPPED:
        return _show(STOPPED, "Stopped. The network is as it was.")
    return _show(FAILED, lesson.problem)


def show_report(lesson: Lesson | None) -> str:
    """Before and after, as a table; "" where there is nothing to report."""
    if lesson is None or not lesson.learned:
        return ""
    learned, count = lesson.learned, len(lesson.corrections)
    rows = {"corrections": "your corrections", **TITLES}

    def name_share(name: str, share: float) -> str:
        if name == "corrections":
            return f"{round(share * count)} of {count}"
        return f"{share:.2%}".replace("%", " %")

    body = "".join(
        f'<tr><th scope="row">{title}</th><td>{name_share(name, learned.before[name])}</td>'
        f"<td>{name_share(name, learned.after[name])}</td></tr>"
        for name, title in rows.items()
    )
    head = '<th scope="col">read right</th><th scope="col">before</th><th scope="col">after</th>'
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _name_outcome(learned: Learned) -> str:
    if not learned.forgotten:
        return f"Learned. The network on your pad is now “{OWN}”."
    fell = max(learned.before[name] - learned.after[name] for name in learned.forgotten)
    return f"The old network stays: it would have read {100 * fell:.1f} points fewer of others' digits."


def _show(phase: str, headline: str, share: float = 0.0) -> dict:
    return {"phase": phase, "headline": headline, "detail": "", "share": share}


def build_hand(
    arrived: Dependency,
    used: Dependency,
    visits: Visits,
    line: Line,
    reader: Reader,
    pad: gr.HTML,
    correction: Correction,
    choice: gr.Radio,
) -> list[Dependency]:
    """Places the section and wires it. arrived: the page has loaded; used: a network that was trained here is
    the visitor's own now. Returns the events after which the pad is to be read again, since the
    network that reads it may be another."""
    hand = Hand(visits, line, reader)
    shown = [*hand.shown, choice]
    correction.correct(None, [pad, correction], hand.collection, js=KEEP, **QUIET)
    hand.collection.import_text(hand.import_text, outputs=hand.collection, **QUIET)
    # No limit of Gradio's: whose turn it is to learn is decided, and shown, by our own line.
    learned = hand.learn.click(hand.teach, [hand.collection, choice], shown, concurrency_limit=None, **QUIET)
    undone = hand.undo.click(hand.take_back, outputs=shown, **AT_ONCE)
    used.then(hand.show_again, outputs=hand.shown, **AT_ONCE)
    returned = arrived.then(hand.return_to, outputs=shown, concurrency_limit=None, **QUIET)
    return [learned, undone, returned]
