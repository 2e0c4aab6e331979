"""What the README says to run is run as it stands, but for the address of the server."""

import re
import subprocess
import sys
from textwrap import dedent

import pytest

from tests.support.serving import ROOT, serve

README = (ROOT / "README.md").read_text(encoding="utf-8")


def find_example(language: str) -> str:
    """The one block of that language."""
    (block,) = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", README, re.M | re.S)
    return dedent(block[1])


@pytest.fixture(scope="module")
def url():
    with serve() as url:
        yield url.rstrip("/")


@pytest.mark.parametrize(
    ("language", "command"),
    [("python", [sys.executable, "-c"]), ("sh", ["sh", "-euc"])],
    ids=["python", "curl"],
)
def test_the_examples_of_the_api_read_a_seven(url, language, command):
    example = find_example(language).replace("http://127.0.0.1:7860", url)
    assert url in example
    said = subprocess.run([*command, example], capture_output=True, text=True, timeout=120)
    assert said.returncode == 0, said.stderr
    assert re.search(r"""['"]verdict['"]: ['"]digit['"], ['"]digit['"]: 7""", said.stdout)


def test_every_file_that_the_readme_names_is_there():
    named = re.findall(r"`((?:model|ui|tests|\.github)/[\w./]+)`", README)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
