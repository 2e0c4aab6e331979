"""The results of a training: which digits the network mistakes for which, with pictures.

In: labels and probabilities on a test set. Out: the plain value of a `Results` component: a confusion matrix,
a gallery of the worst mistakes or of the cell that was clicked, and the network's card in words.
"""

import json
from base64 import b64encode
from functools import cache
from pathlib import Path

import gradio as gr
import numpy as np

from model.evaluate import LabelledImages, confusion, load_images
from ui.server.messages import TestSetPredictions

HERE = Path(__file__).parent
TEST_SETS = ("mnist-test", "held-out")  # of the worker
TITLES = {"mnist-test": "MNIST's test set", "held-out": "writers it never saw"}
MOST_DIGITS = 24  # in the gallery
BYTES_PER_PARAMETER = 4  # as float32, which is what a saved network holds


class Results(gr.HTML):
    """Shows what `describe_results` made. A click on a cell is a `cell` event with label and read."""

    def __init__(self, elem_id: str | None = None, **kwargs):
        super().__init__(
            None,
            html_template=(HERE / "results.html").read_text(encoding="utf-8"),
            js_on_load=(HERE / "results.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            elem_id=elem_id,
            **kwargs,
        )

    def postprocess(self, value: dict | None) -> str | None:
        """As one string, see Curves."""
        return None if value is None else json.dumps(value, separators=(",", ":"))


@cache
def find_images(name: str) -> LabelledImages:
    """A test set, read once."""
    return load_images(name)


def describe_results(
    predictions: TestSetPredictions | None, cell: tuple[int, int] | None = None, card: dict | None = None
) -> dict:
    """cell: (label, read as), or None for the worst mistakes. card: of `TrainingJob.make_card`."""
    if predictions is None:
        note = "Train a network: this then shows which digits it mistakes for which."
        return {"note": note, "headline": "", "matrix": None, "cell": None, "caption": "", "digits": []}
    read = predictions.probabilities.argmax(axis=1)
    if cell is None:
        chosen = find_worst(predictions)
        caption = "The mistakes it was surest of" if len(chosen) else "Not one mistake"
    else:
        label, as_digit = cell
        chosen = np.flatnonzero((predictions.labels == label) & (read == as_digit))
        # The least sure of the right ones, the surest of the mistakes.
        sure = predictions.probabilities[chosen].max(axis=1)
        chosen = chosen[np.argsort(sure if label == as_digit else -sure, kind="stable")]
        caption = f"{label} read as {as_digit}: {len(chosen)}"
    if len(chosen) > MOST_DIGITS:
        caption += f", {MOST_DIGITS} of them shown"
    images = find_images(predictions.name).images
    return {
        "note": "",
        "headline": f"{predictions.accuracy:.2%} of {len(read)} digits read right".replace("%", " %"),
        "matrix": confusion(read, predictions.labels).tolist(),
        "cell": cell,
        "caption": caption,
        "digits": [_show_digit(predictions, images, int(i)) for i in chosen[:MOST_DIGITS]],
        "card": describe_card(card) if card else [],
    }


def describe_card(card: dict) -> list[tuple[str, str]]:
    """A card in words: pairs of term and text."""
    settings = card["settings"]
    named = [
        f"batches of {settings['batch_size']}",
        f"learning rate {settings['learning_rate']:g}",
        settings["optimizer"],
        settings["activation"],
        f"dropout {settings['dropout']:g}",
        "other hands" if settings["augment"] else "no other hands",
        f"seed {settings['seed']}",
    ]
    accuracies = [
        (title, f"{card['scores'][name]['accuracy']:.2%}".replace("%", " %"))
        for name, title in TITLES.items()
        if name in card["scores"]
    ]
    count = card["parameters"]
    grouped = f"{count:,}".replace(",", " ")
    size = f"{grouped} parameters, {count * BYTES_PER_PARAMETER / 1e6:.1f} MB"
    return [
        ("network", f"{card['network']}, recipe {settings['recipe']}"),
        *accuracies,
        ("size", size),
        ("trained", f"{card['epoch']:g} of {settings['epochs']} epochs in {card['seconds']:.0f} s"),
        ("on", card["device"]),
        ("settings", ", ".join(named)),
    ]


def find_worst(predictions: TestSetPredictions) -> np.ndarray:
    """The indices of the mistakes, the surest first."""
    wrong = np.flatnonzero(predictions.probabilities.argmax(axis=1) != predictions.labels)
    return wrong[np.argsort(-predictions.probabilities[wrong].max(axis=1), kind="stable")]


def _show_digit(predictions: TestSetPredictions, images: np.ndarray, index: int) -> dict:
    return {
        "image": b64encode(images[index].tobytes()).decode("ascii"),
        "label": int(predictions.labels[index]),
        "probabilities": [round(float(p), 3) for p in predictions.probabilities[index]],
    }
