"""How the page's events reach Python: the options of every listener, and the data of an event.

component.click(fn, …, **QUIET)      through Gradio's queue
component.click(fn, …, **UNQUEUED)   at once
"""

import gradio as gr

# "private": not listed on the API page and not open to scripts. A hidden progress bar never covers what the
# event updates; `show_progress_on=[]` also stops its timer, which runs in every frame.
QUIET = {"api_visibility": "private", "show_progress": "hidden", "show_progress_on": []}

# For functions that return once, within milliseconds, and raise neither gr.Error nor gr.Warning: those reach
# a visitor through the queue only. The queue doubles the round trip.
# Gradio race (6.31): an event queued while the SSE stream closes is delivered only with the next event.
# Unqueued events avoid it.
UNQUEUED = {**QUIET, "queue": False}

# Gradio skips an event that comes while the one before runs. EACH: every event runs. NEWEST: the latest
# skipped event runs afterwards; not for events with data, since it would get the earlier one's.
EACH = {**UNQUEUED, "trigger_mode": "multiple"}
NEWEST = {**UNQUEUED, "trigger_mode": "always_last"}


def read_event(event: gr.EventData, name: str) -> object:
    """The value that the browser sent under that name, unchecked; None if there is none."""
    try:
        return getattr(event, name)
    except (AttributeError, TypeError, LookupError):  # the data of a stranger may be of any kind
        return None
