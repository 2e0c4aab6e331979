"""A training on disk: OUT/NETWORK.run holds it while it goes on, and its result is published to OUT.

    NETWORK.run/history.jsonl     appended as it happens
    NETWORK.run/checkpoint.npz    the state at the end of the last finished epoch
    NETWORK.run/lock              held as long as a process works on it
    NETWORK.done                  what a process killed while it deleted the folder left; of no use

A run that was killed at any moment goes on from its checkpoint. What OUT held before, the page's weights
among it, is not touched until the training has ended well.
"""

import contextlib
import fcntl
import os
import platform
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from model.calibration import choose_temperature, choose_threshold
from model.classifier import Classifier, soften
from model.devices import name_device
from model.evaluate import load_images, score
from model.history import append_row, cut_history, read_history, start_history
from model.networks import NETWORKS
from model.recipes import HandwritingData, Settings, prepare_data, steps_per_epoch
from model.state import State, begin
from model.store import StoreError, save_network
from model.training import Progress, fit

ROWS_PER_EPOCH = 20  # of the history; a curve needs no more
LOCK_ATTEMPTS, LOCK_SECONDS = 3, 0.05  # whoever asks `is_at_work` holds the lock for a moment, too


class RunError(Exception):
    """A run that cannot be begun, resumed or saved. The text says why and what to do."""


class Run:
    """One training in a folder. `follow` trains, `publish` evaluates and saves; call them in this order."""

    def __init__(self, settings: Settings, out: Path, folder: Path):
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
            run = cls(settings, out, folder)  # nobody else is at work there: what there is, is left
            if run.checkpoint.exists():
                run._lock.close()
                raise RunError(
                    f"{folder} holds an unfinished run. Go on with it (--resume), or delete it to begin anew."
                )
            start_history(run.history, settings.as_dict())
        except OSError as error:
            raise RunError(
                f"{out} cannot be written ({error.strerror}). Name another folder with --out."
            ) from error
        return run

    @classmethod
    def resume(cls, network: str, out: Path, given: dict) -> "Run":
        """The unfinished run of that network. `given`: the settings named on the command line (None: not
        named), which must be those the run began with. Raises RunError."""
        folder = out / f"{network}.run"
        try:
            begun = read_history(folder / "history.jsonl").settings
            settings = Settings(**begun)
        except (OSError, ValueError, TypeError):
            raise RunError(f"There is no unfinished run of {network} in {out}: nothing to resume.") from None
        changed = [
            f"{name.replace('_', '-')} {begun[name]}, not {value}"
            for name, value in given.items()
            if value is not None and begun[name] != value
        ]
        if changed:
            raise RunError(f"The run in {folder} began with {'; '.join(changed)}. Leave these options out.")
        try:
            return cls(settings, out, folder)
        except OSError as error:
            raise RunError(f"{folder} cannot be written ({error.strerror}): it cannot go on.") from error

    def follow(
        self, data_folder: str | Path | None = None, few: bool = False, watch=None
    ) -> Iterator[Progress]:
        """Trains to the last epoch; saves a checkpoint at each epoch's end. `few`: on a little data only.
        Raises RunError, model.data.DataError."""
        self.dataset = prepare_data(self.settings, data_folder, few)
        steps = self.settings.epochs * steps_per_epoch(self.settings, self.dataset)
        self.state = begin(self.settings, steps)
        if self.checkpoint.exists():
            try:
                self.state.load(self.checkpoint)
            except Exception as error:  # what NumPy and zipfile raise for a damaged file is of many kinds
                raise RunError(
                    f"{self.checkpoint} cannot be read ({type(error).__name__}). Mend that, or delete "
                    f"{self.folder} to begin anew."
                ) from error
        written = self.state.epochs_done
        try:
            cut_history(self.history, written)
            for progress in fit(self.state, self.settings, self.dataset, watch):
                due = progress.epochs_done >= written + 1 / ROWS_PER_EPOCH
                # The last batch of an epoch may be reported before its validation: that row comes then.
                if progress.ends_epoch or (due and progress.loss is not None and progress.epochs_done % 1):
                    append_row(self.history, progress.as_row())
                    written = progress.epochs_done
                if progress.ends_epoch:
                    self.state.save(self.checkpoint)
                yield progress
        except OSError as error:
            raise RunError(
                f"{self.folder} could not be written ({error.strerror}). The weights in {self.out} are as "
                "they were; mend that, then go on with --resume."
            ) from error

    def publish(
        self, data_folder: str | Path | None = None, few: bool = False, extra: dict | None = None
    ) -> dict:
        """Evaluates the network, then saves it with card and history to OUT; returns the card.
        Raises RunError; what OUT held is then unharmed, and --resume publishes."""
        network = rebuild(self.state, self.settings)
        card = make_card(network, self.settings, self.state, self.dataset, data_folder, few)
        name = self.settings.network
        beside = self.out / f"{name}.history.new"
        try:
            shutil.copyfile(self.history, beside)
            card = save_network(self.out, name, network, {**card, **(extra or {})})
            os.replace(beside, self.out / f"{name}.history.jsonl")
        except (OSError, StoreError) as error:
            with contextlib.suppress(OSError):
                beside.unlink()
            reason = error if isinstance(error, StoreError) else f"{error.strerror}."
            raise RunError(
                f"The result could not be saved: {reason} Mend that, then go on with --resume."
            ) from error
        # Renamed first: a folder that lacks some of its files would be neither a run nor none.
        done = self.folder.with_suffix(".done")
        shutil.rmtree(done, ignore_errors=True)
        os.rename(self.folder, done)
        shutil.rmtree(done, ignore_errors=True)
        return card


def rebuild(state: State, settings: Settings):
    """The trained network without the optimizer, which is two thirds of a file and of no use to a reader."""
    network = NETWORKS[settings.network](settings.activation, settings.dropout)
    network.set_weights(state.network.get_weights())
    return network


def make_card(
    network, settings: Settings, state: State, dataset, data_folder=None, few: bool = False
) -> dict:
    """What is known of a trained network: how it came to be, its temperature and threshold, its scores."""
    import keras

    card = {
        "network": settings.network,
        "parameters": network.count_params(),
        "settings": settings.as_dict(),
        "epoch": state.chosen_epoch or state.epochs_done,
        "seconds": round(state.seconds, 1),
        "device": name_device(),
        "versions": {
            "python": platform.python_version(),
            "keras": keras.__version__,
            "numpy": version("numpy"),
            keras.backend.backend(): version(keras.backend.backend()),
        },
    }
    if isinstance(dataset, HandwritingData):
        card |= {"writers": {"trained": dataset.writers, "chosen_by": dataset.choosing}}
        card |= calibrate(network, dataset)
    classifier = Classifier(network, card)
    sets = [load_images(name, data_folder) for name in ("mnist-test", "held-out", "held-out-shapes")]
    if few:
        sets = [replace(one, images=one.images[:200], labels=one.labels[:200]) for one in sets]
    return card | {"scores": {one.name: score(classifier, one) for one in sets}}


def calibrate(network, dataset: HandwritingData) -> dict:
    """The temperature and the threshold, chosen on the writers that choose."""
    plain = Classifier(network, {}).probabilities(dataset.validation.images[..., 0])
    temperature = choose_temperature(plain, dataset.validation.labels)
    return {"temperature": temperature, "threshold": choose_threshold(soften(plain, temperature))}


def _lock_folder(folder: Path):
    """Held until the process ends, however it ends: the file that is left then, locks nothing. Raises
    RunError if another one holds it, OSError."""
    lock = open(folder / "lock", "w")  # noqa: SIM115 - must stay open
    for _ in range(LOCK_ATTEMPTS):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except BlockingIOError:
            time.sleep(LOCK_SECONDS)
    lock.close()
    raise RunError(f"Another training is at work in {folder}. Wait for it, or name another --out.")


def is_at_work(folder: Path) -> bool:
    """Whether a process trains in a run's folder."""
    try:
        with open(folder / "lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # no such folder
        return False
    return False
