"""The process of a training job, so that training does not slow the page.

    python -m ui.server.training_worker

messages.py says what goes in and out. The end of standard input means Stop: no training outlives the server.
"""

import contextlib
import os
import sys
import tempfile
import threading
from pathlib import Path
from typing import BinaryIO

import numpy as np

from model.card import make_card
from model.classifier import Classifier
from model.devices import explain_missing_gpu, name_device, start_backend
from model.errors import DigitsError
from model.evaluate import TEST_SETS, load_images
from model.recipes import prepare_data, steps_per_epoch
from model.run import copy_network
from model.settings import Settings
from model.state import State, create_state
from model.training import fit
from ui.server.messages import (
    Ended,
    Failed,
    KerasFile,
    Pause,
    Probe,
    ProbeReading,
    SendWeights,
    Started,
    Stop,
    TestSetPredictions,
    Trained,
    Weights,
    receive,
)
from ui.server.worker_process import ServerPipe
from ui.text.words import Words


class Commands:
    """The latest commands of the server, read in a thread of their own."""

    def __init__(self, stream: BinaryIO):
        self.probe = Probe(0, None)
        self.paused, self.stopped = threading.Event(), threading.Event()
        self.weights_wanted = threading.Event()
        threading.Thread(target=self._read, args=[stream], daemon=True).start()

    def _read(self, stream: BinaryIO) -> None:
        with contextlib.suppress(EOFError, OSError):
            while not isinstance(command := receive(stream), Stop):
                if isinstance(command, Probe):
                    self.probe = command
                elif isinstance(command, SendWeights):
                    self.weights_wanted.set()
                elif isinstance(command, Pause) and command.paused:
                    self.paused.set()
                else:
                    self.paused.clear()
        self.stopped.set()
        self.paused.clear()  # a paused training makes no report, and stops only at one


def train_or_fail(settings: Settings, commands: Commands, server: ServerPipe) -> None:
    """Trains and measures; tells the server what is in the way."""
    try:
        train(settings, commands, server)
    except DigitsError as error:
        server.tell(Failed(error))
    except MemoryError:
        server.tell(Failed(DigitsError("training.no-memory")))


def train(settings: Settings, commands: Commands, server: ServerPipe) -> None:
    """Trains to the last epoch or to Stop, then measures the network. Raises DigitsError, MemoryError."""
    start_backend()
    server.tell(Started(name_device()))
    if hint := explain_missing_gpu():
        print(Words().say(hint), file=sys.stderr)  # for whoever runs the server
    dataset = prepare_data(settings)
    state = create_state(settings, settings.epochs * steps_per_epoch(settings, dataset))
    epoch = fit_network(state, settings, dataset, commands, server)
    server.tell(Ended())
    network = copy_network(state, settings)
    card = make_card(network, settings, dataset, epoch, state.seconds)
    server.tell(KerasFile(write_keras_file(network)))
    server.tell(Trained(network.get_weights(), card))
    for name in TEST_SETS:
        images = load_images(name)
        probabilities = Classifier(network, card).probabilities(images.images).astype(np.float32)
        server.tell(TestSetPredictions(name, images.labels, probabilities))


def write_keras_file(network) -> bytes | None:
    """What is in the network's .keras file; None, said to whoever runs the server, if none can be written."""
    try:
        with tempfile.TemporaryDirectory(prefix="digit-sketchpad-") as folder:
            path = Path(folder) / "network.keras"  # Keras writes to a path alone
            network.save(path)
            return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: no ZIP file can be made in a year before 1980
        print(error, file=sys.stderr)
        return None


def fit_network(state: State, settings: Settings, dataset, commands: Commands, server: ServerPipe) -> float:
    """Trains state.network and reports to the server. Returns how many epochs the network has learned."""
    with contextlib.closing(fit(state, settings, dataset, commands.paused)) as reports:
        for progress in reports:
            server.tell(progress)
            probe = commands.probe
            if probe.image is not None:
                outputs = np.asarray(state.network.predict_on_batch(probe.image[None, ..., None]))
                probabilities = tuple(map(float, outputs[0]))
                server.tell(ProbeReading(probe.number, progress.epochs_done, probabilities))
            if commands.weights_wanted.is_set():
                commands.weights_wanted.clear()
                server.tell(Weights(progress.epochs_done, state.network.get_weights()))
            if commands.stopped.is_set():  # keeps the weights of this moment, not of the best epoch
                return round(progress.epochs_done, 2)
    return state.chosen_epoch or state.epochs_done


def main() -> None:
    server = ServerPipe()
    train_or_fail(receive(sys.stdin.buffer), Commands(sys.stdin.buffer), server)
    os._exit(0)  # Python would abort: the thread that reads commands holds a lock of standard input


if __name__ == "__main__":
    main()
