"""Names of runs that are compared: what sets one apart from another."""

from model.errors import Term
from model.settings import Settings
from ui.text.words import Joined, Text


def name_differences(settings: Settings, other: Settings) -> Text | Joined:
    """What sets `other` apart from `settings`, in a few words: "cnn, batch size 256"."""
    mine, others = settings.as_dict(), other.as_dict()
    named = [_name_setting(name, value) for name, value in others.items() if mine[name] != value]
    return Joined("values", named) if named else Text("curves.run.same")


def _name_setting(name: str, value: object) -> Text | str:
    if name == "drawings":
        return Text("curves.run.drawings" if value else "curves.run.no-drawings")
    if name == "recipe":
        return Text(f"training.recipe.{value}")
    if name == "network":
        return Text(f"page.network.{value}")
    if isinstance(value, str):
        return value
    term = Term(f"setting.{name}")
    if isinstance(value, bool):
        return Text("curves.run.on" if value else "curves.run.off", name=term)
    return Text("curves.run.setting", name=term, value=value)
