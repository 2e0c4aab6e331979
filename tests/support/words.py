"""What a person reads where the page has a text: in English."""

import json
import re
from html import unescape

from ui.text.words import Text, Words


def say(value: object) -> str:
    """A Text, Joined, error or string as words."""
    return Words().say(value)


def word_html(html: str) -> str:
    """HTML whose elements name texts, with the words in them, as text.js puts them there."""
    return re.sub(
        r' data-text="([^"]+)">', lambda found: f">{say(_unpack(json.loads(unescape(found[1]))))}", html
    )


def _unpack(packed: object) -> object:
    if not isinstance(packed, dict):
        return packed
    return Text(packed["key"], **{name: _unpack(value) for name, value in packed["values"].items()})
