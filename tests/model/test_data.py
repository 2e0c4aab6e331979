from pathlib import Path

import pytest

from model import data

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
    eight, zero = data.parse_pen_digits(SEGMENT.splitlines(keepends=True))
    assert (eight.label, eight.writer) == (8, "w6")
    assert eight.as_lists() == [[[267, 167], [267, 164]], [[10, 0]]]
    assert (zero.label, zero.writer) == (0, "w7")


def test_the_pen_digits_are_7494_by_30_writers(pen_digits):
    assert len(pen_digits) == 7494
    assert {drawing.writer for drawing in pen_digits} == {f"w{n}" for n in range(1, 31)}
    assert {drawing.label for drawing in pen_digits} == set(range(10))


def test_no_writer_is_on_two_sides():
    groups = [data.TRAINING_WRITERS, data.CHOOSING_WRITERS, data.HELD_OUT_WRITERS]
    assert sorted(writer for group in groups for writer in group) == list(range(1, 31))
    assert data.HELD_OUT_WRITERS == (25, 26, 27, 28, 29, 30)


def test_mnist_is_complete(mnist):
    assert mnist.x_train.shape == (60000, 28, 28)
    assert mnist.y_test.shape == (10000,)
    assert mnist.x_train.mean() / 255 == pytest.approx(0.1307, abs=1e-4)


def test_a_missing_file_says_which_folder_was_named_and_what_to_do(tmp_path):
    with pytest.raises(data.DataError, match=r"mnist\.npz is not in .* --data-dir names.*downloaded"):
        data.load_mnist(tmp_path)


def test_the_environment_names_the_folder_where_no_option_does(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITS_DATA", str(tmp_path))
    with pytest.raises(data.DataError, match="DIGITS_DATA names"):
        data.load_pen_digits()


@pytest.mark.parametrize("change", [lambda whole: whole[:-1], lambda whole: whole[:50] + b"x" + whole[51:]])
def test_a_truncated_or_altered_file_is_refused_by_name(tmp_path, data_folder, change):
    with open(f"{data_folder}/pendigits-train", "rb") as file:
        (tmp_path / "pendigits-train").write_bytes(change(file.read()))
    with pytest.raises(data.DataError, match="pendigits-train is truncated or altered"):
        data.load_pen_digits(tmp_path)


@pytest.mark.parametrize("load", [data.load_mnist, data.load_pen_digits])
def test_without_a_network_the_message_names_the_option(load, monkeypatch):
    import keras

    def fail(*args, **kwargs):
        raise Exception("URL fetch failure on https://…: None -- unreachable")

    monkeypatch.delenv("DIGITS_DATA", raising=False)
    monkeypatch.setattr(keras.utils, "get_file", fail)
    with pytest.raises(data.DataError, match=r"could not be downloaded \(URL fetch.*--data-dir FOLDER or"):
        load()


@pytest.mark.parametrize("file", [data.MNIST, data.PEN_DIGITS_TRAIN, data.PEN_DIGITS_TEST])
def test_a_download_is_checked_by_the_known_hash_and_stands_where_keras_says(monkeypatch, capsys, file):
    import keras

    def get_file(name, url, file_hash, cache_subdir):
        assert url.startswith("https://") and url.endswith(f"/{name}")
        assert file_hash == file.hashes[0]
        print("Downloading data from", url)  # as Keras does
        return f"/tmp/.keras/{cache_subdir}/{name}"  # as where the home cannot be written

    monkeypatch.delenv("DIGITS_DATA", raising=False)
    monkeypatch.setattr(keras.utils, "get_file", get_file)
    assert data.find_file(file) == Path("/tmp/.keras/datasets") / file.name
    told = capsys.readouterr()
    assert told.out == "" and "Downloading" in told.err  # standard output is for results, such as --json's


def test_mnist_is_downloaded_from_where_keras_itself_has_it(monkeypatch, data_folder):
    from keras.src.datasets import mnist

    def get_file(fname, origin, file_hash):
        assert (origin, file_hash) == (data.MNIST.url, data.MNIST.hashes[0])
        return data.find_file(data.MNIST, data_folder)

    monkeypatch.setattr(mnist, "get_file", get_file)
    mnist.load_data()
