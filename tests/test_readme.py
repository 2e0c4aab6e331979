"""What the README and docs/ say: their commands and files exist."""

import re

import pytest

import train
from model.evaluate import TEST_SETS
from model.networks import NETWORKS
from model.store import WEIGHTS, read_card
from tests.support.processes import ROOT
from tests.support.readme import README

CHINESE = (ROOT / "README.zh.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs").glob("*.md"))]


def find_commands(text: str) -> list[list[str]]:
    """What Python or pytest is told, in indented lines and in `…`: the words up to a comment."""
    lines = re.findall(r"^ {4,}(?=\S)(.*\b(?:python|pytest)\b.*)$", text, re.M)
    inline = re.findall(r"`([^`\n]*\b(?:python|pytest) [^`\n]+)`", text)
    commands = []
    for line in lines + inline:
        for command in re.split(r"&&?|;", line.split("  #")[0]):
            if found := re.search(r"(?<!\S)(?:python|pytest)\b(.*)", command):
                commands.append(found[0].split())
    return commands


def read_program(command: list[str]) -> str:
    """The source of the script or module of ours that Python is told to run."""
    if command[1] == "-m":
        return ROOT.joinpath(*command[2].split(".")).with_suffix(".py").read_text(encoding="utf-8")
    return (ROOT / command[1]).read_text(encoding="utf-8")


def test_it_is_short():
    assert len(README.splitlines()) <= 160


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_names_a_program_and_options_that_exist(page):
    for command in find_commands(page.read_text(encoding="utf-8")):
        if command[0] == "pytest":
            assert all((ROOT / path.split("::")[0]).exists() for path in command[1:] if "/" in path)
        elif command[1:3] != ["-m", "playwright"]:
            source = read_program(command)
            options = [word for word in command if word.startswith("--")]
            assert [option for option in options if f'"{option}"' not in source] == [], command


def test_the_chinese_one_has_the_same_commands_and_figures():
    def take(text: str, pattern: str) -> list[str]:
        return [found.rstrip() for found in re.findall(pattern, text, re.M)]

    for pattern in (r"^    ((?:pip|python)[^#\n]*)", r"\d+(?:\.\d+)? %"):
        english, chinese = take(README, pattern), take(CHINESE, pattern)
        assert len(chinese) > 3 and [one for one in chinese if one not in english] == []


@pytest.mark.parametrize("network", NETWORKS)
def test_the_figures_are_those_of_the_card(network):
    scores = read_card(WEIGHTS, network)["scores"]
    figures = [f"{scores[name]['accuracy']:.2%}".replace("%", " %") for name in TEST_SETS]
    results = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    for text, head in (
        (README, f"`{network}`"),
        (CHINESE, f"`{network}`"),
        (results, f"`{network}`, `handwriting`"),
    ):
        [row] = re.findall(rf"^\| {head} \|.*", text, re.M)
        assert [one for one in figures if one not in row] == []


def test_the_commands_of_training_are_understood():
    commands = [command for command in find_commands(README) if command[1:2] == ["train.py"]]
    assert len(commands) >= 3
    for command in commands:
        train.parse(command[2:])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page):
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`((?:model|ui|tests|docs|\.github)/[\w./*]+|\w+\.py)`", text)
    assert [name for name in named if not list(ROOT.glob(name))] == []
    linked = [link for link in re.findall(r"\]\(([^)#]+)", text) if ":" not in link]
    assert [link for link in linked if not (page.parent / link).exists()] == []
