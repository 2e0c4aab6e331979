"""The readout: what one or two networks make of the drawing, and how the drawing became their input.

In go the stages of a drawing and a Prediction for each network; out comes the plain value of the `Readout`
component, with every word that it shows. `readout.js` puts it into elements that stay where they are, so
nothing is rendered anew, and nothing jumps, while the pen moves.
"""

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

import gradio as gr
import numpy as np

from model.classifier import Prediction
from model.preprocess import Stages

HERE = Path(__file__).parent

# A second digit less probable than this is not worth a word.
WORTH_NAMING = 0.005

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
    """Shows a value made by `describe_readings` or `describe_notice`.

    Its style stands in readout.css, which `launch` is given, for the reason that Sketchpad names."""

    def __init__(self, value: dict | None = None, elem_id: str = "readout", **kwargs):
        super().__init__(
            value,
            html_template=TEMPLATE,
            js_on_load=(HERE / "readout.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            elem_id=elem_id,
            **kwargs,
        )

    def postprocess(self, value: dict | None) -> dict | None:
        return value


def describe_readings(stages: Stages | None, predictions: Mapping[str, Prediction]) -> dict:
    """The readout's value for one or two predictions, by the name of the network, the first one leading.
    stages: how the drawing became their input; None for a blank one."""
    return {
        "readings": [_describe(name, prediction) for name, prediction in predictions.items()],
        "stages": stages and _show_stages(stages),
    }


def describe_notice(headline: str, detail: str, verdict: str = "problem") -> dict:
    """The readout's value where there is no prediction: why. verdict: "problem" or "loading"."""
    reading = {"network": "", "verdict": verdict, "glyph": "", "headline": headline, "detail": detail}
    return {"readings": [reading | {"probabilities": [0.0] * 10}], "stages": None}


def _describe(name: str, prediction: Prediction) -> dict:
    probabilities = prediction.probabilities
    first, second = sorted(range(10), key=lambda digit: -probabilities[digit])[:2]
    if prediction.verdict == "blank":
        # Ten bars of a tenth each would look like an answer.
        probabilities = (0.0,) * 10
        glyph, headline, detail = "", "Nothing yet", "The bars follow your pen."
    elif prediction.verdict == "unsure":
        glyph, headline, detail = "?", "No digit?", f"Perhaps {first} or {second}."
    else:
        glyph, headline = str(prediction.digit), format_percent(probabilities[first])
        named = probabilities[second] >= WORTH_NAMING
        detail = f"Next: {second}, {format_percent(probabilities[second])}" if named else ""
    return {
        "network": name,
        "verdict": prediction.verdict,
        "glyph": glyph,
        "headline": headline,
        "detail": detail,
        "probabilities": [round(probability, 4) for probability in probabilities],
    }


def format_percent(probability: float) -> str:
    """As a whole percentage; never 100 %, which no network can promise."""
    return "> 99 %" if probability > 0.99 else f"{probability:.0%}".replace("%", " %")


def _show_stages(stages: Stages) -> dict:
    return {
        "inkBox": [round(edge, 1) for edge in stages.ink_box],
        "fitted": _encode(stages.fitted),
        "image": _encode(stages.image),
    }


def _encode(image: np.ndarray) -> str:
    """The pixels row by row, a byte each, as base64."""
    return b64encode(image.tobytes()).decode("ascii")
