"""What a training loses while the panel `inside` shows how its first layer forms.

    python -m tests.benchmarks.forming
    python -m tests.benchmarks.forming --epochs 10

The page asks once a second. First, for each network: milliseconds of processor time that a question costs the
training's process (its weights, sent) and the server (rounded, described, published), as medians. Then a
training of `dense` by the recipe `tutorial`, asked once a second in every other epoch: processor time and
time of an epoch of each kind, as medians. Processor time is what other programs disturb least.
"""

import argparse
import pickle
import time
from types import SimpleNamespace

import numpy as np

from model.networks import NETWORKS, build_network, round_weights
from model.recipes import prepare_data, steps_per_epoch
from model.settings import choose_settings
from model.state import create_state
from model.training import fit
from ui.browser.networks import publish_training
from ui.server.messages import Trained, Weights
from ui.server.sessions import Session

QUESTIONS = 20
ASKED_SECONDS = 1.0


def measure_question(name: str) -> tuple[float, float]:
    """Milliseconds of the training's process and of the server."""
    settings = choose_settings(name, "tutorial").as_dict()
    network = build_network(settings)
    worker, server = [], []
    for _ in range(QUESTIONS):
        began = time.process_time()
        content = pickle.dumps(Weights(0.5, network.get_weights()))
        worker.append(time.process_time() - began)
        began = time.process_time()
        weights = round_weights(pickle.loads(content).weights)
        newest = Trained(weights, {"settings": settings, "epoch": 0.5})
        session = Session(training=SimpleNamespace(newest=newest, abandon=lambda: None))
        publish_training(session)
        server.append(time.process_time() - began)
        session.close()
    return 1000 * float(np.median(worker)), 1000 * float(np.median(server))


def measure_epochs(epochs: int) -> tuple[np.ndarray, np.ndarray]:
    """(epochs, 2): processor time and time in seconds, of epochs not asked and of those asked. The first two
    warm up. Asked as ui/server/training_worker.py is."""
    settings = choose_settings("dense", "tutorial", epochs=epochs + 2)
    dataset = prepare_data(settings)
    state = create_state(settings, settings.epochs * steps_per_epoch(settings, dataset))
    ends, asked = [(time.process_time(), time.monotonic())], 0.0
    for progress in fit(state, settings, dataset):
        if len(ends) % 2 == 0 and time.monotonic() - asked >= ASKED_SECONDS:
            asked = time.monotonic()
            pickle.dumps(Weights(progress.epochs_done, state.network.get_weights()))
        if progress.ends_epoch:
            ends.append((time.process_time(), time.monotonic()))
    lengths = np.diff(ends, axis=0)[2:]
    return lengths[::2], lengths[1::2]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=20, help="of the training (default: 20)")
    options = parser.parse_args()
    for name in NETWORKS:
        worker, server = measure_question(name)
        print(f"{name}: the training {worker:.1f} ms, the server {server:.1f} ms a question", flush=True)
    alone, asked = (np.median(one, axis=0) for one in measure_epochs(options.epochs))
    for what, before, after in zip(("processor time", "time"), alone, asked, strict=True):
        print(f"an epoch of dense, {what}: {before:.2f} s, asked {after:.2f} s, ratio {after / before:.3f}")


if __name__ == "__main__":
    main()
