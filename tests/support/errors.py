"""What errors say to a person, in English."""

import contextlib
import re
from collections.abc import Iterator

import pytest

from model.errors import DigitsError
from ui.text.words import say_error


@contextlib.contextmanager
def raises(kind: type[DigitsError], says: str) -> Iterator[pytest.ExceptionInfo]:
    """As pytest.raises with a match, which is of the sentence."""
    with pytest.raises(kind) as raised:
        yield raised
    sentence = say_error(raised.value)
    assert re.search(says, sentence), f"{says!r} is not in {sentence!r}"
