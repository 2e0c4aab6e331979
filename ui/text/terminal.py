"""What the command lines say to a person, in the language of the terminal."""

import locale
import os
import sys
from typing import NoReturn

from ui.text.words import choose_language, say_error


def stop(program: str, error, language: str | None = None) -> NoReturn:
    """Ends a command line with a DigitsError's sentence. language: None for the terminal's."""
    sys.exit(f"{program}: {say_in_terminal(error, language)}")


def say_in_terminal(error, language: str | None = None) -> str:
    return say_error(error, language or find_language())


def find_language() -> str:
    """By LC_ALL, LC_MESSAGES or LANG, the first that is set (POSIX); on Windows else the system's own."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if chosen := os.environ.get(name):
            return choose_language(chosen)
    if os.name == "nt":
        import ctypes

        number = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        return choose_language(locale.windows_locale.get(number, ""))
    return choose_language()
