"""The API's explanation: strokes and two digits in, evidence and layers out, in Python (model/explain.py)."""

from collections.abc import Callable

import gradio as gr
import numpy as np

from model.drawing import Drawing
from model.errors import DigitsError
from model.explain import explain
from model.layers import read_layers
from model.preprocess import preprocess
from ui.browser.networks import CHOICES, DEFAULT_CHOICE
from ui.readout.reading import Reader
from ui.text.labels import read_accept_language, refuse

DECIMALS = 6  # of what is sent


def make_explain(reader: Reader) -> Callable[..., dict]:
    """The function of the endpoint. reader: has the networks."""
    layers = {}  # by the name of the network

    def explain_drawing(
        strokes: list,
        network: str = DEFAULT_CHOICE,
        digit: int | None = None,
        other: int | None = None,
        request: gr.Request | None = None,
    ) -> dict:
        """Says how much each pixel of a drawing speaks for one digit and against another, in logits.

        strokes: a list of strokes, each a list of [x, y] points, in any unit, y pointing down.
        network: "cnn" or "dense". digit, other: 0 to 9; null for the most probable, and the next.
        Returns {"digit", "other", "evidence": 28 rows of 28 numbers, "ink", "missing_ink", "average_digit",
        "difference": of the two logits, to which the three before it sum, "gradient": 28 rows of 28, "image":
        what the network saw, "layers": [{"kind", "shape", "output": nested lists}], the logits at the end}.
        """
        language = read_accept_language(request)
        if not isinstance(network, str) or network not in CHOICES["both"]:
            raise refuse(DigitsError("predict.network"), language)
        try:
            image = preprocess(Drawing.parse(strokes))
            if network not in layers:
                layers[network] = read_layers(reader.classifier(network).network)
            found = explain(layers[network], image, digit, other)
        except DigitsError as error:
            raise refuse(error, language) from None
        return {
            "digit": found.digit,
            "other": found.other,
            "evidence": _send(found.pixels),
            "ink": found.ink,
            "missing_ink": found.missing_ink,
            "average_digit": found.average_digit,
            "difference": found.difference,
            "gradient": _send(found.gradient),
            "image": image.tolist(),
            "layers": [
                {"kind": layer.kind, "shape": list(output.shape), "output": _send(output)}
                for layer, output in zip(layers[network], found.layers, strict=True)
            ],
        }

    return explain_drawing


def _send(values: np.ndarray) -> list:
    return values.round(DECIMALS).tolist()
