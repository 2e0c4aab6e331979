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
from ui.text.labels import Label
from ui.text.words import Joined, Text, as_html

MAX_EPOCHS = 20 if ON_SPACE else 100
MAX_SECONDS = 10 * 60 if ON_SPACE else float("inf")
# A visitor's first training ends within a minute.
DEFAULT_NETWORK, DEFAULT_RECIPE, DEFAULT_EPOCHS = "dense", "handwriting", 10
DEFAULT_SMOOTHING = 0.0

# The settings under "More settings", in the order of `SettingsPanel.more`.
MORE = ("batch_size", "learning_rate", "optimizer", "activation", "dropout", "augment", "seed")
ALL = ("network", "recipe", "epochs", *MORE, "smoothing")  # in the order of `SettingsPanel.components`

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
    "epochs": (1, MAX_EPOCHS),
    "learning_rate": (1e-5, 1),
    "dropout": (0, 0.9),
    "seed": (0, 2**31 - 1),
    "smoothing": (0, 0.95),
}
WHOLE = ("epochs", "batch_size", "seed")  # whole numbers


class SettingsPanel:
    """The components. `components` are the inputs of an event without preprocessing, whose values
    `read_settings` checks: Gradio's own refusals name no field."""

    def __init__(self):
        strip = {"container": False, "show_label": False, "elem_classes": "strip"}
        self.network = gr.Radio(
            [(Label(f"page.network.{name}"), name) for name in NETWORKS],
            value=DEFAULT_NETWORK,
            label=Label("term.field.network"),
            elem_id="train-network",
            **strip,
        )
        self.recipe = gr.Radio(
            [(Label(f"training.recipe.{name}"), name) for name in RECIPES],
            value=DEFAULT_RECIPE,
            label=Label("term.field.recipe"),
            elem_id="train-recipe",
            **strip,
        )
        self.epochs = gr.Number(
            DEFAULT_EPOCHS,
            label=Label("term.field.epochs"),
            precision=0,
            minimum=BOUNDS["epochs"][0],
            maximum=BOUNDS["epochs"][1],
            elem_id="epochs",
        )
        self.note = gr.HTML(elem_id="recipe-note", apply_default_css=False, render=False)

    def add_more(self) -> None:
        """Places "More settings", each with one line on what it does."""
        start = choose_settings(DEFAULT_NETWORK, DEFAULT_RECIPE)
        with gr.Accordion(Label("training.more"), open=False, elem_id="more-settings"):
            with gr.Row():
                batch = gr.Dropdown(
                    list(BATCH_SIZES),
                    value=start.batch_size,
                    label=Label("term.field.batch_size"),
                    info=Label("training.info.batch_size"),
                    filterable=False,
                )
                rate = gr.Number(
                    start.learning_rate,
                    label=Label("term.field.learning_rate"),
                    minimum=BOUNDS["learning_rate"][0],
                    maximum=BOUNDS["learning_rate"][1],
                    step=0.0005,
                    info=Label("training.info.learning_rate"),
                )
                optimizer = gr.Radio(
                    list(OPTIMIZERS),
                    value=start.optimizer,
                    label=Label("term.field.optimizer"),
                    info=Label("training.info.optimizer"),
                    elem_classes="strip",
                )
                activation = gr.Radio(
                    list(ACTIVATIONS),
                    value=start.activation,
                    label=Label("term.field.activation"),
                    info=Label("training.info.activation"),
                    elem_classes="strip",
                )
            with gr.Row():
                dropout = gr.Slider(
                    *BOUNDS["dropout"],
                    start.dropout,
                    step=0.05,
                    label=Label("term.field.dropout"),
                    info=Label("training.info.dropout"),
                )
                augment = gr.Checkbox(
                    start.augment,
                    label=Label("term.field.augment"),
                    info=Label("training.info.augment"),
                )
                seed = gr.Number(
                    start.seed,
                    label=Label("term.field.seed"),
                    precision=0,
                    minimum=BOUNDS["seed"][0],
                    maximum=BOUNDS["seed"][1],
                    info=Label("training.info.seed"),
                )
                self.smoothing = gr.Slider(
                    *BOUNDS["smoothing"],
                    DEFAULT_SMOOTHING,
                    step=0.05,
                    label=Label("term.field.smoothing"),
                    info=Label("training.info.smoothing"),
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
    on_cpu = [Text("training.note.on-cpu")] if ON_ZERO_GPU else []
    return as_html(Joined("words", [Text(f"training.note.{recipe}"), *on_cpu]))


def _list_defaults(network: str, recipe: str) -> list:
    """The values of MORE."""
    settings = choose_settings(network, recipe)
    return [getattr(settings, name) for name in MORE]
