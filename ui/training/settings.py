"""The settings of a training on the page: three that everybody needs, the others under "More settings".

In go what a visitor chose; out comes `Settings`, or a SettingsError with one sentence. Bounds are narrower
than those of the terminal, since others wait meanwhile; on a Space narrower still.
"""

import json
import os

import gradio as gr

from model.networks import ACTIVATIONS, NETWORKS
from model.recipes import OPTIMIZERS, RECIPES, Settings, SettingsError, choose_settings
from ui.server.events import QUIET

ON_SPACE = os.environ.get("SYSTEM") == "spaces"
MOST_EPOCHS = 20 if ON_SPACE else 100
MOST_SECONDS = 10 * 60 if ON_SPACE else float("inf")
# Small and quick: the first training of a visitor is to be seen through, not waited for.
DEFAULT_NETWORK, DEFAULT_RECIPE, DEFAULT_EPOCHS = "dense", "handwriting", 10
DEFAULT_SMOOTHING = 0.0

# The settings under "More settings", in the order of `SettingsPanel.more`.
MORE = ("batch_size", "learning_rate", "optimizer", "activation", "dropout", "augment", "seed")


class SettingsPanel:
    """The components; `components` are the inputs of an event whose values `read` understands."""

    def __init__(self):
        strip = {"container": False, "show_label": False, "elem_classes": "strip"}
        self.network = gr.Radio(
            list(NETWORKS), value=DEFAULT_NETWORK, label="Network to train", elem_id="train-network", **strip
        )
        self.recipe = gr.Radio(
            list(RECIPES), value=DEFAULT_RECIPE, label="Recipe", elem_id="train-recipe", **strip
        )
        self.epochs = gr.Number(
            DEFAULT_EPOCHS,
            label="Epochs",
            precision=0,
            minimum=1,
            maximum=MOST_EPOCHS,
            elem_id="epochs",
        )

    def add_more(self) -> None:
        """Places "More settings", each with one line on what it does."""
        start = choose_settings(DEFAULT_NETWORK, DEFAULT_RECIPE)
        with gr.Accordion("More settings", open=False, elem_id="more-settings"):
            with gr.Row():
                batch = gr.Dropdown(
                    [16, 32, 64, 128, 256, 512, 1024],
                    value=start.batch_size,
                    label="Batch size",
                    info="Images looked at before each step. Large: fewer, steadier steps.",
                    filterable=False,
                )
                rate = gr.Number(
                    start.learning_rate,
                    label="Learning rate",
                    minimum=1e-5,
                    maximum=1,
                    step=0.0005,
                    info="How far each step goes. Too large and it never settles.",
                )
                optimizer = gr.Radio(
                    list(OPTIMIZERS),
                    value=start.optimizer,
                    label="Optimizer",
                    info="How a step is taken. Adam and RMSprop fit its length to each weight; SGD does not.",
                    elem_classes="strip",
                )
                activation = gr.Radio(
                    list(ACTIVATIONS),
                    value=start.activation,
                    label="Activation",
                    info="What a neuron does with its sum: cut off below 0, or squash it.",
                    elem_classes="strip",
                )
            with gr.Row():
                dropout = gr.Slider(
                    0,
                    0.9,
                    start.dropout,
                    step=0.05,
                    label="Dropout",
                    info="Share of neurons left out at each step, so that none is relied on too much.",
                )
                augment = gr.Checkbox(
                    start.augment,
                    label="Other hands",
                    info="Bends each digit as another hand might write it (recipe handwriting).",
                )
                seed = gr.Number(
                    start.seed,
                    label="Seed",
                    precision=0,
                    minimum=0,
                    maximum=2**31 - 1,
                    info="Decides all chance: the same seed and settings, the same network.",
                )
                self.smoothing = gr.Slider(
                    0,
                    0.95,
                    DEFAULT_SMOOTHING,
                    step=0.05,
                    label="Smoothing",
                    info="Calms the training curves; what is learned stays the same.",
                )
        self.more = [batch, rate, optimizer, activation, dropout, augment, seed]

    @property
    def components(self) -> list:
        return [self.network, self.recipe, self.epochs, *self.more, self.smoothing]

    def read(self, values: tuple) -> tuple[Settings, float]:
        """The settings and the smoothing in the values of `components`. Raises SettingsError."""
        if None in values:  # a field that was emptied
            raise SettingsError("A setting is missing: fill in every field.")
        network, recipe, epochs, *more, smoothing = values
        return choose_settings(
            network, recipe, epochs=epochs, **dict(zip(MORE, more, strict=True))
        ), smoothing

    def wire(self) -> None:
        """Another network or recipe brings its own defaults: in the browser, so that a Start pressed right
        after cannot come before them."""
        defaults = {
            network: {recipe: _list_defaults(network, recipe) for recipe in RECIPES} for network in NETWORKS
        }
        gr.on(
            [self.network.input, self.recipe.input],
            None,
            [self.network, self.recipe],
            self.more,
            js=f"(network, recipe) => ({json.dumps(defaults)})[network][recipe]",
            **QUIET,
        )


def _list_defaults(network: str, recipe: str) -> list:
    """The values of MORE."""
    settings = choose_settings(network, recipe)
    return [getattr(settings, name) for name in MORE]
