"""A training worker that plays back a run: it says what the real one says, in a hundredth of the time.

    TrainingJob(…, worker=FAKE_WORKER)

Its network learns nothing: the loss falls by a formula. Every epoch has STEPS steps of STEP_SECONDS each.
FAKE_PREPARING and FAKE_MEASURING in the environment are seconds before the first step and after the last.
"""

import os
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from model.recipes import Settings
from model.training import Progress
from ui.server.messages import Ended, ProbeReading, TestSetPredictions, Trained, receive
from ui.server.training_worker import TEST_SETS, Commands
from ui.server.work import Server

FAKE_WORKER = (sys.executable, __file__)
STEPS, STEP_SECONDS = 20, 0.01


def make_progress(settings: Settings, step: int, seconds: float) -> Progress:
    epoch, ends = step / STEPS, step > 0 and step % STEPS == 0
    loss, accuracy = 2.3 / (1 + epoch), 1 - 0.9 / (1 + epoch)
    scores = (loss, accuracy) if ends else (None, None)
    row = {"epoch": epoch, "step": step, "loss": loss, "accuracy": accuracy}
    row |= {"val_loss": scores[0], "val_accuracy": scores[1], "seconds": seconds}
    return Progress(
        epoch=min((step - ends) // STEPS + 1, settings.epochs),
        epochs=settings.epochs,
        step=step,
        steps=settings.epochs * STEPS,
        loss=loss,
        accuracy=accuracy,
        ends_epoch=ends,
        val_loss=scores[0],
        val_accuracy=scores[1],
        seconds=seconds,
        seconds_left=1.0,
        samples_per_second=1000.0,
        row=row if step else None,
    )


def play(settings: Settings, commands: Commands, server: Server) -> None:
    time.sleep(float(os.environ.get("FAKE_PREPARING", 0)))
    began = time.monotonic()
    for step in range(settings.epochs * STEPS + 1):
        server.tell(make_progress(settings, step, time.monotonic() - began))
        if (probe := commands.probe).image is not None:
            ink = float(probe.image.mean() / 255)
            server.tell(ProbeReading(probe.number, step / STEPS, (ink, *[(1 - ink) / 9] * 9)))
        time.sleep(STEP_SECONDS)
        while commands.paused.is_set():
            time.sleep(STEP_SECONDS)
        if commands.stopped.is_set():
            break
    server.tell(Ended())
    time.sleep(float(os.environ.get("FAKE_MEASURING", 0)))
    card = {"network": settings.network, "parameters": 101770, "settings": settings.as_dict()}
    server.tell(Trained([], card | {"epoch": step / STEPS, "seconds": 1.0}))
    for name in TEST_SETS:
        server.tell(TestSetPredictions(name, np.arange(10), np.eye(10, dtype=np.float32)))


if __name__ == "__main__":
    server = Server()
    play(receive(sys.stdin.buffer), Commands(sys.stdin.buffer), server)
