"""The tables of words: complete, alike in every language, in step with the errors that the code raises."""

import ast
import json
import pickle
import re
import shutil
import string
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

import train
from model.drawing import DrawingError
from model.errors import DigitsError, Term
from model.pictures import PictureError
from model.settings import BOUNDS, SettingsError
from ui.text import words
from ui.text.header import make_choice
from ui.text.words import (
    Words,
    accept_language,
    choose_language,
    list_languages,
    load_table,
    say_error,
    write_tables,
)

ROOT = Path(__file__).parents[2]
SOURCES = [*(ROOT / "model").rglob("*.py"), *(ROOT / "ui").rglob("*.py"), ROOT / "train.py"]
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
# Where model/ raises what no person meets: of an impossible argument, or caught by its caller.
KINDS = ("py", "js", "html")
NOT_FOR_PEOPLE = {"datasets.py", "history.py"}


def find_kinds() -> set[str]:
    """The names of DigitsError and of the classes that derive from it."""
    classes = [node for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    kinds = {"DigitsError"}
    while new := {one.name for one in classes if {ast.unparse(base) for base in one.bases} & kinds} - kinds:
        kinds |= new
    return kinds


def find_uses() -> list[tuple[str, str, set[str]]]:
    """Where Python makes an error, a term or a text with values: the place, the key, with * for what is known
    when it runs, and the names of the values."""
    prefixes = dict.fromkeys(find_kinds(), "error.") | {"Term": "term.", "Text": ""}
    uses = []
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (name := ast.unparse(node.func)) in prefixes:
                code = node.args[-1]  # of a Refusal the status comes first
                values = {keyword.arg for keyword in node.keywords}
                for pattern in write_patterns(code):
                    uses.append((f"{path.name}:{node.lineno}", prefixes[name] + pattern, values))
    return uses


def write_patterns(code: ast.expr) -> list[str]:
    """A string as the source has it, with * for what is known when it runs; two of `a if … else b`."""
    if isinstance(code, ast.IfExp):
        return write_patterns(code.body) + write_patterns(code.orelse)
    parts = code.values if isinstance(code, ast.JoinedStr) else [code]
    return ["".join(one.value if isinstance(one, ast.Constant) else "*" for one in parts)]


def find_named() -> set[str]:
    """Whatever stands in quotes in Python, JavaScript and HTML of the program and begins like a key, with *
    for what is known when it runs."""
    groups = {key.split(".")[0] for key in load_table("en")} - {"error", "term"}
    paths = [ROOT / "train.py", *(path for kind in KINDS for path in (ROOT / "ui").rglob(f"*.{kind}"))]
    unknown = {"py": r"\{[^{}\"']*\}", "js": r"\$\{[^{}]*\}", "html": "NAME"}
    texts = [re.sub(unknown[path.suffix[1:]], "*", path.read_text(encoding="utf-8")) for path in paths]
    key = rf"""(?<=["'`])(?:{"|".join(groups)})\.[\w.*-]*[\w*](?=["'`\\])"""
    return {
        one
        for text in texts
        for one in re.findall(key, text)
        if not one.endswith((".py", ".js", ".css", ".html", ".jsonl"))
    }


def find_values(text: str | dict) -> set[str]:
    """The names of the values that stand in a text."""
    forms = text.values() if isinstance(text, dict) else [text]
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name}


def test_the_tables_of_all_languages_have_the_same_keys_in_the_same_order():
    assert {"en", "zh"} <= set(list_languages())
    english, *others = [list(load_table(language)) for language in list_languages()]
    assert all(keys == english for keys in others)


@pytest.mark.parametrize("language", list_languages())
def test_every_error_and_term_of_the_code_has_a_text_with_just_its_values(language):
    table, uses = load_table(language), find_uses()
    assert len(uses) > 80
    wrong = []
    for place, key, values in uses:
        found = [one for one in table if fnmatchcase(one, key)]
        if not found or any(find_values(table[one]) != values for one in found):
            wrong.append((place, key, values))
    assert wrong == []


def test_no_key_is_used_by_nothing():
    used = {key for _, key, _ in find_uses()} | find_named() | {"separator.*", "page.network.*"}
    assert [key for key in load_table("en") if not any(fnmatchcase(key, one) for one in used)] == []


def test_every_key_that_a_source_names_has_a_text():
    named = find_named()
    assert len(named) > 40
    keys = set(load_table("en"))
    known = keys | {key.removeprefix("error.") for key in keys}
    assert [one for one in named if not any(fnmatchcase(key, one) for key in known)] == []


def test_a_text_has_the_same_values_in_every_language():
    english = load_table("en")
    for language in list_languages()[1:]:
        table = load_table(language)
        assert {key for key in english if find_values(table[key]) != find_values(english[key])} == set()


def test_the_model_raises_nothing_but_errors_with_a_code():
    kinds, wrong = find_kinds(), []
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and "model" in path.parts:
                name = ast.unparse(node.exc.func)
                if name not in kinds and not (name == "ValueError" and path.name in NOT_FOR_PEOPLE):
                    wrong.append(f"{path.name}:{node.lineno} {name}")
    assert wrong == []


def test_terms_that_are_named_as_the_code_runs_are_all_there():
    for name in (*BOUNDS, "network", "recipe", "optimizer", "activation"):
        assert Words()(f"term.setting.{name}")
    for kind in ("training", "fine-tuning"):
        assert Words()(f"term.job.{kind}") == kind


def test_a_reason_is_worded_in_the_same_language():
    error = DrawingError(
        "drawing.line", file="a.jsonl", line=3, reason=DrawingError("drawing.key-missing", key="label")
    )
    assert say_error(error) == 'a.jsonl, line 3: "label" is missing.'
    assert say_error(error, "zh") == "a.jsonl，第 3 行：缺少“label”。"


def test_lists_are_joined_as_the_language_does():
    error = SettingsError("settings.choice", name=Term("setting.optimizer"), allowed=("adam", "sgd"))
    assert say_error(error) == "optimizer must be one of adam, sgd."
    assert say_error(error, "zh") == "优化器必须是以下之一：adam、sgd。"


def test_several_errors_stand_on_lines_of_their_own():
    bad = [PictureError("picture.of-file", path=name, reason=PictureError("picture.empty")) for name in "ab"]
    error = PictureError("picture.unreadable", pictures=bad)
    assert [line[:3] for line in say_error(error).splitlines()] == ["a: ", "b: "]


def test_braces_in_a_value_are_no_placeholders():
    assert say_error(DrawingError("drawing.empty-file", file="{key}.jsonl")).startswith("{key}.jsonl holds")


def test_one_and_many_have_forms_of_their_own_where_the_language_has_them(monkeypatch):
    tables = {
        "en": {"n": {"one": "{count} epoch", "other": "{count} epochs"}},
        "zh": {"n": {"other": "{count} 轮"}},
    }
    monkeypatch.setattr(words, "load_table", tables.get)
    assert [Words("en")("n", count=count) for count in (0, 1, 2)] == ["0 epochs", "1 epoch", "2 epochs"]
    assert [Words("zh")("n", count=count) for count in (1, 2)] == ["1 轮", "2 轮"]


def test_a_third_language_is_one_file(tmp_path, monkeypatch):
    for language in ("en", "zh"):
        shutil.copy(words.HERE / f"{language}.json", tmp_path)
    german = {**load_table("en"), "language.name": "Deutsch", "language.tag": "de", "pad.undo": "Zurück"}
    (tmp_path / "de.json").write_text(json.dumps(german), encoding="utf-8")
    monkeypatch.setattr(words, "HERE", tmp_path)
    for cached in (load_table, list_languages):
        cached.cache_clear()
    try:
        assert {"en", "de", "zh"} <= set(list_languages()) and choose_language("de-AT", "en") == "de"
        assert Words("de")("pad.undo") == "Zurück" and "Zurück" in write_tables()
        assert '<span lang="de">Deutsch</span>' in make_choice("de")
        assert train.parse(["--language", "de"]).language == "de"
    finally:
        for cached in (load_table, list_languages):
            cached.cache_clear()


def test_an_error_comes_out_of_another_process_with_code_and_values():
    error = pickle.loads(pickle.dumps(SettingsError("settings.field-missing", name=Term("field.seed"))))
    assert type(error) is SettingsError and say_error(error) == "Seed is missing: fill in every field."


def test_logs_show_code_and_values():
    assert str(DigitsError("data.twice", name="mine")) == "data.twice (name=mine)"
    assert str(DigitsError("training.no-memory")) == "training.no-memory"


def test_the_first_language_that_has_a_table_is_chosen():
    assert choose_language("cy", "zh-Hans-CN", "en") == "zh"
    assert choose_language() == choose_language("", "x") == "en"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en;q=0.5, zh-TW", "zh"),
        ("cy, gd;q=0.9", "en"),
        ("", "en"),
        ("zh;q=x" * 10_000, "zh"),
    ],
)
def test_a_request_is_answered_in_the_language_that_it_accepts(header, language):
    assert accept_language(header) == language
