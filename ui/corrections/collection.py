"""Corrections: the row of labels below the readout, and the collection that it fills.

Corrections stay in the browser, in the tab's storage, until the visitor lets the network learn them. The
value that the browser sends is the whole collection as the text of a drawings file (model/drawing.py): it is
untrusted, for `parse_collection`. A value set from outside is {"add": [drawings], "source": "pad" or "file"}
and adds to the collection. Files are read and written in the browser: none is uploaded.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import gradio as gr

from model.drawing import Drawing, DrawingError, parse_drawings
from model.errors import Term
from ui.text.words import Text, as_json, fill_template

HERE = Path(__file__).parent

# An hour's work. The text of all is one value of an event; the server takes 1 MiB.
MAX_DRAWINGS = 500
MAX_BYTES = 900_000


def name_digit(digit: int) -> Text:
    """The digit with its article, where the language has one."""
    return Text(f"corrections.digit.{8 if digit == 8 else 'other'}", digit=digit)


LABELS = "".join(
    f'<button type="button" data-label="{digit}"'
    f' data-text-label="{as_json(Text("corrections.is", what=name_digit(digit)))}">{digit}</button>'
    for digit in range(10)
)
ROW = fill_template(f"""
<div class="row">
  <div class="labels" role="group" data-text-label="corrections.row">
    <span data-text="corrections.misread"></span>
    {LABELS}
    <button type="button" data-label="null" data-text-label="corrections.is-none"
      data-text="corrections.not-a-digit"></button>
  </div>
  <p><span class="said" role="status"></span> <a href="#corrections" hidden></a></p>
</div>
""")

COLLECTION = fill_template("""
<div class="head">
  <h2 data-text="corrections.title"></h2>
  <p data-text="corrections.what"></p>
  <button type="button" data-do="import" data-text="corrections.import"></button>
  <button type="button" data-do="export" data-text="corrections.export"></button>
  <input type="file" accept=".jsonl,.json,.txt" data-text-label="corrections.file" hidden>
</div>
<p class="none" data-text="corrections.empty"></p>
<ul class="drawings" data-text-label="corrections.list"></ul>
<p class="notice" role="status"></p>
""")

# Of an event in the browser: the pad's strokes with the label that was clicked.
KEEP = """(strokes, label) =>
  JSON.stringify({ add: [{ label: JSON.parse(label), strokes: JSON.parse(strokes) }], source: "pad" })"""


class Correction(gr.HTML):
    """The row of labels. A click is a `correct` event; the value is then the label as JSON."""

    def __init__(self, elem_id: str = "correction"):
        super().__init__(
            None,
            html_template=ROW,
            js_on_load=(HERE / "correction.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            elem_id=elem_id,
        )


class Collection(gr.HTML):
    """The corrections as thumbnails, each with a button that removes it. `import_text` is the event of a file
    that was read; its data has the `text`."""

    def __init__(self, elem_id: str = "collection", **kwargs):
        script = "\n".join(
            (HERE / name).read_text(encoding="utf-8") for name in ("../pad/strokes.js", "collection.js")
        )
        super().__init__(
            None,
            html_template=COLLECTION,
            js_on_load=script,
            apply_default_css=False,
            elem_id=elem_id,
            max_drawings=MAX_DRAWINGS,
            max_bytes=MAX_BYTES,
            **kwargs,
        )


def parse_collection(text: object, name: str | Term) -> list[Drawing]:
    """The drawings in the text of a drawings file, within the limits of this module. name: for the errors.
    Raises DrawingError."""
    if not isinstance(text, str):
        raise DrawingError("corrections.no-text", file=name)
    encoded = text.encode("utf-8", "replace")
    if len(encoded) > MAX_BYTES:
        raise DrawingError("corrections.too-large", file=name, most=MAX_BYTES // 1000)
    lines = encoded.splitlines()
    count = sum(1 for line in lines if line.strip())
    if count > MAX_DRAWINGS:
        raise DrawingError("corrections.too-many", file=name, count=count, most=MAX_DRAWINGS)
    return parse_drawings(lines, name)


def format_additions(drawings: Iterable[Drawing], source: str) -> str:
    """The value that adds these drawings to a `Collection`."""
    rows = [{"label": one.label, "writer": one.writer, "strokes": one.as_lists()} for one in drawings]
    return json.dumps({"add": rows, "source": source})
