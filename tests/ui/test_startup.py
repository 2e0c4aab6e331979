"""What is set in the server's process before Gradio is imported, and what is not imported."""

import platform

import pytest

from tests.support.processes import run_python

COMPONENT = """
import gradio as gr
class Own(gr.HTML):
    pass
"""


BUILD = """
import sys, ui.server.startup, own
from pathlib import Path
from model.settings import choose_settings
from tests.support.processes import wait_until
from tests.support.recorded_worker import WORKER
from ui.page import build_page
from ui.readout.reading import Reader
from ui.server.job_queue import JobQueue
from ui.server.training_job import TrainingJob
build_page(Reader())
job = TrainingJob(choose_settings("dense", "tutorial", epochs=1), JobQueue(), lambda: None, worker=WORKER)
job.start()
wait_until(lambda: job.is_over)
job.save(Path(sys.argv[1]))
print(own.Own.click, sorted({"keras", "tensorflow"} & set(sys.modules)))
"""

# Eight threads allocate memory at once; then glibc lists its heaps.
EIGHT_THREADS = """
import ui.server.startup, ctypes, threading
barrier = threading.Barrier(9)
def allocate():
    kept = bytes(5000)
    barrier.wait()
for _ in range(8):
    threading.Thread(target=allocate).start()
barrier.wait()
c = ctypes.CDLL(None)
c.malloc_info(0, ctypes.c_void_p.in_dll(c, "stdout"))
c.fflush(None)
"""


def test_a_page_is_built_and_offers_a_network_without_keras_and_no_stub_is_written(tmp_path):
    (tmp_path / "own.py").write_text(COMPONENT, encoding="utf-8")
    done = run_python("-c", BUILD, tmp_path, PYTHONPATH=str(tmp_path))
    assert "function" in done.stdout and done.stdout.endswith(" []\n"), done.stderr
    assert (tmp_path / "dense.keras").exists()
    assert [file.name for file in tmp_path.iterdir() if file.suffix == ".pyi"] == []


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has several heaps")
def test_threads_share_two_heaps():
    assert run_python("-c", EIGHT_THREADS).stdout.count("<heap nr") == 2
