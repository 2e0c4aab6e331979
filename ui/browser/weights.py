"""Networks as the browser runs them: a description in plain JSON, and the weights as one run of bytes.

`describe_file` takes both out of a .keras file, which is a zip with an HDF5 file, so that no Keras is needed;
`describe_weights` out of a card and a list of weights, as a training ends with them. network.js says what it
reads of a description. Here it also holds what checks and finds the bytes: "dtype", "size" and "sha256".
"""

import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.store import StoreError, find_weights, read_card

POOL = 2  # pixels; both networks halve the image after each convolution (model/networks.py)


@dataclass(frozen=True)
class BrowserNetwork:
    """description: for network.js; weights: kernel and bias of each layer in turn, little-endian."""

    description: dict
    weights: bytes


def describe_file(folder: Path, name: str) -> BrowserNetwork:
    """The network NAME.keras of a folder whose hash is in its card. Raises StoreError."""
    layers, arrays, card = _read_file(folder, name)
    return _encode(name, card, layers, arrays)


def read_weights(folder: Path, name: str) -> tuple[list[np.ndarray], dict]:
    """The weights of that network in Keras' order, and its card. Raises StoreError."""
    _, arrays, card = _read_file(folder, name)
    return arrays, card


def describe_weights(name: str, weights: Sequence[np.ndarray], card: dict) -> BrowserNetwork:
    """A network of model/networks.py under any name: its weights in Keras' order, and its card, which has the
    activation."""
    activation = card["settings"]["activation"]
    layers: list[dict] = [{"kind": "rescaling", "scale": 1 / 255, "offset": 0.0}]
    for kernel in weights[::2]:
        if kernel.ndim == 4:
            layers.append({"kind": "conv2d", "kernel": kernel.shape, "activation": activation})
            layers.append({"kind": "max_pooling2d", "pool": POOL})
        else:
            if all(layer["kind"] != "flatten" for layer in layers):
                layers.append({"kind": "flatten"})
            layers.append({"kind": "dense", "kernel": kernel.shape, "activation": activation})
    layers[-1]["activation"] = "softmax"
    return _encode(name, card, _name_layers(layers), weights)


def _read_file(folder: Path, name: str) -> tuple[list[dict], list[np.ndarray], dict]:
    card = read_card(folder, name)
    path = find_weights(folder, name, card)
    import h5py  # here, since it takes 0.1 s

    try:
        with (
            zipfile.ZipFile(path) as archive,
            h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file,
        ):
            config = json.loads(archive.read("config.json"))["config"]
            return *_take_layers(config["layers"], file["layers"]), card
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise StoreError("store.not-for-browser", path=path, reason=str(error)) from error


def _take_layers(configs: Iterable[dict], groups) -> tuple[list[dict], list[np.ndarray]]:
    """The layers as network.js knows them, and their weights. groups: the HDF5 file's, named as _name_layers
    does."""
    layers = _name_layers(
        _describe_layer(one["class_name"], one["config"])
        for one in configs
        if one["class_name"] != "InputLayer"
    )
    arrays = []
    for layer in layers:
        if layer["kind"] in ("conv2d", "dense"):
            kernel, bias = (np.asarray(groups[layer["name"]]["vars"][key]) for key in ("0", "1"))
            layer["kernel"] = kernel.shape
            arrays += [kernel, bias]
    return layers, arrays


def _describe_layer(kind: str, config: dict) -> dict:
    if kind == "Rescaling":
        return {"kind": "rescaling", "scale": config["scale"], "offset": config["offset"]}
    if kind == "Conv2D":
        if (config["strides"], config["padding"], config["dilation_rate"]) != ([1, 1], "same", [1, 1]):
            raise ValueError("a convolution with strides, dilation or without padding")
        return {"kind": "conv2d", "activation": config["activation"]}
    if kind == "MaxPooling2D":
        (pool, across), strides = config["pool_size"], config["strides"]
        if pool != across or strides != [pool, pool] or config["padding"] != "valid":
            raise ValueError("a pooling that is not of plain squares")
        return {"kind": "max_pooling2d", "pool": pool}
    if kind == "Dense":
        return {"kind": "dense", "activation": config["activation"]}
    if kind in ("Flatten", "Dropout"):
        return {"kind": kind.lower()}
    raise ValueError(f"a layer of the kind {kind}")


def _name_layers(layers: Iterable[dict]) -> list[dict]:
    """Each named after its kind, and from the second of a kind on with a number: dense, dense_1. Keras names
    them so in the file of weights."""
    seen: Counter[str] = Counter()
    named = []
    for layer in layers:
        kind = layer["kind"]
        named.append({"name": f"{kind}_{seen[kind]}" if seen[kind] else kind, **layer})
        seen[kind] += 1
    return named


def _encode(name: str, card: dict, layers: list[dict], arrays: Sequence[np.ndarray]) -> BrowserNetwork:
    """As float16 where that loses nothing: half the bytes. model.networks.round_weights sees to it."""
    with np.errstate(over="ignore"):
        halves = [array.astype("<f2") for array in arrays]
    lossless = all(map(np.array_equal, halves, arrays))
    dtype, encoded = ("float16", halves) if lossless else ("float32", [a.astype("<f4") for a in arrays])
    content = b"".join(array.tobytes() for array in encoded)
    description = {
        "name": name,
        "temperature": float(card.get("temperature", 1.0)),
        "threshold": float(card.get("threshold", 0.0)),
        "layers": layers,
        "dtype": dtype,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return BrowserNetwork(description, content)
