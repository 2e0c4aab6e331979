"""The words that a person reads, by language: the tables in this folder, and how values are put into them.

    say = Words("zh")
    say("term.type.text")                             "文本"
    say.say(DrawingError("drawing.no-strokes"))       the sentence under "error.drawing.no-strokes"

A table is a JSON object of dotted keys. A text holds values as format strings do: {epoch}, {loss:.4f}. A
text that depends on a number is an object {"one": …, "other": …}: "one" is used where the value `count` is 1,
and a language without that form leaves it out. A third language is one more file.

A `Text` is a key with its values, worded later: by `Words`, or by the browser (text.js reads the same
tables), to which `pack` sends it, so that another language needs no answer of the server.

Imports nothing of the project: errors and terms (model/errors.py) are known by their `key` and `values`.
"""

import json
import re
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

HERE = Path(__file__).parent
DEFAULT_LANGUAGE = "en"
MAX_HEADER_LENGTH = 500  # characters of a header that are read


@cache
def load_table(language: str) -> dict[str, str | dict[str, str]]:
    """The texts of one language, by key. Raises FileNotFoundError if there is no such table."""
    return json.loads((HERE / f"{language}.json").read_text(encoding="utf-8"))


@cache
def list_languages() -> tuple[str, ...]:
    """The languages that have a table, the default first: ("en", "zh")."""
    found = sorted(path.stem for path in HERE.glob("*.json"))
    return (DEFAULT_LANGUAGE, *(one for one in found if one != DEFAULT_LANGUAGE))


class Text:
    """The text under a key, with its values: numbers, words of no language, Texts, or lists of these."""

    def __init__(self, key: str, /, **values: object):
        self.key, self.values = key, values

    def __eq__(self, other: object) -> bool:
        return pack(self) == pack(other)

    __hash__ = None


class Joined:
    """Texts one after the other. separator: a key without its "separator."."""

    def __init__(self, separator: str, items: Sequence):
        self.separator, self.items = f"separator.{separator}", list(items)

    __eq__, __hash__ = Text.__eq__, None


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

    def say(self, text) -> str:
        """The words of a Text, a Joined, a Term or a DigitsError."""
        return str(self._word(text))

    def _word(self, value: object) -> object:
        """What stands in a text for a value. In a list, errors stand on lines of their own."""
        if hasattr(value, "key"):
            return self(value.key, **value.values)
        if isinstance(value, Joined):
            return self(value.separator).join(filter(None, map(str, map(self._word, value.items))))
        if not isinstance(value, list | tuple):
            return value
        separator = self("separator.clauses" if hasattr(value[0], "key") else "separator.values")
        if isinstance(value[0], Exception):
            separator = "\n"
        return separator.join(str(self._word(one)) for one in value)


def say_error(error, language: str = DEFAULT_LANGUAGE) -> str:
    """The sentence of a DigitsError in that language."""
    return Words(language).say(error)


def choose_language(*wanted: object) -> str:
    """The first of the `wanted` that has a table, by its primary subtag ("zh_CN.UTF-8" is "zh"), else
    English. Takes language tags and names of locales, the most wanted first, from anyone."""
    for tag in wanted:
        primary = str(tag).lower().replace("_", "-").replace(".", "-").split("-")[0]
        if primary in list_languages():
            return primary
    return DEFAULT_LANGUAGE


def accept_language(header: str) -> str:
    """As `choose_language`, by the header Accept-Language of a request: "zh-CN,zh;q=0.9,en;q=0.8"."""

    def weigh(one: str) -> float:
        found = re.search(r";\s*q=(\d(?:\.\d{1,3})?)", one)
        return float(found[1]) if found else 1.0

    wanted = sorted(header[:MAX_HEADER_LENGTH].split(","), key=weigh, reverse=True)
    return choose_language(*(one.split(";")[0].strip() for one in wanted))


# ---- For the browser

NOT_ON_THE_PAGE = ("train.",)  # beginnings of keys that only a terminal needs


def pack(value: object) -> object:
    """A Text, an error or another value as plain JSON, for text.js. "" is no text."""
    if hasattr(value, "key"):
        return {"key": value.key, "values": {name: pack(one) for name, one in value.values.items()}}
    if isinstance(value, Joined):
        return {"join": value.separator, "items": [pack(one) for one in value.items]}
    if isinstance(value, list | tuple):
        return [pack(one) for one in value]
    return value if isinstance(value, str | int | float | None) else str(value)


def as_json(text: Text | Joined) -> str:
    """What an attribute of HTML holds for text.js."""
    return escape(json.dumps(pack(text), ensure_ascii=False))


def as_html(text: Text | Joined, tag: str = "p", **attributes: str) -> str:
    """An element that text.js words."""
    others = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<{tag}{others} data-text="{as_json(text)}"></{tag}>'


def fill_template(template: str) -> str:
    """The template with English words wherever an element names a text: what is seen until text.js comes."""

    def fill(name: str, text: str) -> str:
        return re.sub(rf'data-text-{name}="([\w.-]+)"', lambda m: f'{m[0]} {text}="{say(m[1])}"', template)

    def say(key: str) -> str:
        return escape(Words()(key))

    for name, attribute in (("label", "aria-label"), ("title", "title")):
        template = fill(name, attribute)
    return re.sub(r'(<[^<>]*data-text="([\w.-]+)"[^<>]*>)(?=</)', lambda m: m[1] + say(m[2]), template)


def write_tables() -> str:
    """The tables as a module for text.js."""
    tables = {
        language: {
            key: text for key, text in load_table(language).items() if not key.startswith(NOT_ON_THE_PAGE)
        }
        for language in list_languages()
    }
    return f"export const TABLES = {json.dumps(tables, ensure_ascii=False)};\n"
