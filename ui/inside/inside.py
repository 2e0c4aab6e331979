"""Look inside: why the network reads a 7 and not a 1, what each layer answers, and the smallest network.

Everything is computed in the browser, from the weights that read the drawing there: panel.js puts the parts
together. The panel is closed at first; until it is opened nothing is fetched.
While a network trains the open panel asks for it, by the event `poll` (training.py): the answer is its value.
"""

from pathlib import Path

import gradio as gr

from ui.text.words import fill_template

HERE = Path(__file__).parent

TEMPLATE = fill_template("""
<details>
  <summary><h2 data-text="inside.title"></h2> <span data-text="inside.subtitle"></span></summary>
  <div class="inside-body"></div>
</details>
""")


SCRIPT = (HERE / "inside.js").read_text(encoding="utf-8")


class Inside(gr.HTML):
    """modules: the address of the folder with the page's modules (ui/browser/networks.py)."""

    def __init__(self, modules: str, elem_id: str = "inside"):
        super().__init__(
            None,
            html_template=TEMPLATE,
            js_on_load=SCRIPT,
            apply_default_css=False,
            elem_id=elem_id,
            modules=modules,
        )
