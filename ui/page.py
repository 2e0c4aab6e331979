"""The page: where everything stands, and what happens on which event.

`build_page` makes the Gradio page from the components of ui/. theme.py and page.css say how it looks.
"""

from pathlib import Path

import gradio as gr

from model.store import WEIGHTS
from ui.browser.networks import (
    CHOICES,
    DEFAULT_CHOICE,
    OWN,
    name_choices,
    publish_modules,
    publish_own,
    publish_shipped,
)
from ui.class_view.class_view import ClassView, describe_address
from ui.corrections.collection import Correction
from ui.corrections.panel import build_corrections_panel
from ui.inside.explaining import make_explain
from ui.inside.inside import Inside
from ui.inside.training import make_poll
from ui.pad.sketchpad import Sketchpad
from ui.readout.reading import Reader
from ui.readout.readout import Readout
from ui.server.address import find_address
from ui.server.events import EACH, NEWEST, QUIET, UNQUEUED, read_event
from ui.server.gradio_internals import REPAIRS, QueueCleaner, forget_record
from ui.server.job_queue import JobQueue
from ui.server.sessions import SERVER_START, SESSION_GRACE, Session, Sessions
from ui.text.header import FOOTER, Header
from ui.text.labels import Label, find_labelled, translate_labels
from ui.text.words import DEFAULT_LANGUAGE, choose_language
from ui.training.panel import build_training_panel

HERE = Path(__file__).parent


def check_choice(choice: object) -> str:
    """The choice of network as a browser sent it, or the default if it is none."""
    return choice if choice in (*CHOICES, OWN) else DEFAULT_CHOICE


def build_page(reader: Reader, out: Path = WEIGHTS) -> gr.Blocks:
    """The whole page. reader: answers programs; out: the folder that `train.py` puts its result in."""
    modules = publish_modules()
    # delete_cache: files that sessions leave behind are swept away daily. fill_width: page.css says how wide.
    with gr.Blocks(
        title="Digit Sketchpad", analytics_enabled=False, delete_cache=(86400, 86400), fill_width=True
    ) as page:
        header = Header(modules)
        with gr.Row(elem_id="first-view"):
            with gr.Column(elem_id="drawing"):
                pad = Sketchpad()
            with gr.Column(elem_id="reading"):
                class_view = ClassView()
                choice = gr.Radio(
                    name_choices(False, DEFAULT_LANGUAGE),
                    value=DEFAULT_CHOICE,
                    label=Label("page.network-choice"),
                    container=False,
                    show_label=False,
                    elem_id="network-choice",
                    elem_classes="strip",
                )
                readout = Readout(
                    {"choice": DEFAULT_CHOICE, "own": None},
                    networks=publish_shipped(),
                    choices=CHOICES,
                    modules=modules,
                )
                correction = Correction()
        inside = Inside(modules)

        def forget(session_hash: str, session: Session) -> None:
            # Keep the record of a session with an own network: Gradio validates the choice "yours" against it
            # when a disconnected page returns.
            if session.own is None:
                forget_record(page, session_hash)

        sessions, job_queue = Sessions(when_forgotten=forget), JobQueue()  # one queue for all that train
        sessions.start(also=QueueCleaner(page, sessions.is_open, SESSION_GRACE).sweep)
        tab = gr.JSON({"server": SERVER_START}, visible=False)  # see session.js

        def arrive(tab: object, request: gr.Request) -> dict:
            told = tab if isinstance(tab, dict) else {}
            language = choose_language(told.get("language"))
            session = sessions.arrive(request.session_hash, told.get("token"), told.get("lost"), language)
            choices = name_choices(bool(session.own), session.language)
            return gr.update(choices=choices, **({"value": session.choice} if session.choice else {}))

        def leave(request: gr.Request) -> None:
            sessions.leave(request.session_hash)

        def change_language(request: gr.Request, event: gr.EventData) -> None:
            language = choose_language(read_event(event, "language"))
            sessions.find(request.session_hash).page_language = language

        def label(request: gr.Request) -> list[dict]:
            session = sessions.find(request.session_hash)
            updates = translate_labels(labelled, session.language)
            updates[labelled.index(choice)]["choices"] = name_choices(bool(session.own), session.language)
            return updates

        def tell_address(event: gr.EventData) -> dict:
            location = read_event(event, "location")
            return describe_address(find_address(location, page.server_name, page.server_port))

        def keep_choice(choice: object, request: gr.Request) -> None:
            sessions.find(request.session_hash).choice = check_choice(choice)

        def offer_network(request: gr.Request) -> dict:
            return {"own": publish_own(sessions.find(request.session_hash))}

        arrived = page.load(
            arrive,
            tab,
            choice,
            js=(HERE / "server" / "session.js").read_text(encoding="utf-8").replace("MODULES", modules),
            **UNQUEUED,
        )
        changed = header.language(change_language, **EACH)
        page.unload(leave)
        page.load(None, js=REPAIRS)
        page.load(None, js=(HERE / "guide" / "guide.js").read_text(encoding="utf-8"))
        with gr.Column(elem_id="training"):
            used = build_training_panel(arrived, changed, sessions, job_queue, choice, out)
        with gr.Column(elem_id="corrections"):
            taught = build_corrections_panel(
                arrived, changed, used, sessions, job_queue, pad, correction, choice
            )

        # Another choice reads at once, since the browser does; the server only keeps it for a reload.
        choice.change(
            None, [choice, readout], readout, js="(choice, value) => ({ ...value, choice })", **QUIET
        )
        choice.change(keep_choice, choice, preprocess=False, **NEWEST)
        for event in (arrived, used, *taught):
            event.then(offer_network, outputs=readout, postprocess=False, **UNQUEUED)
        class_view.address(tell_address, outputs=class_view, postprocess=False, **UNQUEUED)
        inside.poll(make_poll(sessions), outputs=inside, postprocess=False, **UNQUEUED)
        gr.HTML(FOOTER, elem_id="footer", apply_default_css=False)
        labelled = find_labelled(page)
        for event in (arrived, changed):
            event.then(label, outputs=labelled, **NEWEST)
        gr.api(reader.predict, api_name="predict")
        gr.api(make_explain(reader), api_name="explain")
    return page
