"""Streams of values that show a job on an open page, one per page.

At the end of an event Gradio (6.31) sends its last values once more. So an older stream, whose job Start has
replaced, would write over what the newer one shows. Therefore the newer one waits until the older one has
sent its last values, and the older one ends with gr.skip(), which changes nothing.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import gradio as gr

from ui.server.sessions import Session
from ui.server.terminal import TerminalRun
from ui.training.view import View

UPDATE_SECONDS = 0.15  # between two values: often enough to see it move, seldom enough to cost little
MAX_WAIT_SECONDS = 2  # for the older stream; its page may be gone


class Streams:
    """All streams, by the session hash of their page."""

    def __init__(self):
        self._latest: dict[str, _Stream] = {}

    def is_running(self, page: str) -> bool:
        return page in self._latest

    async def show(self, page: str, session: Session, network: str) -> AsyncIterator[list]:
        """What `View.describe` returns, whenever it has changed, until the job is over or a newer stream of
        the page begins. It only reads: a job outlives its page."""
        stream, older = _Stream(), self._latest.get(page)
        self._latest[page] = stream
        try:
            if older:
                older.is_latest = False
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(older.sent.wait(), MAX_WAIT_SECONDS)
            async for values in stream.run(session, network):
                yield values
        finally:
            stream.sent.set()
            if self._latest.get(page) is stream:
                del self._latest[page]


class _Stream:
    def __init__(self):
        self.is_latest = True
        self.sent = asyncio.Event()  # all values that could matter are sent

    async def run(self, session: Session, network: str) -> AsyncIterator[list]:
        view, shown, values = View(session, network), None, []
        while self.is_latest:
            if not view.is_current:  # another page of the session has begun a job
                view, shown = View(session, network), None
            if isinstance(view.job, TerminalRun):
                await asyncio.to_thread(view.job.refresh)
            over, state = view.is_over, view.state  # before `describe`: no change must be missed
            if over or state != shown:
                # In a thread: a pen must not wait for it.
                values = await asyncio.to_thread(view.describe, over)
                if not self.is_latest:
                    break
                yield values
                shown = state
            if over:
                return
            await asyncio.sleep(UPDATE_SECONDS)
        self.sent.set()
        yield [gr.skip() for _ in values]
