"""The guard of the server, and how tests of it tell tracebacks, without a server."""

import asyncio

import pytest

from tests.support.processes import ROOT
from tests.support.stranger import find_own_tracebacks
from ui.server.security import READABLE, Guard


def test_a_websocket_is_closed_before_it_is_accepted():
    sent = []

    async def receive() -> dict:
        return {"type": "websocket.connect"}

    async def send(message: dict) -> None:
        sent.append(message)

    async def app(*call) -> None:
        raise AssertionError("reached Gradio")

    asyncio.run(Guard(app)({"type": "websocket", "path": "/gradio_api/stream/a"}, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize("path", ["/tmp/gradio/a/cnn.keras", r"C:\Users\A B\gradio\a\cnn.keras"])
def test_a_visitors_file_is_named_by_its_absolute_path_on_every_system(path):
    assert READABLE.fullmatch(f"/gradio_api/file={path}")


@pytest.mark.parametrize(
    "path", ["app.py", "http://127.0.0.1/", r"\\host\a", "C:app.py", "/a:b", "file:///etc/a"]
)
def test_a_relative_path_or_an_address_is_none(path):
    assert not READABLE.fullmatch(f"/gradio_api/file={path}")


def test_a_traceback_of_this_program_is_told_from_one_of_gradio():
    head = "Traceback (most recent call last):\n"
    gradios = head + '  File "/lib/gradio/queueing.py", line 1, in f\n    x\nError: no\n'
    ours = gradios.replace("Error", f'  File "{ROOT}/ui/page.py", line 1, in read\n    y\n\nKeyError')
    assert find_own_tracebacks(f"a line\n{gradios}another\n") == []
    assert len(find_own_tracebacks(f"a line\n{gradios}{ours}another\n")) == 1
