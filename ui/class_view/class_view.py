"""Class view: pad, verdict and bars fill a projector's screen, and a QR code leads the class to the page.

The elements are the page's own: class_view.css lays them out anew while the parent of `#first-view` has the
class `in-class-view`, so nothing of a drawing is lost. The button `class-view` in the head of the page
(ui/text/header.html) opens it, Escape or its own button leaves it.

`address` is the event that asks for the code; its data has the page's `location`, unchecked. The answer is
the value: {"address": …, "code": an SVG}, both empty where no one else can reach the page.
"""

from pathlib import Path

import gradio as gr
import segno

from ui.text.words import fill_template

HERE = Path(__file__).parent

SCRIPT = (HERE / "class_view.js").read_text(encoding="utf-8")
TEMPLATE = fill_template("""
<div class="class-controls">
  <button type="button" data-do="code" aria-expanded="false" aria-controls="class-code"
    data-text="class.code"></button>
  <button type="button" data-do="leave" data-text="class.leave"></button>
</div>
<div id="class-code" hidden>
  <div class="code" role="img" hidden></div>
  <p class="address"></p>
  <p class="how" role="status"></p>
</div>
""")

BORDER = 4  # modules: the quiet zone of ISO/IEC 18004


class ClassView(gr.HTML):
    """The buttons of class view, and the code. On the page itself they are not seen."""

    def __init__(self, elem_id: str = "class-bar"):
        super().__init__(
            None,
            html_template=TEMPLATE,
            js_on_load=SCRIPT,
            apply_default_css=False,
            elem_id=elem_id,
            has_server=True,
        )


def describe_address(address: str | None) -> dict:
    """The component's value."""
    return {"address": address or "", "code": draw_code(address) if address else ""}


def draw_code(address: str) -> str:
    """A QR code as SVG: black on white also where the page is dark, since scanners expect that."""
    code = segno.make_qr(address, error="m")
    return code.svg_inline(border=BORDER, dark="#000", light="#fff", omitsize=True)
