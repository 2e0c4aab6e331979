"""What tests share: their order, the data, and a seeded random generator."""

import ui.server.startup  # noqa: I001 - before Gradio is imported, as in app.py

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from model import datasets
from tests.support.commands import take_few

# How long an example takes says more of the machine than of the code.
settings.register_profile("untimed", deadline=None, max_examples=50, suppress_health_check=list(HealthCheck))
settings.load_profile("untimed")

os.environ["LC_ALL"] = "C.UTF-8"  # command lines speak English, wherever the tests run

LONGEST = ("test_run", "test_faults", "test_windows", "test_drawing", "test_training")
BROWSER_TESTS = Path(__file__).parent / "browser"


def pytest_collection_modifyitems(items):
    """Marks the tests that need a browser, and puts the others before them: they are faster. Of each the
    longest files come first, so that all processes of pytest-xdist end at about the same time."""
    for item in items:
        if BROWSER_TESTS in item.path.parents:
            item.add_marker(pytest.mark.browser)
    items.sort(
        key=lambda item: (item.get_closest_marker("browser") is not None, item.path.stem not in LONGEST)
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop():
    ui.server.startup.freeze_startup_objects()


@pytest.fixture(scope="session")
def mnist():
    return datasets.load_mnist()


@pytest.fixture(scope="session")
def pen_digits():
    return datasets.load_pen_digits()


@pytest.fixture(scope="session")
def held_out(pen_digits):
    """Pen digits of writers that no network was trained on."""
    return datasets.by_writers(pen_digits, datasets.HELD_OUT_WRITERS)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def few(monkeypatch):
    """Trainings of the command line take a few images."""
    take_few(monkeypatch.setattr)
