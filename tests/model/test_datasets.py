import pytest

from model import datasets
from model.drawing import Drawing
from tests.support.errors import raises

SEGMENT = """.COMMENT a file's head
.SEGMENT DIGIT 0 ? "8"
.COMMENT 8 6 138
.PEN_DOWN
 267 333
 267 336
.PEN_UP
.PEN_DOWN
 10 500
.PEN_UP
.DT 100
.SEGMENT DIGIT 1 ? "0"
.COMMENT 0 7 1
.PEN_DOWN
 1 2
.PEN_UP
"""


def test_a_pen_digit_has_its_label_its_writer_and_y_pointing_down():
    eight, zero = datasets.parse_pen_digits(SEGMENT.splitlines(keepends=True))
    assert (eight.label, eight.writer) == (8, "w6")
    assert eight.as_lists() == [[[267, 167], [267, 164]], [[10, 0]]]
    assert (zero.label, zero.writer) == (0, "w7")


def test_the_pen_digits_are_7494_by_30_writers(pen_digits):
    assert len(pen_digits) == 7494
    assert {drawing.writer for drawing in pen_digits} == {f"w{n}" for n in range(1, 31)}
    assert {drawing.label for drawing in pen_digits} == set(range(10))


def test_no_writer_is_on_two_sides():
    groups = [datasets.TRAINING_WRITERS, datasets.VALIDATION_WRITERS, datasets.HELD_OUT_WRITERS]
    assert sorted(writer for group in groups for writer in group) == list(range(1, 31))
    assert datasets.HELD_OUT_WRITERS == (25, 26, 27, 28, 29, 30)


def test_mnist_is_complete(mnist):
    assert mnist.x_train.shape == (60000, 28, 28)
    assert mnist.y_test.shape == (10000,)
    assert mnist.x_train.mean() / 255 == pytest.approx(0.1307, abs=1e-4)


def test_unipen_holds_digits_of_six_institutions_and_letters_of_84_kinds():
    digits, others = datasets.load_unipen_digits(), datasets.load_unipen_others()
    assert len(digits) == 11037 and {drawing.label for drawing in digits} == set(range(10))
    assert {datasets.find_institution(drawing) for drawing in digits} == set(datasets.INSTITUTIONS)
    assert len(others) == 84 and sum(map(len, others.values())) == 17281
    assert all(drawing.label is None for drawings in others.values() for drawing in drawings)


def test_packed_drawings_come_back_as_they_were(pen_digits):
    wide = Drawing.parse([[[-13000, 5], [13000, 7]], [[0, 0]]], None, "someone")
    several = [*pen_digits[:20], wide]
    again = datasets.unpack_drawings(datasets.pack_drawings(several))
    assert [(one.as_lists(), one.label, one.writer) for one in again] == [
        (one.as_lists(), one.label, one.writer) for one in several
    ]


def test_what_would_not_fit_is_not_packed():
    for points in ([[0.5, 0]], [[0, 0], [40000, 0]]):
        with pytest.raises(ValueError, match="whole numbers"):
            datasets.pack_drawings([Drawing.parse([points], 1, "someone")])


LFS_POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:06af\nsize 11490519\n"


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (lambda whole: whole[:-100], "is damaged"),
        (lambda whole: whole[:5000] + b"xyz" + whole[5003:], "is damaged"),
        (lambda whole: b"", "is damaged"),
        (lambda whole: LFS_POINTER, "is a Git LFS pointer, not the file itself"),
        (None, "is missing"),
    ],
)
def test_a_data_file_that_cannot_be_read_is_said_in_one_sentence_with_what_to_do(
    tmp_path, monkeypatch, change, state
):
    if change:
        whole = (datasets.FOLDER / "pen-digits.npz").read_bytes()
        (tmp_path / "pen-digits.npz").write_bytes(change(whole))
    monkeypatch.setattr(datasets, "FOLDER", tmp_path)
    with raises(datasets.DataError, rf"pen-digits\.npz {state}\. Download the project again"):
        datasets.load_pen_digits()


def test_without_a_network_the_message_says_that_this_set_alone_is_fetched(monkeypatch):
    import keras

    def fail(*args, **kwargs):
        raise Exception("URL fetch failure on https://…: None -- unreachable")

    monkeypatch.setattr(keras.utils, "get_file", fail)
    with raises(datasets.DataError, r"could not be downloaded \(URL fetch.*only set that needs"):
        datasets.load_pen_digits_test()


def test_a_download_is_checked_by_the_known_hash(monkeypatch, capsys, tmp_path):
    import keras

    def get_file(name, url, file_hash, cache_subdir):
        assert url.startswith("https://") and url.endswith(f"/{name}")
        assert file_hash == datasets.PEN_DIGITS_TEST_SHA256
        print("Downloading data from", url)  # as Keras does
        (tmp_path / name).write_text(SEGMENT, encoding="ascii")
        return str(tmp_path / name)

    monkeypatch.setattr(keras.utils, "get_file", get_file)
    assert [drawing.label for drawing in datasets.load_pen_digits_test()] == [8, 0]
    told = capsys.readouterr()
    assert told.out == "" and "Downloading" in told.err  # standard output is for results, such as --json's
