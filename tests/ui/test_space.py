"""The page as a Hugging Face Space runs it: from the files that are uploaded, with a Space's variables."""

import http.server
import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from urllib.request import urlopen

import pytest

from tests.support.requirements import do_without
from tests.support.serving import ROOT, ask, serve

README = (ROOT / "README.md").read_text(encoding="utf-8")
FRONT_MATTER = dict(re.findall(r"^(\w+): *(.+)$", README.split("---")[1], re.M))


def test_the_space_is_configured_with_the_gradio_that_is_pinned():
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert f"gradio=={FRONT_MATTER['sdk_version']}\n" in pins
    assert FRONT_MATTER["sdk"] == "gradio"
    assert (ROOT / FRONT_MATTER["app_file"]).is_file()
    assert FRONT_MATTER["python_version"] == '"3.12"'


def test_the_description_is_as_short_as_a_space_wants_it():
    assert len(FRONT_MATTER["short_description"]) <= 60


@pytest.fixture(scope="module")
def uploaded(tmp_path_factory):
    """A folder with nothing but what would be uploaded."""
    folder = tmp_path_factory.mktemp("uploaded")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode:
        do_without("a git checkout: its list of files is what would be uploaded")
    for name in filter(None, listing.stdout.split("\0")):
        if not name.startswith(".git"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def proxy():
    """A proxy that answers nobody: its address, and a list that grows by whatever is asked of it."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    asked.append(connection.recv(200))

        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked


def test_a_space_draws_and_asks_no_other_host(uploaded, proxy):
    address, asked = proxy
    environment = {
        "SYSTEM": "spaces",
        "SPACE_ID": "someone/digit-sketchpad",
        "SPACE_HOST": "someone-digit-sketchpad.hf.space",
        "HTTP_PROXY": address,
        "HTTPS_PROXY": address,
        "NO_PROXY": "127.0.0.1,localhost",
    }
    with serve(uploaded, **environment) as url:
        if sys.platform == "linux":  # where every address 127.* leads here, but only if all are listened to
            assert urlopen(url.replace("127.0.0.1", "127.0.0.2")).status == 200
        drawing = [[[120, 80], [220, 82], [228, 90], [190, 200], [170, 290]]]
        answer = ask(url, drawing)
        assert (answer["verdict"], answer["digit"]) == ("digit", 7)
    assert asked == []


@pytest.fixture
def zero_gpu():
    """A stand-in for ZeroGPU's own server: its address, and the paths of the reports that it got."""
    reports = []

    class Device(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers.get("content-length") or 0))
            reports.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Device) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", reports
        server.shutdown()


def test_a_free_space_is_not_stopped_for_want_of_a_function_and_says_what_it_trains_on(
    uploaded, zero_gpu, tmp_path_factory
):
    """A Space on ZeroGPU is stopped unless the package `spaces` reports a decorated function."""
    if not importlib.util.find_spec("spaces"):
        do_without("the package spaces, which a Space brings")
    address, reports = zero_gpu
    without_torch = tmp_path_factory.mktemp("without-torch")  # as it is on a Space, which installs our pins
    (without_torch / "torch.py").write_text("raise ImportError('no module named torch')", encoding="utf-8")
    environment = {
        "SYSTEM": "spaces",
        "SPACE_ID": "someone/digit-sketchpad",
        "SPACES_ZERO_GPU": "true",
        "SPACES_ZERO_DEVICE_API_URL": address,
        "PYTHONPATH": os.pathsep.join([str(without_torch), os.environ.get("PYTHONPATH", "")]),
    }
    with serve(uploaded, **environment) as url:
        assert "training.note.on-cpu" in urlopen(f"{url}config").read().decode()  # in either language
    assert reports == ["/startup-report"]
