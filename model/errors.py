"""Errors as a code and its values. ui/text/ puts them into words, in the language of whoever meets them.

    raise DrawingError("drawing.too-many-strokes", count=65, most=64)

What only a mistake in the code can bring about, an impossible argument, is a ValueError instead.
"""


class DigitsError(Exception):
    """Something that a person can meet and mend.

    code: dotted; every table of ui/text/ has its sentence under "error." + code. values: what the sentence
    names: text, numbers, paths, Terms, other DigitsErrors, or a list of these. str() is for logs.
    """

    def __init__(self, code: str, /, **values: object):
        super().__init__(code)
        self.code, self.values = code, values

    @property
    def key(self) -> str:
        return f"error.{self.code}"

    def __str__(self) -> str:
        values = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"{self.code} ({values})" if values else self.code


class Term:
    """A value that has a name in each language, such as a setting. Its text stands under "term." + code."""

    def __init__(self, code: str, /, **values: object):
        self.code, self.values = code, values

    @property
    def key(self) -> str:
        return f"term.{self.code}"

    def __str__(self) -> str:
        return " ".join([self.code, *map(str, self.values.values())])
