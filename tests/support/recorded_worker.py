"""A training worker that plays a training back: it tells the server what training_worker.py tells, but trains
nothing and does without Keras.

    python -m tests.support.recorded_worker

The curves are those of the `dense` that ships, the network is the one that ships. Up to three epochs are over
at once. More take two seconds each, from the sixteenth on forty: a test can stop or pause them, and on a busy
machine they do not end before. As long as the folder RECORDED_HOLD in the environment holds a file
`preparing` or `measuring`, a training stays before its first step, or after its last.
"""

import io
import os
import sys
import time
import zipfile
from collections.abc import Iterator

import h5py
import numpy as np

from model.evaluate import TEST_SETS, load_images
from model.history import read_history
from model.settings import Settings
from model.store import WEIGHTS, read_card
from model.training import ROWS_AN_EPOCH, Progress
from tests.support.processes import keep_priority
from ui.server.messages import Ended, KerasFile, ProbeReading, TestSetPredictions, Trained, Weights, receive
from ui.server.training_worker import Commands
from ui.server.worker_process import ServerPipe

WORKER = keep_priority((sys.executable, "-m", "tests.support.recorded_worker"))
AT_ONCE, BRISK = 3, 15  # epochs
STEP_SECONDS = 0.1


def play(settings: Settings, commands: Commands, server: ServerPipe) -> None:
    dense = read_weights("dense")
    hold("preparing")
    for progress in play_progress(settings):
        server.tell(progress)
        if commands.probe.image is not None:
            learned = progress.epochs_done / settings.epochs
            [probabilities] = predict(dense, commands.probe.image[None], learned)
            reading = tuple(map(float, probabilities))
            server.tell(ProbeReading(commands.probe.number, progress.epochs_done, reading))
        if commands.weights_wanted.is_set():
            commands.weights_wanted.clear()
            learned = (1 + progress.epochs_done / settings.epochs) / 2
            weights = [learned * one for one in read_weights(settings.network)]
            server.tell(Weights(progress.epochs_done, weights))
        if commands.stopped.is_set():
            break
        if settings.epochs > AT_ONCE:
            time.sleep(STEP_SECONDS if progress.epoch <= BRISK else 20 * STEP_SECONDS)
        while commands.paused.is_set():
            time.sleep(STEP_SECONDS / 10)
    server.tell(Ended())
    hold("measuring")
    weights = read_weights(settings.network)
    weights[-2] = weights[-2] * (1 - 0.1 / settings.epochs)  # runs of other epochs answer otherwise
    kept = ("network", "parameters", "device", "versions")
    card = {name: value for name, value in read_card(WEIGHTS, settings.network).items() if name in kept}
    card |= {"settings": settings.as_dict(), "epoch": progress.epochs_done, "seconds": progress.seconds}
    server.tell(KerasFile(write_keras_file(settings.network, weights)))
    server.tell(Trained(weights, card))
    for name in TEST_SETS:
        images = load_images(name)
        found = predict(dense, images.images).astype(np.float32)
        server.tell(TestSetPredictions(name, images.labels, found))


def hold(phase: str) -> None:
    """Waits until the test lets it go on."""
    while os.path.exists(os.path.join(os.environ.get("RECORDED_HOLD", ""), phase)):
        time.sleep(STEP_SECONDS / 10)


def play_progress(settings: Settings) -> Iterator[Progress]:
    rows = read_history(WEIGHTS / "dense.history.jsonl").rows
    ends = [row for row in rows if row["val_loss"] is not None]
    steps = settings.epochs * ROWS_AN_EPOCH
    for step in range(steps + 1):
        epoch, in_epoch = divmod(step - 1, ROWS_AN_EPOCH)
        validation = ("val_loss", "val_accuracy")
        ends_epoch = step > 0 and in_epoch == ROWS_AN_EPOCH - 1
        known = {name: ends[epoch % len(ends)][name] if ends_epoch else None for name in validation}
        recorded = rows[step % len(rows)]
        learned = {name: recorded[name] if step else None for name in ("loss", "accuracy")}
        seconds = step * STEP_SECONDS
        row = {"epoch": round(step / ROWS_AN_EPOCH, 4), "step": step, **learned, **known, "seconds": seconds}
        yield Progress(
            epoch=max(epoch, 0) + 1,
            epochs=settings.epochs,
            step=step,
            steps=steps,
            ends_epoch=ends_epoch,
            seconds=seconds,
            seconds_left=(steps - step) * STEP_SECONDS if step else None,
            samples_per_second=12345.0 if step else None,
            row=row if step else None,
            **learned,
            **known,
        )


def read_weights(name: str) -> list[np.ndarray]:
    """Of a network that ships, in Keras' order."""
    with zipfile.ZipFile(WEIGHTS / f"{name}.keras") as archive:
        file = h5py.File(io.BytesIO(archive.read(WEIGHTS_FILE)))
    return [file[place][()] for place in find_weights(name)]


def write_keras_file(name: str, weights: list[np.ndarray]) -> bytes:
    """The file of the network that ships, with these weights instead of its own."""
    made = io.BytesIO()
    with zipfile.ZipFile(WEIGHTS / f"{name}.keras") as shipped, zipfile.ZipFile(made, "w") as archive:
        for part in shipped.namelist():
            content = io.BytesIO(shipped.read(part))
            if part == WEIGHTS_FILE:
                with h5py.File(content, "r+") as file:
                    for place, array in zip(find_weights(name), weights, strict=True):
                        file[place][...] = array
            archive.writestr(part, content.getvalue())
    return made.getvalue()


def find_weights(name: str) -> list[str]:
    return [f"layers/{layer}/vars/{number}" for layer in LAYERS[name] for number in (0, 1)]


LAYERS = {"dense": ("dense", "dense_1"), "cnn": ("conv2d", "conv2d_1", "dense", "dense_1")}
WEIGHTS_FILE = "model.weights.h5"  # in a .keras file


def predict(dense: list[np.ndarray], images: np.ndarray, learned: float = 1.0) -> np.ndarray:
    """What `dense` makes of (count, 28, 28) uint8: (count, 10). learned: 0 is the uniform distribution."""
    w1, b1, w2, b2 = dense
    logits = learned * (np.maximum(images.reshape(len(images), -1) / np.float32(255) @ w1 + b1, 0) @ w2 + b2)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def main() -> None:
    server = ServerPipe()
    play(receive(sys.stdin.buffer), Commands(sys.stdin.buffer), server)


if __name__ == "__main__":
    main()
