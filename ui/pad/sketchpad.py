"""The drawing pad: a Gradio component whose value is the drawing on it, as strokes.

In the browser `sketchpad.js` draws, tells the page of it at every frame, and keeps the value up to date when
a stroke has ended. No request comes of that. Python gets the value as an input of other events: a list of
strokes (lists of [x, y] in CSS pixels of the pad, y down), untrusted, for `Drawing.parse`. It is not set from
Python.
"""

import json
from pathlib import Path

import gradio as gr

from model.drawing import MAX_POINTS, MAX_STROKES
from ui.text.words import fill_template

HERE = Path(__file__).parent

SCRIPTS = ("strokes.js", "sketchpad.js", "pens.js")
SCRIPT = "\n".join((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS)

# The template must stay static: the canvas lives in it, and a new rendering would wipe the drawing.
TEMPLATE = fill_template("""
<div class="paper">
  <canvas tabindex="0" role="application" data-text-label="pad.label" aria-describedby="pad-keys"></canvas>
  <p class="invitation" aria-hidden="true" data-text="pad.invitation"></p>
  <span class="cursor" hidden></span>
  <p class="keys" id="pad-keys" data-text="pad.keys"></p>
  <p class="notice" role="status"></p>
</div>
<div class="tools">
  <button type="button" data-tool="undo" data-text="pad.undo"></button>
  <button type="button" data-tool="eraser" aria-pressed="false" data-text="pad.eraser"></button>
  <button type="button" data-tool="clear" data-text="pad.clear"></button>
</div>
""")


class Sketchpad(gr.HTML):
    """The pad, with Undo, Eraser and Clear. Its style stands in sketchpad.css, which `launch` is given:
    a css_template would be parsed again, and the page laid out again, at every new value."""

    def __init__(self):
        super().__init__(
            html_template=TEMPLATE,
            js_on_load=SCRIPT,
            apply_default_css=False,
            elem_id="pad",
            max_strokes=MAX_STROKES,
            max_points=MAX_POINTS,
        )

    def preprocess(self, payload: object) -> object:
        """The strokes as the browser sent them, unchecked; an untouched pad has none.

        On the way they are JSON text: Gradio would copy nested lists several times. What is no JSON becomes
        None, which `Drawing.parse` refuses."""
        if not payload:
            return []
        try:
            return json.loads(payload)
        except (TypeError, ValueError, RecursionError):
            return None
