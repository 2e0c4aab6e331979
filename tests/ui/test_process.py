"""What is set in the server's process before Gradio is imported."""

from tests.support.processes import run_python

COMPONENT = """
import gradio as gr
class Own(gr.HTML):
    pass
"""


def test_no_stub_is_written_beside_a_component(tmp_path):
    (tmp_path / "own.py").write_text(COMPONENT, encoding="utf-8")
    done = run_python("-c", "import ui.server.process, own; print(own.Own.click)", PYTHONPATH=str(tmp_path))
    assert "function" in done.stdout, done.stderr
    assert [file.name for file in tmp_path.iterdir() if file.suffix == ".pyi"] == []
