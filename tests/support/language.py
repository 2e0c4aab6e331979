"""Speaks with the page in a language: its switch, and what is said that no table has."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support.pad import wait_until
from ui.text.words import Words, list_languages, load_table

FIND_FOREIGN = (Path(__file__).parent / "texts.js").read_text(encoding="utf-8")
# What is called the same in every language: networks and choices as in the code, symbols, the languages.
NAMES = ["cnn", "dense", "adam", "sgd", "rmsprop", "relu", "sigmoid", "tanh"]
NAMES += ["w₁₁", "w₁₂", "w₂₁", "w₂₂", "b₁", "b₂", "v₁", "v₂", "c"]
NAMES += [load_table(language)["language.name"] for language in list_languages()]


def speak(page: Page, language: str) -> None:
    """Switches the page, and waits until what the server names is named in that language, too. Class view,
    which has no switch, is left for that and opened again."""
    say = Words(language)
    in_class_view = page.locator(".in-class-view").count()
    if in_class_view:
        page.keyboard.press("Escape")
    page.locator("#language").get_by_role("radio", name=say("language.name")).check()
    wait_for_language(page, language)
    if in_class_view:
        page.locator("#class-view").dispatch_event("click")  # on a phone it is not seen


def wait_for_language(page: Page, language: str) -> None:
    """Waits until the server has named its buttons in the language."""
    say = Words(language)
    expect(page.locator("#more-settings")).to_contain_text(say("training.more"))
    names = [say("training.start"), say("training.start-over")]
    wait_until(page, lambda: page.locator("#train-start").inner_text() in names)
    expect(page.locator("#learn")).to_have_text(say("corrections.learn"))


def find_foreign(page: Page, language: str) -> list[str]:
    """What is read or heard on the page and is not what the table of its language says."""
    texts = load_table(language).values()
    plain = [text for text in texts if isinstance(text, str) and "{" not in text]
    return page.evaluate(FIND_FOREIGN, [plain, NAMES])
