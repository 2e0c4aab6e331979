"""How the page's events reach Python: the options that every listener is given.

component.click(fn, …, **QUIET)      through Gradio's queue
component.click(fn, …, **UNQUEUED)   at once
"""

# A private event is not listed on the API page and not open to scripts. A hidden progress bar never dims or
# covers what the event updates; `show_progress_on=[]` also stops its timer, which runs in every frame.
QUIET = {"api_visibility": "private", "show_progress": "hidden", "show_progress_on": []}

# For functions that return once, within milliseconds, and raise neither gr.Error nor gr.Warning, which reach
# a visitor through the queue only. The queue doubles the round trip.
# Gradio race (6.31): an event queued while the SSE stream closes is delivered only with the next event.
# Unqueued events do not have it; events that must be queued keep that risk.
UNQUEUED = {**QUIET, "queue": False}
