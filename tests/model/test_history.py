import pytest

from model.history import append_row, cut_history, read_history, start_history


def row(epoch):
    return {"epoch": epoch, "step": int(epoch * 100), "loss": 0.5, "val_loss": None, "seconds": epoch}


@pytest.fixture
def path(tmp_path):
    start_history(tmp_path / "history.jsonl", {"epochs": 3})
    for epoch in (0.5, 1.0, 1.5):
        append_row(tmp_path / "history.jsonl", row(epoch))
    return tmp_path / "history.jsonl"


def test_what_was_appended_is_read(path):
    history = read_history(path)
    assert history.settings == {"epochs": 3}
    assert history.rows == [row(0.5), row(1.0), row(1.5)]


@pytest.mark.parametrize("torn", [1, 20, 60])
def test_a_line_torn_by_a_crash_is_left_out(path, torn):
    path.write_bytes(path.read_bytes()[:-torn])
    assert read_history(path).rows == [row(0.5), row(1.0)]


def test_cutting_drops_what_came_after_the_epoch_and_a_torn_line(path):
    path.write_bytes(path.read_bytes()[:-20])
    cut_history(path, 1)
    append_row(path, row(1.2))
    assert [r["epoch"] for r in read_history(path).rows] == [0.5, 1.0, 1.2]


@pytest.mark.parametrize("content", [b"", b"hello\n", b"[]\n", b'{"settings": {}}\nx\n'])
def test_another_file_is_no_history(path, content):
    path.write_bytes(content)
    with pytest.raises(ValueError, match="is not the history of a run"):
        read_history(path)
