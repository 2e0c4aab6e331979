"""The process that a training job runs in, so that training never holds up the page.

    python -m ui.server.training_worker

messages.py says what goes in and out. The end of its standard input means Stop, so no training outlives the
server.
"""

import contextlib
import pickle
import sys
import threading
from typing import BinaryIO

import numpy as np

from model.card import make_card
from model.classifier import Classifier
from model.data import DataError
from model.evaluate import load_images
from model.recipes import Settings, prepare_data, steps_per_epoch
from model.run import copy_network
from model.state import State, begin
from model.training import DivergedError, fit
from ui.server.messages import (
    Ended,
    Failed,
    Pause,
    Probe,
    ProbeReading,
    Stop,
    TestSetPredictions,
    Trained,
)
from ui.server.work import Server

# What a trained network is judged on, by the names of model.evaluate.
TEST_SETS = ("mnist-test", "held-out")


class Orders:
    """What standard input said last; follows it in a thread."""

    def __init__(self, source: BinaryIO):
        self.probe = Probe(0, None)
        self.paused, self.stopped = threading.Event(), threading.Event()
        threading.Thread(target=self._follow, args=[source], daemon=True).start()

    def _follow(self, source: BinaryIO) -> None:
        with contextlib.suppress(EOFError, OSError):
            while not isinstance(order := pickle.load(source), Stop):
                if isinstance(order, Probe):
                    self.probe = order
                elif isinstance(order, Pause) and order.paused:
                    self.paused.set()
                else:
                    self.paused.clear()
        self.stopped.set()
        self.paused.clear()  # or its next report, at which it stops, would never come


def train(settings: Settings, orders: Orders, server: Server) -> None:
    """Trains until done or told to stop."""
    try:
        dataset = prepare_data(settings)
        state = begin(settings, settings.epochs * steps_per_epoch(settings, dataset))
        epoch = follow(state, settings, dataset, orders, server)
    except (DataError, DivergedError, MemoryError) as error:
        return server.tell(Failed(str(error) or "There is not enough memory for this training."))
    server.tell(Ended())
    network = copy_network(state, settings)
    card = make_card(network, settings, dataset, epoch, state.seconds)
    server.tell(Trained(network.get_weights(), card))
    for name in TEST_SETS:
        images = load_images(name)
        probabilities = Classifier(network, card).probabilities(images.images).astype(np.float32)
        server.tell(TestSetPredictions(name, images.labels, probabilities))


def follow(state: State, settings: Settings, dataset, orders: Orders, server: Server) -> float:
    """Trains, and tells the server; returns how many epochs the network has learned."""
    with contextlib.closing(fit(state, settings, dataset, orders.paused)) as reports:
        for progress in reports:
            server.tell(progress)
            probe = orders.probe
            if probe.image is not None:
                found = state.network.predict_on_batch(probe.image[None, ..., None])
                reading = tuple(map(float, np.asarray(found)[0]))
                server.tell(ProbeReading(probe.number, progress.epochs_done, reading))
            if orders.stopped.is_set():  # with the weights of this moment, whichever epoch was the best
                return round(progress.epochs_done, 2)
    return state.chosen_epoch or state.epochs_done


def main() -> None:
    server = Server()
    train(pickle.load(sys.stdin.buffer), Orders(sys.stdin.buffer), server)


if __name__ == "__main__":
    main()
