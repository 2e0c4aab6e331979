"""What the panel is told of the network that the visitor trains, each time it asks (training.js)."""

from collections.abc import Callable

import gradio as gr

from ui.browser.networks import publish_training
from ui.server.sessions import Sessions


def make_poll(sessions: Sessions) -> Callable[[gr.Request], dict | None]:
    """The listener. It answers None where there is no training, else {"goes_on": whether something more will
    be known, "epochs": of the whole training, "network": as publish_training describes it, or None}.

    Each poll requests new weights, and the next poll returns them: without polls a training sends none."""

    def poll(request: gr.Request) -> dict | None:
        session = sessions.find(request.session_hash)
        job = session.training
        if job is None:
            return None
        goes_on = not (job.trained or job.is_over)  # before `newest`: the last weights must not be missed
        job.ask_for_weights()
        return {"goes_on": goes_on, "epochs": job.settings.epochs, "network": publish_training(session)}

    return poll
