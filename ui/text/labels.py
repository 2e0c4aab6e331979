"""The texts of Gradio's own components: labels, the lines below them, names of choices.

    gr.Number(10, label=Label("term.field.epochs"))

They are English until `find_labelled` and `translate_labels` give them another language. Values of choices
have no language: choices are pairs (Label, value).
"""

from collections.abc import Iterable

import gradio as gr

from model.errors import DigitsError
from ui.text.words import DEFAULT_LANGUAGE, Words, accept_language, say_error

PROPERTIES = ("label", "info", "choices")


class Label(str):
    """The English text under a key, that remembers its key."""

    key: str

    def __new__(cls, key: str):
        label = super().__new__(cls, Words()(key))
        label.key = key
        return label

    def __reduce__(self):
        return Label, (self.key,)  # how to copy it: Gradio does


def find_labelled(page: gr.Blocks) -> list:
    """The components of the page that have a Label."""
    return [block for block in page.blocks.values() if _word(block, Words())]


def translate_labels(components: Iterable, language: str) -> list[dict]:
    """What changes the texts of these components, and nothing else of them."""
    say = Words(language)
    return [gr.update(**_word(component, say)) for component in components]


def read_accept_language(request: gr.Request | None) -> str:
    """The language that a program asks for with the header Accept-Language."""
    return accept_language(request.headers.get("accept-language", "")) if request else DEFAULT_LANGUAGE


def refuse(error: DigitsError, language: str) -> gr.Error:
    """What to raise for a visitor's or a program's mistake: Gradio shows its sentence."""
    return gr.Error(say_error(error, language), print_exception=False)


def warn(error: DigitsError, language: str) -> None:
    """Shows a visitor its sentence, where an exception would cover the outputs of the event."""
    gr.Warning(say_error(error, language))


def _word(component: object, say: Words) -> dict[str, object]:
    """The texts of a component by property; only those that hold a Label."""
    found = {}
    for name in PROPERTIES:
        value = getattr(component, name, None)
        if isinstance(value, Label):
            found[name] = say(value.key)
        elif isinstance(value, list) and any(isinstance(one[0], Label) for one in value):
            found[name] = [(say(n.key) if isinstance(n, Label) else n, one) for n, one in value]
    return found
