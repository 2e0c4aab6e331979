"""The settings of a training on the page: three in the first row, the others under "More settings".

In: the values that the browser sent, unchecked. Out: `Settings`, or a SettingsError that names the field.
Bounds are narrower than those of the terminal, since other visitors wait in the queue; on a Space narrower
still.
"""

import json
from collections.abc import Sequence

import gradio as gr

from model.errors import Term
from model.networks import ACTIVATIONS, NETWORKS
from model.settings import OPTIMIZERS, RECIPES, Settings, SettingsError, choose_settings
from ui.server.events import QUIET
from ui.server.space import ON_SPACE, ON_ZERO_GPU
from ui.text.words import Words

MOST_EPOCHS = 20 if ON_SPACE else 100
MOST_SECONDS = 10 * 60 if ON_SPACE else float("inf")
# A visitor's first training ends within a minute.
DEFAULT_NETWORK, DEFAULT_RECIPE, DEFAULT_EPOCHS = "dense", "handwriting", 10
DEFAULT_SMOOTHING = 0.0

# What a recipe is, in one line.
RECIPE_NOTES = {
    "handwriting": "Other people's handwriting too, and shapes that are no digit: for real drawings.",
    "tutorial": "The article's, to the letter: MNIST alone, batches of 64, Adam at 0.001.",
    "quick": "The tutorial's data with larger batches and a falling rate: a third of the time.",
}
ON_CPU = " This free Space trains on its CPU."

# The settings under "More settings", in the order of `SettingsPanel.more`.
MORE = ("batch_size", "learning_rate", "optimizer", "activation", "dropout", "augment", "seed")
ALL = ("network", "recipe", "epochs", *MORE, "smoothing")  # in the order of `SettingsPanel.components`

LABELS = {name: Words()(f"term.field.{name}") for name in ALL}
BATCH_SIZES = (16, 32, 64, 128, 256, 512, 1024)
CHOICES = {
    "network": tuple(NETWORKS),
    "recipe": RECIPES,
    "batch_size": BATCH_SIZES,
    "optimizer": OPTIMIZERS,
    "activation": tuple(ACTIVATIONS),
    "augment": (True, False),
}
BOUNDS = {
    "epochs": (1, MOST_EPOCHS),
    "learning_rate": (1e-5, 1),
    "dropout": (0, 0.9),
    "seed": (0, 2**31 - 1),
    "smoothing": (0, 0.95),
}
WHOLE = ("epochs", "batch_size", "seed")  # whole numbers


class SettingsPanel:
    """The components. `components` are the inputs of an event without preprocessing, whose values `read`
    checks: Gradio's own refusals name no field."""

    def __init__(self):
        strip = {"container": False, "show_label": False, "elem_classes": "strip"}
        self.network = gr.Radio(
            list(NETWORKS),
            value=DEFAULT_NETWORK,
            label=LABELS["network"],
            elem_id="train-network",
            **strip,
        )
        self.recipe = gr.Radio(
            list(RECIPES), value=DEFAULT_RECIPE, label=LABELS["recipe"], elem_id="train-recipe", **strip
        )
        self.epochs = gr.Number(
            DEFAULT_EPOCHS,
            label=LABELS["epochs"],
            precision=0,
            minimum=BOUNDS["epochs"][0],
            maximum=BOUNDS["epochs"][1],
            elem_id="epochs",
        )
        self.note = gr.HTML(elem_id="recipe-note", apply_default_css=False, render=False)

    def add_more(self) -> None:
        """Places "More settings", each with one line on what it does."""
        start = choose_settings(DEFAULT_NETWORK, DEFAULT_RECIPE)
        with gr.Accordion("More settings", open=False, elem_id="more-settings"):
            with gr.Row():
                batch = gr.Dropdown(
                    list(BATCH_SIZES),
                    value=start.batch_size,
                    label=LABELS["batch_size"],
                    info="Images looked at before each step. Large: fewer, steadier steps.",
                    filterable=False,
                )
                rate = gr.Number(
                    start.learning_rate,
                    label=LABELS["learning_rate"],
                    minimum=BOUNDS["learning_rate"][0],
                    maximum=BOUNDS["learning_rate"][1],
                    step=0.0005,
                    info="How far each step goes. Too large and it never settles.",
                )
                optimizer = gr.Radio(
                    list(OPTIMIZERS),
                    value=start.optimizer,
                    label=LABELS["optimizer"],
                    info="How a step is taken. Adam and RMSprop fit its length to each weight; SGD does not.",
                    elem_classes="strip",
                )
                activation = gr.Radio(
                    list(ACTIVATIONS),
                    value=start.activation,
                    label=LABELS["activation"],
                    info="What a neuron does with its sum: cut off below 0, or squash it.",
                    elem_classes="strip",
                )
            with gr.Row():
                dropout = gr.Slider(
                    *BOUNDS["dropout"],
                    start.dropout,
                    step=0.05,
                    label=LABELS["dropout"],
                    info="Share of neurons left out at each step, so that none is relied on too much.",
                )
                augment = gr.Checkbox(
                    start.augment,
                    label=LABELS["augment"],
                    info="Bends each digit as another hand might write it (recipe handwriting).",
                )
                seed = gr.Number(
                    start.seed,
                    label=LABELS["seed"],
                    precision=0,
                    minimum=BOUNDS["seed"][0],
                    maximum=BOUNDS["seed"][1],
                    info="Decides all chance: the same seed and settings, the same network.",
                )
                self.smoothing = gr.Slider(
                    *BOUNDS["smoothing"],
                    DEFAULT_SMOOTHING,
                    step=0.05,
                    label=LABELS["smoothing"],
                    info="Calms the training curves; what is learned stays the same.",
                )
        self.more = [batch, rate, optimizer, activation, dropout, augment, seed]

    def add_note(self) -> None:
        """Places the line that says what the chosen recipe is."""
        self.note.value = describe_recipe(DEFAULT_RECIPE)
        self.note.render()

    @property
    def components(self) -> list:
        return [self.network, self.recipe, self.epochs, *self.more, self.smoothing]

    def wire(self) -> None:
        """Another network or recipe brings its own defaults. In the browser: a Start pressed right after
        must not arrive before them."""
        defaults = {
            network: {
                recipe: [*_list_defaults(network, recipe), describe_recipe(recipe)] for recipe in RECIPES
            }
            for network in NETWORKS
        }
        gr.on(
            [self.network.input, self.recipe.input],
            None,
            [self.network, self.recipe],
            [*self.more, self.note],
            js=f"(network, recipe) => ({json.dumps(defaults)})[network][recipe]",
            **QUIET,
        )


def read_settings(values: Sequence) -> tuple[Settings, float]:
    """The settings and the smoothing in the values of `SettingsPanel.components`. Raises SettingsError."""
    if len(values) != len(ALL):
        raise SettingsError("settings.missing")
    read = {name: _read_value(name, value) for name, value in zip(ALL, values, strict=True)}
    smoothing = read.pop("smoothing")
    return choose_settings(**read), smoothing


def _read_value(name: str, value: object) -> object:
    label = Term(f"field.{name}")
    if value is None:  # a field that was emptied
        raise SettingsError("settings.field-missing", name=label)
    if name in CHOICES:
        chosen = next((one for one in CHOICES[name] if type(one) is type(value) and one == value), None)
        if chosen is None:
            raise SettingsError("settings.choice", name=label, allowed=CHOICES[name])
        return chosen
    low, high = BOUNDS[name]
    if type(value) not in (int, float) or not low <= value <= high:
        low, high = _write(low), _write(high)
        if type(value) in (int, float) and abs(value) < 1e15:
            raise SettingsError("settings.field-bounds", name=label, low=low, high=high, value=value)
        raise SettingsError("settings.field-no-number", name=label, low=low, high=high)
    return round(value) if name in WHOLE else value


def _write(number: float) -> str:
    """0.00001, not 1e-05."""
    return f"{number:.5f}".rstrip("0").rstrip(".") if isinstance(number, float) else str(number)


def describe_recipe(recipe: str) -> str:
    """One line on it, as HTML."""
    return f"<p>{RECIPE_NOTES[recipe]}{ON_CPU if ON_ZERO_GPU else ''}</p>"


def _list_defaults(network: str, recipe: str) -> list:
    """The values of MORE."""
    settings = choose_settings(network, recipe)
    return [getattr(settings, name) for name in MORE]
