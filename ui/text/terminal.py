"""What the command lines say to a person, in the language of the terminal."""

import argparse
import contextlib
import locale
import os
import sys
from collections.abc import Iterator
from typing import NoReturn

from ui.text.words import Words, choose_language, say_error

# What argparse (Python 3.11 to 3.13) has gettext translate when it refuses a command line of train.py,
# and its key in the tables, after "train.refusal.".
REFUSALS = {
    "%(prog)s: error: %(message)s\n": "error",
    "argument %(argument_name)s: %(message)s": "argument",
    "invalid choice: %(value)r (choose from %(choices)s)": "choice",
    "invalid %(type)s value: %(value)r": "type",
    "expected one argument": "one",
    "expected at least one argument": "some",
    "unrecognized arguments: %s": "unknown",
    "ambiguous option: %(option)s could match %(matches)s": "ambiguous",
    "ignored explicit argument %r": "explicit",
}


@contextlib.contextmanager
def print_safely() -> Iterator[None]:
    """Around a whole command line. What the terminal cannot show is printed as "?". Where nobody reads
    standard output any more (`| head`), the command ends with status 1, without a traceback."""
    if hasattr(sys.stdout, "reconfigure"):  # not where a test has replaced it
        sys.stdout.reconfigure(errors="replace")
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python fails as it ends
        sys.exit(1)


def stop(program: str, error, language: str | None = None) -> NoReturn:
    """Ends a command line with a DigitsError's sentence. language: None for the terminal's."""
    sys.exit(f"{program}: {say_in_terminal(error, language)}")


def say_in_terminal(error, language: str | None = None) -> str:
    return say_error(error, language or find_terminal_language())


def find_terminal_language() -> str:
    """By LC_ALL, LC_MESSAGES or LANG, the first that is set (POSIX); on Windows else the system's own."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if chosen := os.environ.get(name):
            return choose_language(chosen)
    if os.name == "nt":
        import ctypes

        number = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        return choose_language(locale.windows_locale.get(number, ""))
    return choose_language()


def translate_refusals(say: Words) -> None:
    """Lets argparse refuse in this language from now on. Its own way, gettext, takes compiled files. Where a
    later Python asks for other sentences, they stay English."""
    argparse._ = lambda text: say(f"train.refusal.{REFUSALS[text]}") if text in REFUSALS else text
