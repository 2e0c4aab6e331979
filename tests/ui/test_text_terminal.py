"""The language of the command lines: chosen, and spoken in everything that they say."""

import io
import re
import sys

import pytest

import train
from model import evaluate, read, smallest
from tests.support.commands import refusal
from ui.text.terminal import find_terminal_language
from ui.text.words import list_languages, load_table


@pytest.mark.parametrize(
    ("names", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "cy_GB.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_ALL": "", "LANG": "zh_TW"}, "zh"),
    ],
)
def test_the_terminal_has_the_language_of_its_locale(names, language, monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    assert find_terminal_language() == language


@pytest.mark.parametrize(
    ("program", "main", "arguments"),
    [
        ("train.py", train.main, ["--dry-run"]),
        ("model.evaluate", evaluate.main, []),
        ("model.read", read.main, ["7.png"]),
        ("model.smallest", lambda _: smallest.main(), []),
    ],
)
def test_every_command_line_is_refused_in_the_language_of_the_terminal(program, main, arguments, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "tensorflaw")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code.startswith(f"{program}: KERAS_BACKEND=tensorflaw 未安装")


@pytest.mark.parametrize("main", [train.main, evaluate.main, read.main])
def test_help_is_printed_whatever_the_terminal_can_show(main, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    printed = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(printed, encoding="ascii"))
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    sys.stdout.flush()
    assert end.value.code == 0 and b"--network" in printed.getvalue()


def test_train_speaks_the_language_that_it_is_told(tmp_path):
    said = refusal(train.main, "--epochs", 0, "--out", tmp_path, "--language", "zh")
    assert said == "train.py: 训练轮数必须在 1 到 1000 之间，但给定的是 0。"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--network", "net"], "选项 --network：不能是 net（可选：dense, cnn）"),
        (["--epochs", "ten"], "选项 --epochs：ten 不是有效的数"),
        (["--seed"], "选项 --seed：后面要有一个值"),
        (["--drawings"], "选项 --drawings：后面至少要有一个值"),
        (["--fast"], "没有这样的选项：--fast"),
        (["--re"], "--re 不明确，可能是 --recipe, --resume"),
        (["--resume=3"], "选项 --resume：不带值，但给定的是 3"),
    ],
)
def test_a_command_line_is_refused_in_the_language_that_it_asks_for(arguments, sentence, capsys):
    with pytest.raises(SystemExit):
        train.parse([*arguments, "--language", "zh"])
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.replace("'", "") == f"train.py：{sentence}"  # some Pythons quote what can be chosen


def test_an_english_refusal_is_that_of_argparse(capsys):
    for arguments in (["--language", "zh", "--fast"], ["--language", "en", "--fast"]):
        with pytest.raises(SystemExit):
            train.parse(arguments)
    assert capsys.readouterr().err.splitlines()[-1] == "train.py: error: unrecognized arguments: --fast"


def test_the_help_of_train_is_in_every_language_and_has_the_same_commands(capsys):
    descriptions = {language: load_table(language)["train.description"] for language in list_languages()}
    assert descriptions["en"] == train.__doc__.strip()
    commands = [re.findall(r"^python train.py\S*(?: \S+)*", text, re.M) for text in descriptions.values()]
    assert len(commands[0]) == 7 and all(others == commands[0] for others in commands)
    for language in list_languages():
        with pytest.raises(SystemExit):
            train.main(["--help", "--language", language])
        said = "".join(capsys.readouterr().out.split())
        table = load_table(language)
        helps = [text for key, text in table.items() if key.startswith("train.help.")]
        assert [text for text in helps if "".join(text.split()) not in said] == []


def test_a_line_of_chinese_is_filled_to_the_width_of_the_terminal():
    assert train.fill_line("第 1 轮", 10) == "第 1 轮" + 3 * " "
    assert train.fill_line("epoch 1", 10) == "epoch 1   "
