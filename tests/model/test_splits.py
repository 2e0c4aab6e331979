import numpy as np
import pytest

from model.datasets import INSTITUTIONS, DataError, find_institution
from model.drawing import Drawing, DrawingError, write_drawings
from model.noise import is_upright_line
from model.nondigits import LOOKALIKES
from model.splits import split_drawings
from tests.support.errors import raises

STROKES = [[[0, 0], [10, 40], [3, 90]]]


@pytest.fixture(scope="module")
def split():
    return split_drawings()


def test_nobody_trains_and_validates(split):
    trained, validating = ({one.writer for one in some} for some in (split.digits, split.validation))
    assert trained.isdisjoint(validating)
    assert {one for one in trained if one.startswith("w")} == {f"w{n}" for n in range(1, 23)}
    assert {one for one in validating if one.startswith("w")} == {"w23", "w24"}
    # Every institution has validation writers, but for none that could be missed.
    assert {one.split("/")[1] for one in validating if "/" in one} == set(INSTITUTIONS)


def test_no_collection_drowns_another(split):
    shares = dict.fromkeys(("pen digits", *INSTITUTIONS), 0.0)
    for drawing, chance in zip(split.digits, split.probabilities, strict=True):
        shares[find_institution(drawing) if "/" in drawing.writer else "pen digits"] += chance
    assert sum(shares.values()) == pytest.approx(1)
    assert max(shares.values()) < 4 * min(shares.values())


def test_an_institution_that_is_left_out_is_seen_nowhere():
    split = split_drawings(left_out=("ibm",), kinds_left_out="A+")
    for drawings in (split.digits, split.validation, split.letters):
        assert not any("/ibm/" in one.writer for one in drawings)
    assert split.writers["UNIPEN"]["institutions"] == [one for one in INSTITUTIONS if one != "ibm"]
    assert len(split.letters) < len(split_drawings(left_out=("ibm",)).letters)


def test_what_a_fair_reader_takes_for_a_digit_is_not_taught_as_none(split):
    unfair = set("".join(LOOKALIKES.values()))
    assert set("OoIlSsZzBbgq|/") <= unfair and unfair.isdisjoint("ACEFHKMNRTWXaefhkmnrtwx#%?+")
    assert all(one.label is None for one in split.letters)
    assert not any(is_upright_line(one) for one in split.letters)


def test_own_drawings_are_split_by_writers_and_null_labels_are_no_digits(tmp_path, split):
    own = [Drawing.parse(STROKES, n % 10, f"friend {n // 10:02d}") for n in range(300)]
    own += [Drawing.parse(STROKES, None, f"friend {number:02d}") for number in range(30)]
    write_drawings(tmp_path / "mine.jsonl", own)
    with_own = split_drawings(files=[str(tmp_path / "mine.jsonl")])
    trained = {one.writer for one in with_own.digits if one.writer.startswith("friend")}
    validating = {one.writer for one in with_own.validation if one.writer.startswith("friend")}
    assert len(trained) == 27 and validating == {"friend 05", "friend 17", "friend 29"}
    none = {one.writer for one in with_own.letters if one.writer and one.writer.startswith("friend")}
    assert len(with_own.letters) == len(split.letters) + len(none) and none == trained
    seen = [one.writer.startswith("friend") for one in with_own.digits]
    assert 0.03 < with_own.probabilities[np.array(seen)].sum() < 0.1


def test_one_persons_own_drawings_all_train(tmp_path):
    write_drawings(tmp_path / "mine.jsonl", [Drawing.parse(STROKES, n % 10, None) for n in range(20)])
    split = split_drawings(files=[str(tmp_path / "mine.jsonl")])
    assert sum(one.writer is None for one in split.digits) == 20
    assert all(one.writer is not None for one in split.validation)


def test_own_files_that_cannot_be_read_are_said(tmp_path):
    with raises(DataError, r"missing\.jsonl cannot be read: No such file"):
        split_drawings(files=[str(tmp_path / "missing.jsonl")])
    (tmp_path / "broken.jsonl").write_text('{"label": 11, "strokes": [[[1, 2]]]}')
    with raises(DrawingError, r"broken\.jsonl, line 1: label must be"):
        split_drawings(files=[str(tmp_path / "broken.jsonl")])
