import json

import numpy as np
import pytest
from PIL import Image

from model import evaluate, read
from model.preprocess import preprocess


@pytest.fixture
def pictures(tmp_path, held_out):
    """A folder with a picture of each digit, by people whom no network was trained on."""
    folder = tmp_path / "hands"
    folder.mkdir()
    for digit in range(10):
        drawing = next(drawing for drawing in held_out if drawing.label == digit)
        sheet = np.pad(255 - np.kron(preprocess(drawing), np.ones((6, 6), np.uint8)), 40, constant_values=255)
        Image.fromarray(sheet).save(folder / f"{digit}.png")
    return folder


def test_each_picture_gets_a_line_with_digit_and_probability(pictures, capsys):
    files = [str(pictures / f"{digit}.png") for digit in range(10)]
    assert read.main(files) == 0
    said = capsys.readouterr()
    lines = said.out.splitlines()
    right = [
        line.startswith(f"{file}: {digit} (")
        for digit, (file, line) in enumerate(zip(files, lines, strict=True))
    ]
    assert sum(right) >= 9 and said.err == ""


def test_json_is_one_object_and_nothing_else(pictures, capsys):
    file, missing = str(pictures / "7.png"), str(pictures / "none.png")
    assert read.main([file, missing, "--json", "--network", "dense"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert list(found) == [file, missing]
    assert (found[file]["verdict"], found[file]["digit"]) == ("digit", 7)
    assert sum(found[file]["probabilities"]) == pytest.approx(1)
    assert np.shape(found[file]["image"]) == (28, 28)
    assert "no such file" in found[missing]["error"]


def test_show_prints_28_lines_of_the_image(pictures, capsys):
    read.main([str(pictures / "7.png"), "--show"])
    _, *rows = capsys.readouterr().out.splitlines()
    assert [len(row) for row in rows] == [56] * 28
    assert rows[0].isspace() and any("####" in row for row in rows)


def test_bad_files_are_told_and_the_others_are_read(pictures, capsys):
    bad = pictures / "bad.png"
    bad.write_text("no picture")
    good = str(pictures / "7.png")
    assert read.main([str(bad), good, str(pictures)]) == 1
    said = capsys.readouterr()
    assert said.out.startswith(f"{good}: 7 (") and len(said.out.splitlines()) == 1
    assert [line.split(": ")[1] for line in said.err.splitlines()] == [str(bad), str(pictures)]


def test_a_pattern_that_the_shell_left_is_expanded(pictures, capsys):
    read.main([str(pictures / "[12].png")])
    assert [line.split(": ")[0][-5:] for line in capsys.readouterr().out.splitlines()] == ["1.png", "2.png"]


def test_evaluate_scores_a_folder_of_pictures(pictures, capsys):
    assert evaluate.main(["--pictures", str(pictures), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["mnist-test", "hands"]
    assert found["hands"]["count"] == 10 and found["hands"]["accuracy"] >= 0.9
    assert found["hands"]["non_digits"] == 0


def test_evaluate_tells_of_every_picture_that_cannot_be_read(pictures, capsys):
    for name in ("3_bad.png", "4_bad.png"):
        (pictures / name).write_text("no picture")
    with pytest.raises(SystemExit) as said:
        evaluate.main(["--pictures", str(pictures), "--json"])
    assert "3_bad.png" in str(said.value) and "4_bad.png" in str(said.value)
    assert capsys.readouterr().out == ""
