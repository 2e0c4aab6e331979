"""The readout: what one or two networks make of the drawing, and how the drawing became their input.

The browser reads (ui/browser): `readout.js` listens to the pad, and puts each reading into elements that stay
where they are, so nothing is rendered anew, and nothing jumps, while the pen moves. `describe.js` has the
words.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import gradio as gr

HERE = Path(__file__).parent

SCRIPT = "\n".join((HERE / name).read_text(encoding="utf-8") for name in ("describe.js", "readout.js"))

TEMPLATE = """
<div class="readings"></div>
<template>
  <section class="reading">
    <div class="verdict">
      <span class="glyph" aria-hidden="true"></span>
      <p class="words" aria-hidden="true"><strong></strong> <span></span></p>
      <span class="spoken"></span>
    </div>
    <div class="bars"></div>
  </section>
</template>
<div class="stages" role="group" aria-label="What the network sees">
  <figure><canvas class="ink-box" width="168" height="168" role="img"
    aria-label="The drawing with a frame around its ink"></canvas>
    <figcaption><b>1 Find the ink</b> <span>Where on the pad and how large it was drawn is forgotten.</span>
    </figcaption></figure>
  <figure><canvas class="fitted" width="20" height="20" role="img"
    aria-label="The ink fitted into 20 by 20 pixels"></canvas>
    <figcaption><b>2 Fit to 20&nbsp;×&nbsp;20</b> <span>Drawn again with a standard pen, in pixels.</span>
    </figcaption></figure>
  <figure><canvas id="network-input" width="28" height="28" role="img"
    aria-label="The 28 by 28 pixels that the network sees"></canvas>
    <figcaption><b>3 Centre on 28&nbsp;×&nbsp;28</b> <span>These 784 numbers are all it sees.</span>
    </figcaption></figure>
</div>
"""


class Readout(gr.HTML):
    """value: {"choice": the choice of network, "own": the description of the visitor's own network or None}.
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
