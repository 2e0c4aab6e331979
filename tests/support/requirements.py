"""What a test cannot do without: a skip that says why, and with CI=true a failure."""

import os

import pytest


def do_without(what: str) -> None:
    """Skips, or fails where everything has to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI needs {what}.")
    pytest.skip(f"needs {what}")
