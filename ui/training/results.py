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

from model.evaluate import TEST_SETS, LabelledImages, confusion, load_images
from ui.server.messages import TestSetPredictions
from ui.text.device import name_device
from ui.text.words import Joined, Text, fill_template, pack

HERE = Path(__file__).parent
MAX_GALLERY_DIGITS = 24  # in the gallery
BYTES_PER_PARAMETER = 4  # as float32, which is what a saved network holds


class Results(gr.HTML):
    """Shows what `describe_results` made. A click on a cell is a `cell` event with label and read."""

    def __init__(self, elem_id: str | None = None, **kwargs):
        super().__init__(
            None,
            html_template=fill_template((HERE / "results.html").read_text(encoding="utf-8")),
            js_on_load=(HERE / "results.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            elem_id=elem_id,
            **kwargs,
        )

    def postprocess(self, value: dict | None) -> str | None:
        """As one string, see Curves."""
        return None if value is None else json.dumps(value, separators=(",", ":"), default=pack)


@cache
def find_images(name: str) -> LabelledImages:
    """A test set, read once."""
    return load_images(name)


def describe_results(
    predictions: TestSetPredictions | None, cell: tuple[int, int] | None = None, card: dict | None = None
) -> dict:
    """cell: (label, read as), or None for the worst mistakes. card: of `TrainingJob.make_card`."""
    if predictions is None:
        note = Text("results.note")
        return {"note": note, "headline": "", "matrix": None, "cell": None, "caption": "", "digits": []}
    read = predictions.probabilities.argmax(axis=1)
    if cell is None:
        chosen = find_worst(predictions)
        caption = Text("results.surest" if len(chosen) else "results.perfect")
    else:
        label, as_digit = cell
        chosen = np.flatnonzero((predictions.labels == label) & (read == as_digit))
        # The least sure of the right ones, the surest of the mistakes.
        sure = predictions.probabilities[chosen].max(axis=1)
        chosen = chosen[np.argsort(sure if label == as_digit else -sure, kind="stable")]
        caption = Text("results.cell", label=label, read=as_digit, count=len(chosen))
    if len(chosen) > MAX_GALLERY_DIGITS:
        caption = Text("results.shown", caption=caption, count=MAX_GALLERY_DIGITS)
    images = find_images(predictions.name).images
    return {
        "note": "",
        "headline": Text("results.headline", percent=_name_share(predictions.accuracy), count=len(read)),
        "matrix": confusion(read, predictions.labels).tolist(),
        "cell": cell,
        "caption": caption,
        "digits": [_show_digit(predictions, images, int(i)) for i in chosen[:MAX_GALLERY_DIGITS]],
        "card": describe_card(card) if card else [],
    }


def describe_card(card: dict) -> list[tuple[Text, Text | Joined | str]]:
    """A card in words: pairs of term and text."""
    settings = card["settings"]
    named = [
        Text("results.card.batches", count=settings["batch_size"]),
        Text("results.card.rate", rate=settings["learning_rate"]),
        settings["optimizer"],
        settings["activation"],
        Text("results.card.dropout", share=settings["dropout"]),
        Text("results.card.augment" if settings["augment"] else "results.card.no-augment"),
        Text("results.card.seed", seed=settings["seed"]),
    ]
    accuracies = [
        (Text(f"training.test-set.{name}"), _name_share(card["scores"][name]["accuracy"]))
        for name in TEST_SETS
        if name in card["scores"]
    ]
    count, recipe = card["parameters"], Text(f"training.recipe.{settings['recipe']}")
    size = Text("results.card.parameters", count=count, size=count * BYTES_PER_PARAMETER / 1e6)
    time = Text("time.seconds", seconds=round(card["seconds"]))
    trained = Text("results.card.epochs", epoch=card["epoch"], epochs=settings["epochs"], time=time)
    return [
        (
            Text("results.card.network"),
            Text("results.card.what", network=Text(f"page.network.{card['network']}"), recipe=recipe),
        ),
        *accuracies,
        (Text("results.card.size"), size),
        (Text("results.card.trained"), trained),
        (Text("results.card.on"), name_device(card["device"])),
        (Text("results.card.settings"), Joined("values", named)),
    ]


def _name_share(share: float) -> Text:
    return Text("number.percent-2", percent=100 * share)


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
