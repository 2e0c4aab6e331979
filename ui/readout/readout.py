"""The readout: what one or two networks make of the drawing, and how the drawing became their input.

The browser reads (ui/browser): `readout.js` listens to the pad, and puts each reading into elements that stay
where they are, so nothing is rendered anew, and nothing jumps, while the pen moves. `describe.js` says
which words (ui/text).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import gradio as gr

from ui.text.words import fill_template

HERE = Path(__file__).parent

SCRIPT = "\n".join((HERE / name).read_text(encoding="utf-8") for name in ("describe.js", "readout.js"))

TEMPLATE = fill_template("""
<div class="readings"></div>
<template>
  <section class="reading">
    <div class="verdict">
      <span class="glyph" aria-hidden="true"></span>
      <p class="words" aria-hidden="true"><small></small><strong></strong> <span></span></p>
      <span class="spoken"></span>
      <button type="button" class="retry" data-text="readout.retry" hidden></button>
    </div>
    <div class="bars"></div>
  </section>
</template>
<div class="stages" role="group" data-text-label="readout.stages">
  <figure><canvas class="ink-box" width="168" height="168" role="img"
    data-text-label="readout.find-picture"></canvas>
    <figcaption><b data-text="readout.find"></b> <span data-text="readout.find-why"></span>
    </figcaption></figure>
  <figure><canvas class="fitted" width="20" height="20" role="img"
    data-text-label="readout.fit-picture"></canvas>
    <figcaption><b data-text="readout.fit"></b> <span data-text="readout.fit-why"></span>
    </figcaption></figure>
  <figure><canvas id="network-input" width="28" height="28" role="img"
    data-text-label="readout.centre-picture"></canvas>
    <figcaption><b data-text="readout.centre"></b> <span data-text="readout.centre-why"></span>
    </figcaption></figure>
</div>
""")


class Readout(gr.HTML):
    """value: {"choice": the choice of network, "own": the description of the visitor's own network or None}.
    A later value without "choice" keeps the current one.
    networks: the descriptions of those that ship (ui/browser/networks.py). choices: which of them answer to
    each choice. modules: the address of the folder with the page's modules.

    Its style stands in readout.css, which `launch` is given, for the reason that Sketchpad names."""

    def __init__(
        self,
        value: dict,
        networks: Sequence[dict],
        choices: Mapping[str, Sequence[str]],
        modules: str,
        elem_id: str = "readout",
    ):
        super().__init__(
            value,
            html_template=TEMPLATE,
            js_on_load=SCRIPT,
            apply_default_css=False,
            elem_id=elem_id,
            networks=networks,
            choices=choices,
            modules=modules,
        )

    def postprocess(self, value: dict | None) -> dict | None:
        return value
