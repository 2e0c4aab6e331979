"""A network and its card on disk: saved so that a crash at any moment leaves a pair that loads.

NAME.keras holds the network, NAME.json its card: a plain dictionary with what is known of it, among that
"sha256", the hash of the network's file. Only a file whose hash stands in its card is ever opened.

The order of a save is what makes it safe. The new network is first written beside the old one as
NAME.keras.new; then the card is replaced, in one step, by one that carries the new hash; then NAME.keras.new
takes the place of NAME.keras. Killed before the second step, the old pair stands; killed after it, the card
fits the file beside, and loading finds that.
"""

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from model.errors import DigitsError

if TYPE_CHECKING:
    import keras

WEIGHTS = Path(__file__).parent / "weights"  # what ships


class StoreError(DigitsError):
    """A network that cannot be loaded or saved."""


def save_network(folder: Path, name: str, network: "keras.Model", card: dict) -> dict:
    """Saves the pair; returns the card as saved, with "sha256". Raises StoreError; the old pair is then
    unharmed."""
    weights, beside = folder / f"{name}.keras", folder / f"{name}.keras.new"
    # Keras writes by the ending of the name, so the first file cannot be called .new yet.
    draft, card_draft = folder / f"{name}.draft.keras", folder / f"{name}.json.new"
    try:
        # After an interrupted save, NAME.keras.new may be the only file that fits the card: keep it.
        with contextlib.suppress(StoreError):
            find_weights(folder, name, read_card(folder, name))
        network.save(draft)
        card = write_card(card_draft, card, draft)
        # All that takes room on the disk is done; what follows is names.
        _flush(draft)
        _flush(card_draft)
        os.replace(draft, beside)
        os.replace(card_draft, folder / f"{name}.json")
        with contextlib.suppress(OSError):  # Windows: the old file is open. Whoever loads the pair ends this
            _take_place(beside, weights)
    except (OSError, ValueError) as error:  # ValueError: no ZIP file can be made in a year before 1980
        for path in (draft, card_draft):
            path.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or str(error)
        raise StoreError("store.unsaved", path=weights, reason=reason) from error
    return card


def write_card(path: Path, card: dict, network: Path) -> dict:
    """Writes a card for that .keras file; returns it as written, with "sha256". Raises OSError."""
    card = {**card, "sha256": hash_file(network)}
    path.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return card


def load_network(folder: Path, name: str) -> tuple["keras.Model", dict]:
    """The network (not compiled) and its card. Raises StoreError if one is missing, altered or unfit."""
    card = read_card(folder, name)
    try:
        path = find_weights(folder, name, card)
    except StoreError:  # perhaps a save came between
        card = read_card(folder, name)
        path = find_weights(folder, name, card)
    import keras

    try:
        network = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras and h5py raise many kinds
        raise StoreError("store.no-network", path=path, network=name) from error
    shapes = (network.input_shape, network.output_shape)
    if shapes != ((None, 28, 28, 1), (None, 10)):
        raise StoreError("store.other-shape", path=path, shapes=str(shapes), network=name)
    return network, card


def read_card(folder: Path, name: str) -> dict:
    """The card alone. Raises StoreError if it is missing or no card."""
    path = folder / f"{name}.json"
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StoreError("store.missing", path=path, network=name) from None
    except (OSError, ValueError):
        raise StoreError("store.unreadable", path=path, network=name) from None
    if not isinstance(card, dict) or not isinstance(card.get("sha256"), str):
        raise StoreError("store.no-card", path=path, network=name)
    return card


def find_weights(folder: Path, name: str, card: dict) -> Path:
    """The network's file that the card speaks of: NAME.keras, or NAME.keras.new if a save was cut short."""
    weights, beside = folder / f"{name}.keras", folder / f"{name}.keras.new"
    for path in (weights, beside):
        if path.is_file() and _hash_weights(path, name) == card["sha256"]:
            if path == beside:  # ends what the crash cut short, also because of the name that Keras expects
                try:
                    _take_place(beside, weights)
                except OSError as error:
                    raise StoreError(
                        "store.not-renamed", path=beside, to=weights, reason=error.strerror
                    ) from error
            return weights
    if weights.is_file():
        raise StoreError("store.altered", path=weights, network=name)
    raise StoreError("store.missing", path=weights, network=name)


def _hash_weights(path: Path, name: str) -> str:
    try:
        return hash_file(path)
    except OSError:
        raise StoreError("store.unreadable", path=path, network=name) from None


def hash_file(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _take_place(beside: Path, weights: Path) -> None:
    with contextlib.suppress(FileNotFoundError):  # who loads and who saves may both do it, at the same moment
        os.replace(beside, weights)


def _flush(path: Path) -> None:
    with open(path, "r+b") as file:  # Windows flushes only what may be written
        os.fsync(file.fileno())
