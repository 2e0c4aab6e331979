"""The guard of the server, and how tests of it tell tracebacks, without a server."""

import asyncio

from tests.support.processes import ROOT
from tests.support.stranger import find_own_tracebacks
from ui.server.security import Guard


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


def test_a_traceback_of_this_program_is_told_from_one_of_gradio():
    head = "Traceback (most recent call last):\n"
    gradios = head + '  File "/lib/gradio/queueing.py", line 1, in f\n    x\nError: no\n'
    ours = gradios.replace("Error", f'  File "{ROOT}/ui/page.py", line 1, in read\n    y\n\nKeyError')
    assert find_own_tracebacks(f"a line\n{gradios}another\n") == []
    assert len(find_own_tracebacks(f"a line\n{gradios}{ours}another\n")) == 1
