"""A training on disk: OUT/NETWORK.run holds it while it goes on, and its result is published to OUT.

    NETWORK.run/history.jsonl     appended as it happens; without it the folder holds no run
    NETWORK.run/checkpoint.npz    the state at the end of the last finished epoch
    NETWORK.run/lock              held as long as a process works on it

A run that was killed at any moment goes on from its checkpoint. What OUT held before, the page's weights
among it, is not touched until the training has ended well.
"""

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import filelock

from model.card import make_card
from model.classifier import Classifier
from model.errors import DigitsError, Term
from model.evaluate import TEST_SETS, load_images, score
from model.history import append_row, cut_history, read_history, start_history
from model.makers import MakersError
from model.networks import build_network, round_weights
from model.recipes import prepare_data, steps_per_epoch
from model.settings import Settings, SettingsError
from model.state import State, create_state
from model.store import StoreError, save_network
from model.training import DivergedError, Progress, fit

# `is_at_work` holds the lock for a moment: another waits this long before it gives up.
LOCK_SECONDS = 0.15
SCORED_ON = (*TEST_SETS, "held-out-shapes")  # the sets of model.evaluate in a card


class RunError(DigitsError):
    """A run that cannot be begun, resumed or saved."""


class Run:
    """One training in a folder. `follow` trains, `publish` evaluates and saves; call them in this order, and
    `close` at the end."""

    def __init__(self, settings: Settings, out: Path, folder: Path):
        """Raises RunError if another process works in the folder, OSError."""
        self.settings, self.out, self.folder = settings, out, folder
        self.history, self.checkpoint = folder / "history.jsonl", folder / "checkpoint.npz"
        self.state: State | None = None
        self.dataset = None
        self._lock = _lock_folder(folder)

    @classmethod
    def begin(cls, settings: Settings, out: Path) -> "Run":
        """A new run. Raises RunError if the folder cannot be written, or holds a run that is at work or
        unfinished."""
        folder = out / f"{settings.network}.run"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            run = cls(settings, out, folder)
            try:
                run._start_anew()
            except BaseException:
                run.close()
                raise
        except OSError as error:
            raise RunError("run.out-unwritable", out=out, reason=error.strerror) from error
        return run

    def _start_anew(self) -> None:
        if self.checkpoint.exists():
            # A checkpoint without a history: the run was published, and killed while it deleted the folder.
            if self.history.exists():
                _read_settings(self.folder)  # raises, if the history is damaged
                raise RunError("run.unfinished", folder=self.folder)
            self.checkpoint.unlink()
        start_history(self.history, self.settings.as_dict())

    @classmethod
    def resume(cls, network: str, out: Path, given: dict) -> "Run":
        """The unfinished run of that network. `given`: the settings named on the command line (None: not
        named), which must be those the run began with. Raises RunError."""
        folder = out / f"{network}.run"
        if not (folder / "history.jsonl").exists():
            raise RunError("run.nothing-to-resume", network=network, out=out)
        settings = _read_settings(folder)
        begun = settings.as_dict()
        changed = [
            Term("changed-option", option=name.replace("_", "-"), begun=begun[name], given=value)
            for name, value in given.items()
            if value is not None and begun[name] != value
        ]
        if changed:
            raise RunError("run.other-options", folder=folder, changed=changed)
        try:
            return cls(settings, out, folder)
        except OSError as error:
            raise RunError("run.unwritable", folder=folder, reason=error.strerror) from error

    def follow(self, few: bool = False) -> Iterator[Progress]:
        """Trains to the last epoch; saves a checkpoint at each epoch's end. `few`: on a little data only.
        Raises RunError, model.datasets.DataError, model.drawing.DrawingError. A run that diverges is deleted:
        resuming it is useless."""
        self.dataset = prepare_data(self.settings, few)
        steps = self.settings.epochs * steps_per_epoch(self.settings, self.dataset)
        self.state = create_state(self.settings, steps)
        if self.checkpoint.exists():
            try:
                self.state.load(self.checkpoint)
            except Exception as error:  # what NumPy and zipfile raise for a damaged file is of many kinds
                raise RunError(
                    "run.checkpoint",
                    checkpoint=self.checkpoint,
                    folder=self.folder,
                    reason=type(error).__name__,
                ) from error
        try:
            cut_history(self.history, self.state.epochs_done)
            for progress in fit(self.state, self.settings, self.dataset):
                if progress.row:
                    append_row(self.history, progress.row)
                if progress.ends_epoch:
                    self.state.save(self.checkpoint)
                yield progress
        except OSError as error:
            raise RunError(
                "run.interrupted", folder=self.folder, out=self.out, reason=error.strerror
            ) from error
        except MakersError as error:
            raise RunError("run.broke-off", folder=self.folder, reason=Term("makers-ended")) from error
        except DivergedError as error:
            self._delete()
            raise RunError(
                "run.diverged", reason=error, learning_rate=error.values["learning_rate"] / 10
            ) from error

    def publish(self, few: bool = False) -> dict:
        """Evaluates the network, then saves it with card and history to OUT; returns the card.
        Raises RunError, model.datasets.DataError; what OUT held is then unharmed, and --resume publishes."""
        network = copy_network(self.state, self.settings)
        epoch = self.state.chosen_epoch or self.state.epochs_done
        card = make_card(network, self.settings, self.dataset, epoch, self.state.seconds)
        classifier = Classifier(network, card)
        sets = [load_images(name) for name in SCORED_ON]
        if few:
            sets = [replace(one, images=one.images[:200], labels=one.labels[:200]) for one in sets]
        card["scores"] = {one.name: score(classifier, one) for one in sets}
        name = self.settings.network
        try:
            card = save_network(self.out, name, network, card)
            # Moved, not copied: killed before this, a run can be resumed; killed after it, there is none.
            os.replace(self.history, self.out / f"{name}.history.jsonl")
        except StoreError as error:
            raise RunError("run.unsaved", reason=error) from error
        except OSError as error:
            raise RunError("run.history-unsaved", reason=error.strerror) from error
        self._delete()
        return card

    def close(self) -> None:
        """Lets go of the folder. What it holds stays."""
        self._lock.release()

    def _delete(self) -> None:
        self.history.unlink(missing_ok=True)  # first: what is left then is no run
        if os.name == "nt":  # deletes no file that is open
            self.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.close()  # last, or a run that begins meanwhile would lose its files


def copy_network(state: State, settings: Settings):
    """The trained network, its weights rounded. Without the optimizer, which is two thirds of a file and of
    no use to a reader."""
    network = build_network(settings.as_dict())
    network.set_weights(round_weights(state.network.get_weights()))
    return network


_ASKING = threading.Lock()  # two threads that ask at once would take each other's lock for a run's


def is_at_work(folder: Path) -> bool:
    """Whether a process trains in a run's folder."""
    with _ASKING:
        if not (folder / "lock").exists():
            return False
        lock = filelock.FileLock(folder / "lock")
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            return True
        except OSError:  # another user's folder
            return False
        lock.release()
    return False


def _lock_folder(folder: Path) -> filelock.BaseFileLock:
    """Held until the process ends, however it ends: the file that is left then locks nothing. Raises
    RunError if another process holds it, OSError."""
    lock = filelock.FileLock(folder / "lock", thread_local=False)
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except filelock.Timeout:
        raise RunError("run.at-work", folder=folder) from None
    return lock


def _read_settings(folder: Path) -> Settings:
    """The settings that the run in the folder began with. Raises RunError if it cannot go on with them."""
    path = folder / "history.jsonl"
    try:
        return Settings(**read_history(path).settings)
    except (OSError, ValueError, TypeError, SettingsError):
        raise RunError("run.history-damaged", history=path, folder=folder) from None
