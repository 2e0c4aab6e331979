"""Launches the page, and says where it is."""

import os

import gradio as gr

from ui.server import space
from ui.server.gradio_internals import adapt_html, calm_queue
from ui.server.security import MAX_QUEUED_EVENTS, SECURITY
from ui.server.startup import freeze_startup_objects
from ui.server.worker_process import ONE_THREAD
from ui.text.words import Words


def launch(page: gr.Blocks, look: dict) -> None:
    """Serves the page until the process is ended. look: Gradio's arguments for theme and style."""
    space.register_function()
    adapt_html(page.title, Words()("page.subtitle"))
    page.queue(max_size=MAX_QUEUED_EVENTS)
    _, address, _ = page.launch(
        server_name="0.0.0.0" if space.ON_SPACE else None,
        prevent_thread_lock=True,
        quiet=True,  # nothing of Gradio's own: it offers a public link that is switched off
        **SECURITY,
        **look,
    )
    calm_queue(page)
    print(f"Digit Sketchpad is on {address}", flush=True)
    freeze_startup_objects()
    os.environ.update(ONE_THREAD)
    page.block_thread()
