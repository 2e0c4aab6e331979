"""The page: where everything stands, how it looks, and what happens on which event.

`build_page` makes the Gradio page from the components of ui/; `LOOK` is what `launch` needs to dress it.
Colours, sizes of type and the layout stand in page.css, and nowhere else.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import gradio as gr

from model.store import WEIGHTS
from ui.collection import Correction
from ui.hand import build_hand
from ui.line import Line
from ui.reading import CHOICES, DEFAULT_CHOICE, NOTHING_DRAWN, OWN, Reader
from ui.readout import Readout
from ui.sketchpad import Sketchpad
from ui.status import AT_ONCE, QUIET
from ui.studio import build_studio
from ui.visits import Mailboxes, Visit, Visits

HERE = Path(__file__).parent

HEADER = """<header><h1>Digit Sketchpad</h1>
<p>Draw a digit and watch a neural network read it while the pen moves.</p></header>"""

# Fonts by name only, which every system has: no font is loaded from anywhere.
SYSTEM_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")

MODES = ("", "_dark")

# Gradio's names for colours, each given one of ours, in light and in dark (page.css says what it is there).
THEME_COLOURS = {
    "body_background_fill": "page",
    "body_text_color": "ink",
    "body_text_color_subdued": "muted",
    "background_fill_primary": "surface",
    "background_fill_secondary": "page",
    "border_color_primary": "line",
    "border_color_accent": "accent",
    "block_background_fill": "surface",
    "block_border_color": "line",
    "block_label_text_color": "muted",
    "block_title_text_color": "muted",
    "input_background_fill": "surface",
    "input_border_color": "line-strong",
    "input_border_color_focus": "accent",
    "button_primary_background_fill": "accent",
    "button_primary_background_fill_hover": "accent",
    "button_primary_text_color": "on-accent",
    "button_secondary_background_fill": "surface",
    "button_secondary_background_fill_hover": "track",
    "button_secondary_border_color": "line-strong",
    "button_secondary_text_color": "ink",
    "checkbox_background_color_selected": "accent",
    "checkbox_border_color_selected": "accent",
    "slider_color": "accent",
    "link_text_color": "accent",
}


def _make_theme() -> gr.themes.Base:
    colours = {
        gradio_name + mode: f"var(--{name})" for gradio_name, name in THEME_COLOURS.items() for mode in MODES
    }
    return gr.themes.Base(font=SYSTEM_FONTS, font_mono=("ui-monospace", "monospace")).set(**colours)


LOOK = {
    "theme": _make_theme(),
    "css_paths": [
        HERE / f"{part}.css"
        for part in ("page", "sketchpad", "readout", "curves", "studio", "results", "hand")
    ],
    "footer_links": ["api", "gradio"],
}


def check_choice(choice: object) -> str:
    """The choice of network as a browser sent it, or the default if it is none."""
    return choice if choice in (*CHOICES, OWN) else DEFAULT_CHOICE


def build_page(reader: Reader, out: Path = WEIGHTS) -> gr.Blocks:
    """The whole page. reader: answers what is drawn; out: the folder that `train.py` puts its result in."""
    # Files that visits leave behind are swept away daily.
    with gr.Blocks(title="Digit Sketchpad", analytics_enabled=False, delete_cache=(86400, 86400)) as page:
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
                readout = Readout(NOTHING_DRAWN)
                correction = Correction()

        def forget(session: str, visit: Visit) -> None:
            # Gradio would keep its own record of each session, 150 kB, for good. It must know of a choice
            # that only this visitor had, in case that the page is still open and was only cut off.
            if visit.own is None:
                with page.state_holder.lock:
                    page.state_holder.session_data.pop(session, None)
                    page.state_holder.time_last_used.pop(session, None)

        visits, line = Visits(when_forgotten=forget), Line()  # one line of trainings for all that train
        visits.start(also=Mailboxes(lambda: page._queue, visits.is_open).sweep)
        token = gr.Textbox(visible=False)  # only its way to the server is used, see visit.js

        def arrive(token: str, request: gr.Request) -> gr.Radio | dict:
            visit = visits.arrive(request.session_hash, token)
            choices = [*CHOICES, OWN] if visit.own else list(CHOICES)
            return gr.Radio(choices, value=visit.choice) if visit.choice else gr.skip()

        def leave(request: gr.Request) -> None:
            visits.leave(request.session_hash)

        async def greet(sent: object, choice: object, request: gr.Request) -> AsyncIterator[dict]:
            own = visits.find(request.session_hash).own
            async for shown in reader.greet(pad.preprocess(sent), check_choice(choice), own):
                yield shown

        def read(sent: object, choice: object, request: gr.Request) -> dict:
            visit = visits.find(request.session_hash)
            strokes, visit.choice = pad.preprocess(sent), check_choice(choice)
            visit.keep_drawing(strokes)  # the network in training reads it too
            return reader.read(strokes, visit.choice, visit.own)

        arrived = page.load(
            arrive, token, choice, js=(HERE / "visit.js").read_text(encoding="utf-8"), **AT_ONCE
        )
        page.unload(leave)
        page.load(None, js=(HERE / "radios.js").read_text(encoding="utf-8"))
        with gr.Column(elem_id="studio"):
            used = build_studio(arrived, visits, line, choice, out)
        with gr.Column(elem_id="hand"):
            taught = build_hand(arrived, used, visits, line, reader, pad, correction, choice)

        # As the browser sent them, for each step of Gradio's own would be one more thread to wait for, at
        # every movement of the pen.
        asked = {"inputs": [pad, choice], "outputs": readout, "preprocess": False, "postprocess": False}
        arrived.then(greet, concurrency_limit=None, **asked, **QUIET)
        # always_last: while an answer is under way newer strokes wait, and only the newest of them is asked
        # next. The strokes are an input, and no data of the event, because Gradio repeats a held-back event
        # with its old data, but with the inputs of the moment.
        pad.stroke(read, trigger_mode="always_last", **asked, **AT_ONCE)
        for event in (used, *taught):
            event.then(read, **asked, **AT_ONCE)
        choice.change(read, trigger_mode="always_last", **asked, **AT_ONCE)
        gr.api(reader.predict, api_name="predict")
    return page
