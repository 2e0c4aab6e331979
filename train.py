"""Trains a network and saves it where the page finds it.

python train.py                                  the network that ships: cnn, recipe handwriting
python train.py --network dense
python train.py --network dense --recipe tutorial --out runs/tutorial    the article's, to the letter
python train.py --network dense --recipe quick   the same data, larger batches: sooner done
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
import unicodedata
from pathlib import Path

from model.datasets import load_mnist_test
from model.devices import explain_missing_gpu, name_device, spread_over
from model.errors import DigitsError
from model.networks import ACTIVATIONS, NETWORKS
from model.run import Run, RunError
from model.settings import OPTIMIZERS, RECIPES, choose_settings
from model.store import WEIGHTS
from model.training import Progress
from ui.text.device import name_device as describe_device
from ui.text.terminal import find_terminal_language, print_safely, stop, translate_refusals
from ui.text.words import Words, choose_language, list_languages

BAR = 24  # characters


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    say = Words(find_wanted_language(arguments))
    translate_refusals(say)

    class Formatter(argparse.RawDescriptionHelpFormatter):
        def add_usage(self, usage, actions, groups, prefix=None):
            super().add_usage(usage, actions, groups, say("train.usage"))

    parser = argparse.ArgumentParser(
        "train.py", description=say("train.description"), formatter_class=Formatter, add_help=False
    )
    group = parser.add_argument_group(say("train.options"))

    def add(name: str, *others: str, **options) -> None:
        group.add_argument(*others, name, help=say(f"train.help.{name[2:]}"), **options)

    add("--help", "-h", action="help")
    add("--network", choices=NETWORKS, default="cnn")
    add("--recipe", choices=RECIPES)
    add("--epochs", type=int, metavar="N")
    add("--batch-size", type=int, metavar="N")
    add("--learning-rate", type=float, metavar="X")
    add("--optimizer", choices=OPTIMIZERS)
    add("--activation", choices=ACTIVATIONS)
    add("--dropout", type=float, metavar="X")
    add("--augment", action=argparse.BooleanOptionalAction)
    add("--seed", type=int, metavar="N")
    add("--devices", type=int, default=1, metavar="N")
    add("--out", type=Path, default=WEIGHTS, metavar="FOLDER")
    add("--drawings", nargs="+", action="extend", type=os.path.abspath, metavar="FILE")
    add("--language", choices=list_languages(), default=say.language)
    add("--resume", action="store_true")
    add("--dry-run", action="store_true")
    options = parser.parse_args(arguments)
    if options.resume and options.dry_run:
        parser.error(say.say(RunError("run.dry-resume")))
    return options


def find_wanted_language(arguments: list[str] | None) -> str:
    """The language, parsed first, since help and refusals are printed in it."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--language", nargs="?")
    language = parser.parse_known_args(arguments)[0].language
    return choose_language(language) if language else find_terminal_language()


@print_safely()
def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
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
        with make_temporary_folder() as folder:
            return train(options, {**given, "epochs": 1}, Path(folder))
    except DigitsError as error:
        stop("train.py", error, options.language)
    except KeyboardInterrupt:  # before there is a run, or when it has been published
        print(f"\n{Words(options.language)('train.stopped')}")
        return 130


def make_temporary_folder() -> tempfile.TemporaryDirectory:
    try:
        return tempfile.TemporaryDirectory()
    except OSError as error:  # no room even in /tmp
        raise RunError("run.no-room", reason=error.strerror or str(error)) from error


def train(options: argparse.Namespace, given: dict, out: Path) -> int:
    if options.resume:
        run = Run.resume(options.network, out, given)
        spread_over(options.devices, run.settings.batch_size)
    else:
        given["recipe"] = given["recipe"] or "handwriting"
        settings = choose_settings(options.network, **given)
        spread_over(options.devices, settings.batch_size)
        run = Run.begin(settings, out)
    settings, say = run.settings, Words(options.language)
    with contextlib.closing(run):
        try:
            what = {name: getattr(settings, name) for name in ("network", "recipe", "seed")}
            print(say("train.begins", **what, device=describe_device(name_device())), flush=True)
            if hint := explain_missing_gpu():
                print(say.say(hint), flush=True)
            for progress in run.follow(options.dry_run):
                show(progress, say)
            card = run.publish(options.dry_run)
        except KeyboardInterrupt:
            if options.dry_run:
                print(f"\n{say('train.stopped-dry')}")
                return 130
            stopped = say("train.stopped-early")
            if run.state:
                stopped = say("train.stopped-after", done=run.state.epochs_done, epochs=settings.epochs)
            print(f"\n{stopped}\n{say('train.go-on', command=name_resumption(options))}")
            return 130
    print_result(card, run, say)
    saved = say("train.saved", path=f"{out / settings.network}.keras")
    print(say("train.dry") if options.dry_run else saved)
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


def show(progress: Progress, say: Words) -> None:
    """One line that is written over while an epoch goes on, and stays at its end."""
    line = say("train.preparing")
    if progress.loss is not None:
        names = ("epoch", "epochs", "loss", "accuracy")
        line = say("train.progress", **{name: getattr(progress, name) for name in names})
    if not sys.stdout.isatty():
        start, end, width = "", "\n", 0
    else:  # spaces clear the line: not every terminal of Windows knows an escape code for that
        start, end, width = "\r", "\n" if progress.ends_epoch else "", shutil.get_terminal_size().columns - 1
    if progress.ends_epoch:
        scores = {"loss": progress.val_loss, "accuracy": progress.val_accuracy}
        line = say("train.ends-epoch", progress=line, seconds=progress.seconds, **scores)
        print(start + fill_line(line, width), end=end, flush=True)
    elif width:
        filled = round(BAR * progress.step / progress.steps)
        left = "" if progress.seconds_left is None else f"  {name_left(progress.seconds_left, say)}"
        line += f"  {'▓' * filled}{'░' * (BAR - filled)}{left}"
        print(start + fill_line(line, width), end=end, flush=True)


def fill_line(line: str, width: int) -> str:
    """The line with spaces up to that many columns; a Chinese character takes two."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in line)
    return line + " " * (width - len(line) - wide)


def name_left(seconds: float, say: Words) -> str:
    if seconds < 100:
        return say("train.seconds-left", seconds=seconds)
    return say("train.minutes-left", minutes=seconds / 60)


def print_result(card: dict, run: Run, say: Words) -> None:
    """The scores, and as in the tutorial the first ten predictions on the test set beside the labels."""
    for name, scores in card["scores"].items():
        line = say("train.scores", name=name, **{key: scores[key] for key in ("accuracy", "count", "ece")})
        if scores["auroc"] is not None:
            line = say("train.auroc", scores=line, auroc=scores["auroc"])
        print(line)
    images, labels = load_mnist_test()
    found = run.state.network.predict_on_batch(images[:10, ..., None]).argmax(axis=1)
    print(say("train.first-read", digits=" ".join(map(str, found))))
    print(say("train.first-labels", digits=" ".join(map(str, labels[:10]))))


if __name__ == "__main__":
    sys.exit(main())
