"""The examples in README and docs/."""

import re
from textwrap import dedent

from tests.support.processes import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
DEPLOYING = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")


def find_example(language: str, text: str = README) -> str:
    """The one block of that language."""
    (block,) = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", text, re.M | re.S)
    return dedent(block[1])
