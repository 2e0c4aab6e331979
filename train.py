"""Trains a network and saves it where the page finds it.

python train.py                                  the network that ships: cnn, recipe handwriting
python train.py --network dense
python train.py --network dense --recipe tutorial --out runs/tutorial    the article's, to the letter
python train.py --network dense --recipe quick   the same data, larger batches: a third of the time
python train.py --drawings mine.jsonl            your own drawings, too
python train.py --network cnn --resume           goes on after Ctrl-C or a crash
python train.py --dry-run                        every part once, on a little data; nothing is kept
"""

import argparse
import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from model.datasets import load_mnist_test
from model.devices import explain_missing_gpu, name_device, spread_over
from model.errors import DigitsError
from model.networks import ACTIVATIONS, NETWORKS
from model.run import Run, RunError
from model.settings import OPTIMIZERS, RECIPES, choose_settings
from model.store import WEIGHTS
from model.training import Progress
from ui.text.terminal import stop
from ui.text.words import list_languages

BAR = 24  # characters


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--network", choices=NETWORKS, default="cnn", help="which network (default: cnn)")
    add("--recipe", choices=RECIPES, help="data and settings under a name (default: handwriting)")
    add("--epochs", type=int, metavar="N", help="passes over the training data (default: the recipe's)")
    add("--batch-size", type=int, metavar="N", help="images between two updates (default: the recipe's)")
    add("--learning-rate", type=float, metavar="X", help="size of an update (default: the recipe's)")
    add("--optimizer", choices=OPTIMIZERS, help="how updates are made (default: adam)")
    add("--activation", choices=ACTIVATIONS, help="of the hidden layers (default: relu)")
    add(
        "--dropout",
        type=float,
        metavar="X",
        help="share of the hidden layer left out, 0 to 0.95 (default: the recipe's)",
    )
    add(
        "--augment",
        action=argparse.BooleanOptionalAction,
        help="bend into other hands or not (default: the recipe's)",
    )
    add(
        "--seed",
        type=int,
        metavar="N",
        help="the same seed gives the same weights, on one machine's CPU with one backend (default: 1)",
    )
    add(
        "--devices",
        type=int,
        default=1,
        metavar="N",
        help="GPUs that share each batch; more than one needs KERAS_BACKEND=jax (default: 1)",
    )
    add(
        "--out",
        type=Path,
        default=WEIGHTS,
        metavar="FOLDER",
        help="where the result goes (default: model/weights)",
    )
    add(
        "--drawings",
        nargs="+",
        action="extend",
        type=os.path.abspath,
        metavar="FILE",
        help="drawings files (JSON Lines, as the page exports them) to train on, too",
    )
    add(
        "--language",
        choices=list_languages(),
        help="of error messages (default: the terminal's, by LC_ALL, LC_MESSAGES or LANG)",
    )
    add("--resume", action="store_true", help="go on with the unfinished run in --out")
    add("--dry-run", action="store_true", help="run every part on a few batches, keep nothing")
    options = parser.parse_args(arguments)
    if options.resume and options.dry_run:
        parser.error("--dry-run keeps nothing that --resume could go on with: leave one of them out.")
    return options


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    with contextlib.suppress(AttributeError):  # where standard output is a test's
        sys.stdout.reconfigure(errors="replace")  # not every terminal of Windows has a "…"
    names = (
        "recipe",
        "epochs",
        "batch_size",
        "learning_rate",
        "optimizer",
        "activation",
        "dropout",
        "augment",
        "seed",
        "drawings",
    )
    given = {name: getattr(options, name) for name in names}
    try:
        if not options.dry_run:
            return train(options, given, options.out)
        with tempfile.TemporaryDirectory() as folder:
            return train(options, {**given, "epochs": 1}, Path(folder))
    except DigitsError as error:
        stop("train.py", error, options.language)
    except OSError as error:  # no room even in /tmp
        stop("train.py", RunError("run.no-room", reason=error.strerror or str(error)), options.language)
    except KeyboardInterrupt:  # before there is a run, or when it has been published
        print("\nStopped.")
        return 130


def train(options: argparse.Namespace, given: dict, out: Path) -> int:
    if options.resume:
        run = Run.resume(options.network, out, given)
        spread_over(options.devices, run.settings.batch_size)
    else:
        given["recipe"] = given["recipe"] or "handwriting"
        settings = choose_settings(options.network, **given)
        spread_over(options.devices, settings.batch_size)
        run = Run.begin(settings, out)
    settings = run.settings
    with contextlib.closing(run):
        try:
            print(
                f"{settings.network}, recipe {settings.recipe}, seed {settings.seed}, on {name_device()}",
                flush=True,
            )
            if hint := explain_missing_gpu():
                print(hint, flush=True)
            for progress in run.follow(options.dry_run):
                show(progress)
            card = run.publish(options.dry_run)
        except KeyboardInterrupt:
            if options.dry_run:
                print("\nStopped; nothing was kept.")
                return 130
            if run.state:
                print(f"\nStopped after {run.state.epochs_done} of {settings.epochs} epochs; they are kept.")
            else:
                print("\nStopped before the data were ready.")
            print("Go on:", name_resumption(options))
            return 130
    print_result(card, run)
    print(
        "Nothing was kept: this was a dry run."
        if options.dry_run
        else f"Saved {out / settings.network}.keras"
    )
    return 0


def name_resumption(options: argparse.Namespace) -> str:
    """The command that goes on with a run that was begun with these options."""
    words = ["python", "train.py", "--network", options.network]
    if options.out != WEIGHTS:
        words += ["--out", str(options.out)]
    if options.devices != 1:
        words += ["--devices", str(options.devices)]
    join = subprocess.list2cmdline if os.name == "nt" else shlex.join
    return join([*words, "--resume"])


def show(progress: Progress) -> None:
    """One line that is written over while an epoch goes on, and stays at its end."""
    line = "preparing the data …"
    if progress.loss is not None:
        line = f"epoch {progress.epoch:3d} of {progress.epochs}  loss {progress.loss:.4f}"
        line += f"  accuracy {progress.accuracy:7.2%}"
    if not sys.stdout.isatty():
        start, end, width = "", "\n", 0
    else:  # spaces clear the line: not every terminal of Windows knows an escape code for that
        start, end, width = "\r", "\n" if progress.ends_epoch else "", shutil.get_terminal_size().columns - 1
    if progress.ends_epoch:
        line += (
            f"  validation {progress.val_loss:.4f} {progress.val_accuracy:7.2%}  {progress.seconds:5.0f} s"
        )
        print(start + line.ljust(width), end=end, flush=True)
    elif width:
        filled = round(BAR * progress.step / progress.steps)
        left = "" if progress.seconds_left is None else f"  {_minutes(progress.seconds_left)} left"
        line += f"  {'▓' * filled}{'░' * (BAR - filled)}{left}"
        print(start + line.ljust(width), end=end, flush=True)


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def print_result(card: dict, run: Run) -> None:
    """The scores, and as in the tutorial the first ten predictions on the test set beside the labels."""
    for name, scores in card["scores"].items():
        line = (
            f"{name:16s} {scores['accuracy']:.2%} of {scores['count']}, calibration error {scores['ece']:.2%}"
        )
        print(
            line + (f", AUROC against no digits {scores['auroc']:.3f}" if scores["auroc"] is not None else "")
        )
    images, labels = load_mnist_test()
    found = run.state.network.predict_on_batch(images[:10, ..., None]).argmax(axis=1)
    print("first ten of the test set, read :", *found)
    print("                          labels:", *labels[:10])


if __name__ == "__main__":
    sys.exit(main())
