"""Does the making of images keep up with the device? And the table of training for this machine.

    python -m tests.benchmarks.throughput            images made and trained a second
    python -m tests.benchmarks.throughput --table    and what training takes; on two cores half an hour

The first part makes images of the recipe `handwriting` by one maker and by as many as there are cores, and
trains each network on images that are there already, in the recipe's batches. `dense` is shown each image in
several epochs, so making may be that many times slower than training; `cnn` sees each image once.

The table trains each network by each recipe once: seconds an epoch, to 99 % on MNIST's test set (looked at
after each epoch), of `fit` in all, and against the plain Keras script of the tutorial on the same device.
"""

import argparse
import time
from dataclasses import replace
from itertools import islice

from model import makers, recipes
from model.devices import name_device, start_backend
from model.evaluate import load_images
from model.networks import NETWORKS
from model.recipes import HandwritingData, join_shards, prepare_data, steps_per_epoch
from model.settings import Settings, choose_settings
from model.state import create_state
from model.training import fit
from tests.benchmarks.training_speed import train_script

MADE = 96  # shards, for a measurement: half an epoch
GOAL = 0.99


class Repeated:
    """Images that are there already, shown in each epoch."""

    chooses_by_validation, validation = False, None

    def __init__(self, shard):
        self.shard, self.images_per_epoch = shard, len(shard.labels)

    def shards(self, epoch):
        yield self.shard


def time_making(settings: Settings, count: int) -> tuple[float, recipes.Shard]:
    """Images a second that so many makers make, without their start, and the images. Processes work ahead, so
    with many of them it is a few per cent too many."""
    data, makers.MAKERS = HandwritingData(settings), count
    shards = data.shards(0)
    for _ in range(count):
        next(shards)  # processes take seconds to start
    began = time.monotonic()
    made = join_shards(islice(shards, MADE))
    return len(made.labels) / (time.monotonic() - began), made


def time_training(settings: Settings, shard: recipes.Shard) -> float:
    """Images a second that are trained on, the first epoch left out: it makes the graph."""
    settings, data = replace(settings, epochs=3), Repeated(shard)
    state = create_state(settings, settings.epochs * steps_per_epoch(settings, data))
    ends = [progress.seconds for progress in fit(state, settings, data) if progress.ends_epoch]
    return 2 * len(shard.labels) / (ends[2] - ends[0])


def train(settings: Settings) -> tuple[float, float, float | None, float]:
    """Seconds of the whole fit, an epoch and to GOAL (None: never), and the last accuracy."""
    data, mnist = prepare_data(settings), load_images("mnist-test")
    state = create_state(settings, settings.epochs * steps_per_epoch(settings, data))
    goal, right = None, 0.0
    for progress in fit(state, settings, data):
        if progress.ends_epoch:
            read = state.network.predict(mnist.images[..., None], batch_size=500, verbose=0).argmax(axis=1)
            right = float((read == mnist.labels).mean())
            if goal is None and right >= GOAL:
                goal = progress.seconds
    return state.seconds, state.seconds / settings.epochs, goal, right


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--table", action="store_true", help="also train every network by every recipe")
    options = parser.parse_args()
    start_backend()
    print(name_device())
    most = makers.MAKERS
    for network in NETWORKS:
        settings = choose_settings(network)
        alone, _ = time_making(settings, 1)
        made, shard = time_making(settings, most)
        trained = time_training(settings, shard)
        epochs = settings.epochs // HandwritingData(settings).cached_epochs
        print(
            f"{network}: {alone:,.0f} images made a second by 1 maker, {made:,.0f} by {most}; "
            f"{trained:,.0f} trained, each in {epochs} or more epochs"
        )
    if not options.table:
        return
    print(f"\n{'':24}{'fit':>8}{'an epoch':>10}{'to 99 %':>10}{'MNIST test':>12}")
    for network in NETWORKS:
        script = train_script(network, 10, seed=1)
        print(
            f"{network + ', plain Keras':24}{script.fit:6.0f} s{script.fit / 10:8.1f} s"
            f"{'':10}{script.accuracy:12.2%}"
        )
        for recipe in recipes.RECIPES:
            whole, epoch, goal, right = train(choose_settings(network, recipe))
            reached = f"{goal:8.0f} s" if goal else f"{'never':>10}"
            print(
                f"{f'{network}, {recipe}':24}{whole:6.0f} s{epoch:8.1f} s{reached}{right:12.2%}", flush=True
            )


if __name__ == "__main__":
    main()
