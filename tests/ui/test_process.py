"""What is set in the server's process before Gradio is imported, and what is not imported."""

from tests.support.processes import run_python

COMPONENT = """
import gradio as gr
class Own(gr.HTML):
    pass
"""


BUILD = """
import sys, ui.server.process, own
from ui.page import build_page
from ui.readout.reading import Reader
build_page(Reader())
print(own.Own.click, sorted({"keras", "tensorflow"} & set(sys.modules)))
"""


def test_a_page_is_built_without_keras_and_no_stub_is_written_beside_a_component(tmp_path):
    (tmp_path / "own.py").write_text(COMPONENT, encoding="utf-8")
    done = run_python("-c", BUILD, PYTHONPATH=str(tmp_path))
    assert "function" in done.stdout and done.stdout.endswith(" []\n"), done.stderr
    assert [file.name for file in tmp_path.iterdir() if file.suffix == ".pyi"] == []
