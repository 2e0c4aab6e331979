"""A network's layers in NumPy, forwards and backwards, so that what happens between image and answer can be
looked at on every backend of Keras alike. ui/browser/network.js and evidence.js repeat it in the browser.

The last layer is taken without its softmax: it ends in ten logits, the numbers that the softmax turns into
probabilities. Layers that do nothing while a network answers (dropout) are left out, and the first, which
divides by 255, is already done: an image here is (28, 28) with 0 for paper and 1 for ink.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from model.errors import DigitsError

if TYPE_CHECKING:
    import keras

IDLE = ("Rescaling", "Dropout")
KINDS = {"Conv2D": "conv2d", "MaxPooling2D": "max_pooling2d", "Flatten": "flatten", "Dense": "dense"}
# Inputs of a pool that differ by less count as equal: rounding must not decide which of them is the largest.
TIE = 1e-5


class ExplanationError(DigitsError):
    """What cannot be explained: a network with unknown layers, or a question about no two digits."""


@dataclass(frozen=True)
class Layer:
    """kind: "conv2d" (3 × 3, edges padded), "max_pooling2d" (2 × 2, maximum), "flatten" or "dense".
    activation: "relu", "sigmoid", "tanh", or "linear" for the logits and for layers that have none.
    kernel: (rows, columns, inputs, outputs) of a convolution, (inputs, outputs) of a dense layer. bias:
    (outputs,). Both float64, None where the layer has no weights."""

    name: str
    kind: str
    activation: str = "linear"
    kernel: np.ndarray | None = None
    bias: np.ndarray | None = None


def read_layers(network: "keras.Sequential") -> list[Layer]:
    """The layers of one of model/networks.py's networks, with the weights that it has now.
    Raises ExplanationError for a layer of another kind."""
    layers = []
    for layer in network.layers:
        kind = type(layer).__name__
        if kind in IDLE:
            continue
        if kind not in KINDS:
            raise ExplanationError("explanation.layer", network=network.name, kind=kind)
        activation = getattr(getattr(layer, "activation", None), "__name__", "linear")
        weights = [np.asarray(weight, np.float64) for weight in layer.get_weights()]
        layers.append(
            Layer(layer.name, KINDS[kind], "linear" if activation == "softmax" else activation, *weights)
        )
    return layers


def forward(layers: Sequence[Layer], images: np.ndarray) -> list[np.ndarray]:
    """What each layer answers to images (count, 28, 28), 0 to 1: a list of float64 arrays, (count, rows,
    columns, channels) of convolutions and pools, (count, units) of the others; the last are the logits."""
    outputs, x = [], np.asarray(images, np.float64)[..., None]
    for layer in layers:
        x = _activate(layer.activation, _apply(layer, x))
        outputs.append(x)
    return outputs


def backward(
    layers: Sequence[Layer], images: np.ndarray, outputs: Sequence[np.ndarray], weighting: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The gradient of a weighted sum of the logits, by backpropagation.

    images, outputs: what `forward` was given and gave. weighting: (count, 10), of the logits; for the
    difference of two logits 1, −1 and zeros. Returns the gradient with respect to the pixels (count, 28, 28),
    and (count,) what the biases add: each bias times its gradient, summed over all units of all layers.
    """
    gradient, of_biases = np.asarray(weighting, np.float64), np.zeros(len(weighting))
    inputs = [np.asarray(images, np.float64)[..., None], *outputs[:-1]]
    for layer, x, y in zip(reversed(layers), reversed(inputs), reversed(outputs), strict=True):
        gradient = gradient * _slope(layer.activation, y)
        if layer.bias is not None:
            of_biases += (gradient * layer.bias).reshape(len(gradient), -1).sum(axis=1)
        gradient = _apply_backwards(layer, x, y, gradient)
    return gradient[..., 0], of_biases


def _apply(layer: Layer, x: np.ndarray) -> np.ndarray:
    if layer.kind == "conv2d":
        return _convolve(x, layer.kernel) + layer.bias
    if layer.kind == "max_pooling2d":
        return _split_into_pools(x).max(axis=(2, 4))
    if layer.kind == "flatten":
        return x.reshape(len(x), -1)
    return x @ layer.kernel + layer.bias


def _apply_backwards(layer: Layer, x: np.ndarray, y: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """The gradient with respect to a layer's inputs x, from that to its outputs y before the activation."""
    if layer.kind == "conv2d":
        return _convolve(gradient, layer.kernel[::-1, ::-1].swapaxes(2, 3))
    if layer.kind == "max_pooling2d":
        # Where several inputs are the largest, they share the gradient evenly. Any share gives the same sum;
        # this one does not depend on their order.
        largest = _split_into_pools(x) >= y[:, :, None, :, None] - TIE
        share = gradient / largest.sum(axis=(2, 4))
        back = np.zeros_like(x)
        _split_into_pools(back)[:] = largest * share[:, :, None, :, None]
        return back
    if layer.kind == "flatten":
        return gradient.reshape(x.shape)
    return gradient @ layer.kernel.T


def _convolve(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """(count, rows, columns, outputs): the kernel over x, (count, rows, columns, inputs), zeros around it."""
    rows, columns = kernel.shape[:2]
    up, left = (rows - 1) // 2, (columns - 1) // 2
    padded = np.pad(x, ((0, 0), (up, rows - 1 - up), (left, columns - 1 - left), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (rows, columns), axis=(1, 2))
    # windows: (count, rows, columns, inputs, kernel's rows, kernel's columns)
    return np.tensordot(windows, kernel, axes=((4, 5, 3), (0, 1, 2)))


def _split_into_pools(x: np.ndarray) -> np.ndarray:
    """A view of (count, rows, columns, channels) as (count, rows/2, 2, columns/2, 2, channels)."""
    count, rows, columns, channels = x.shape
    view = x[:, : rows // 2 * 2, : columns // 2 * 2]
    return view.reshape(count, rows // 2, 2, columns // 2, 2, channels)


def _activate(activation: str, x: np.ndarray) -> np.ndarray:
    if activation == "relu":
        return np.maximum(x, 0)
    if activation == "sigmoid":
        return 1 / (1 + np.exp(-x))
    return np.tanh(x) if activation == "tanh" else x


def _slope(activation: str, y: np.ndarray) -> np.ndarray | float:
    """The derivative of an activation, from what it answered."""
    if activation == "relu":
        return (y > 0).astype(np.float64)
    if activation == "sigmoid":
        return y * (1 - y)
    return 1 - y**2 if activation == "tanh" else 1.0
