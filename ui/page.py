"""The page: where everything stands, and what happens on which event.

`build_page` makes the Gradio page from the components of ui/. theme.py and page.css say how it looks.
"""

from pathlib import Path

import gradio as gr

from model.store import WEIGHTS
from ui.browser.networks import CHOICES, DEFAULT_CHOICE, OWN, lend_own, publish_shipped, read_modules
from ui.corrections.collection import Correction
from ui.corrections.panel import build_corrections_panel
from ui.inside.explaining import make_explain
from ui.inside.inside import Inside
from ui.inside.training import make_look
from ui.pad.sketchpad import Sketchpad
from ui.readout.reading import Reader
from ui.readout.readout import Readout
from ui.server.events import QUIET, UNQUEUED
from ui.server.files import FILES
from ui.server.gradio_internals import REPAIRS, QueueCleaner, forget_record
from ui.server.job_queue import JobQueue
from ui.server.sessions import SERVER, SESSION_GRACE, Session, Sessions
from ui.training.panel import build_training_panel

HERE = Path(__file__).parent

HEADER = (HERE / "header.html").read_text(encoding="utf-8")


def check_choice(choice: object) -> str:
    """The choice of network as a browser sent it, or the default if it is none."""
    return choice if choice in (*CHOICES, OWN) else DEFAULT_CHOICE


def build_page(reader: Reader, out: Path = WEIGHTS) -> gr.Blocks:
    """The whole page. reader: answers programs; out: the folder that `train.py` puts its result in."""
    # delete_cache: files that sessions leave behind are swept away daily. fill_width: page.css says how wide.
    with gr.Blocks(
        title="Digit Sketchpad", analytics_enabled=False, delete_cache=(86400, 86400), fill_width=True
    ) as page:
        gr.HTML(HEADER, elem_id="header", apply_default_css=False)
        with gr.Row(elem_id="first-view"):
            with gr.Column(elem_id="drawing"):
                pad = Sketchpad()
            with gr.Column(elem_id="reading"):
                choice = gr.Radio(
                    list(CHOICES),
                    value=DEFAULT_CHOICE,
                    label="Network that reads your drawing",
                    container=False,
                    show_label=False,
                    elem_id="network-choice",
                    elem_classes="strip",
                )
                modules = FILES.publish(read_modules())
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
        token, lost = gr.Textbox(visible=False), gr.Textbox(SERVER, visible=False)  # see session.js

        def arrive(token: str, lost: str, request: gr.Request) -> gr.Radio | dict:
            session = sessions.arrive(request.session_hash, token, lost)
            choices = [*CHOICES, OWN] if session.own else list(CHOICES)
            return gr.Radio(choices, value=session.choice) if session.choice else gr.skip()

        def leave(request: gr.Request) -> None:
            sessions.leave(request.session_hash)

        def keep_choice(choice: object, request: gr.Request) -> None:
            sessions.find(request.session_hash).choice = check_choice(choice)

        def offer_networks(choice: object, request: gr.Request) -> dict:
            session = sessions.find(request.session_hash)
            return {"choice": check_choice(choice), "own": lend_own(session)}

        arrived = page.load(
            arrive,
            [token, lost],
            choice,
            js=(HERE / "server" / "session.js").read_text(encoding="utf-8"),
            **UNQUEUED,
        )
        page.unload(leave)
        page.load(None, js=REPAIRS)
        with gr.Column(elem_id="training"):
            used = build_training_panel(arrived, sessions, job_queue, choice, out)
        with gr.Column(elem_id="corrections"):
            taught = build_corrections_panel(arrived, used, sessions, job_queue, pad, correction, choice)

        # Another choice reads at once, since the browser does; the server only keeps it for a reload.
        choice.change(
            None, [choice, readout], readout, js="(choice, value) => ({ ...value, choice })", **QUIET
        )
        choice.change(keep_choice, choice, preprocess=False, trigger_mode="always_last", **UNQUEUED)
        for event in (arrived, used, *taught):
            event.then(offer_networks, choice, readout, preprocess=False, postprocess=False, **UNQUEUED)
        inside.look(make_look(sessions), outputs=inside, postprocess=False, **UNQUEUED)
        gr.api(reader.predict, api_name="predict")
        gr.api(make_explain(reader), api_name="explain")
    return page
