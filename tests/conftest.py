"""What tests share: the data, and a seeded random generator."""

import os

import numpy as np
import pytest

from model import data
from tests.support.requirements import do_without


@pytest.fixture(scope="session")
def data_folder() -> str:
    folder = os.environ.get("DIGITS_DATA")
    if not folder:
        do_without("the environment variable DIGITS_DATA, the folder with mnist.npz and pendigits-train")
    return folder


@pytest.fixture(scope="session")
def mnist(data_folder):
    return data.load_mnist(data_folder)


@pytest.fixture(scope="session")
def pen_digits(data_folder):
    return data.load_pen_digits(data_folder)


@pytest.fixture(scope="session")
def held_out(pen_digits):
    """Pen digits of writers that no network was trained on."""
    return data.by_writers(pen_digits, data.HELD_OUT_WRITERS)


@pytest.fixture
def rng():
    return np.random.default_rng(7)
