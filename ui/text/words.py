"""The words that a person reads, by language: the tables in this folder, and how values are put into them.

    say = Words("zh")
    say("term.type.text")                             "文本"
    say.say_error(DrawingError("drawing.no-strokes"))  the sentence under "error.drawing.no-strokes"

A table is a JSON object of dotted keys. A text holds values as format strings do: {epoch}, {loss:.4f}. A
text that depends on a number is an object {"one": …, "other": …}: "one" is used where the value `count` is 1,
and a language without that form leaves it out. A third language is one more file.

Imports nothing of the project: errors and terms (model/errors.py) are known by their `key` and `values`.
"""

import json
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
DEFAULT_LANGUAGE = "en"


@cache
def load_table(language: str) -> dict[str, str | dict[str, str]]:
    """The texts of one language, by key. Raises FileNotFoundError if there is no such table."""
    return json.loads((HERE / f"{language}.json").read_text(encoding="utf-8"))


@cache
def list_languages() -> tuple[str, ...]:
    """The languages that have a table, the default first: ("en", "zh")."""
    found = sorted(path.stem for path in HERE.glob("*.json"))
    return (DEFAULT_LANGUAGE, *(one for one in found if one != DEFAULT_LANGUAGE))


class Words:
    """Says things in one language; in English where it has no table."""

    def __init__(self, language: str = DEFAULT_LANGUAGE):
        self.language = language if language in list_languages() else DEFAULT_LANGUAGE
        self._table = load_table(self.language)

    def __call__(self, key: str, /, **values: object) -> str:
        """The text under `key` with its values. Raises KeyError for a key that the table lacks."""
        text = self._table[key]
        if isinstance(text, dict):
            text = text["one"] if values["count"] == 1 and "one" in text else text["other"]
        return text.format(**{name: self._word(value) for name, value in values.items()})

    def say_error(self, error) -> str:
        """The sentence of a DigitsError."""
        return self(error.key, **error.values)

    def _word(self, value: object) -> object:
        """What stands in a text for a value. In a list, errors stand on lines of their own."""
        if hasattr(value, "key"):
            return self(value.key, **value.values)
        if not isinstance(value, list | tuple):
            return value
        separator = self("separator.clauses" if hasattr(value[0], "key") else "separator.values")
        if isinstance(value[0], Exception):
            separator = "\n"
        return separator.join(str(self._word(one)) for one in value)


def say_error(error, language: str = DEFAULT_LANGUAGE) -> str:
    """The sentence of a DigitsError in that language."""
    return Words(language).say_error(error)


def choose_language(*wanted: str) -> str:
    """The first of the `wanted` that has a table, by its primary subtag ("zh_CN.UTF-8" is "zh"), else
    English. Takes language tags and names of locales, the most wanted first."""
    for tag in wanted:
        primary = tag.lower().replace("_", "-").replace(".", "-").split("-")[0]
        if primary in list_languages():
            return primary
    return DEFAULT_LANGUAGE
