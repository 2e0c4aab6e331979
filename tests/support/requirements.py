"""What a test cannot do without: a skip that says why, and with CI=true a failure."""

import os

import pytest

# Signals, limits of a process and permissions as Windows does not have them.
posix_only = pytest.mark.skipif(os.name != "posix", reason="needs POSIX")


def do_without(what: str) -> None:
    """Skips, or fails where everything has to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI needs {what}.")
    pytest.skip(f"needs {what}")
