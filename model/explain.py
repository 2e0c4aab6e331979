"""Why one digit and not another: how much each pixel speaks for it, and what every layer answers.

Evidence is measured in logits, the ten numbers before the softmax: a difference of 1 between two of them
makes the first digit e = 2.7 times as probable as the second, before the temperature divides it. Evidence
(attribution) is measured against a baseline, here the average digit: the mean of MNIST's training images.
A pixel's evidence is gradient × (its ink − the baseline's). *Ink* is the evidence of pixels with more ink
than the baseline, *missing ink* that of pixels with less. With blank paper as the baseline, paper would
always get 0, and no ink could be missing. (On this choice: Sturmfels, Lundberg and Lee, "Visualizing the
Impact of Feature Attribution Baselines", Distill 2020.)

    difference of the two logits = ink + missing ink + average digit

The last term is where the sum starts: what the same weights, and above all the biases, make of the average
digit.

- ReLU with max-pooling is linear around a drawing (its slopes and the winners of its pools stay the same),
  so gradient × (ink − average) is exact, and the last term is what the gradient makes of the average, plus
  each bias times its gradient (Srinivas and Fleuret, "Full-Gradient Representation", 2019). Linear around
  this drawing, that is: far from it, at the average digit itself, the network may answer something else.
- Sigmoid and tanh are not linear. There the gradient is averaged over STEPS images on the straight way from
  the average digit to the drawing (integrated gradients: Sundararajan, Taly and Yan 2017), and the last term
  is the network's own answer to the average digit. What such a sum of steps leaves over, most where a pool's
  winner changes between two of them, is under 1 % of the evidence, and is spread over it.

ui/browser/evidence.js repeats this in the browser.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from model.layers import ExplanationError, Layer, backward, forward

AVERAGE_DIGIT = Path(__file__).parent / "average_digit.json"
STEPS = 32  # of the integral; with 8 some sums are off by more than 1 % of the evidence


@dataclass(frozen=True)
class Explanation:
    """pixels: (28, 28) float64, how much each speaks for `digit` (above 0) or for `other` (below), in logits.
    ink, missing_ink: their sums over pixels with more ink than the average digit, and with less.
    average_digit: where the sum starts. difference: of the two logits, as the network has it; ink +
    missing_ink + average_digit is that, to rounding. gradient: (28, 28), of the difference with respect to
    each pixel's ink (0 to 1), averaged where that is done. layers: each layer's outputs, in the network's
    order, without the leading axis; the logits at the end."""

    digit: int
    other: int
    pixels: np.ndarray
    ink: float
    missing_ink: float
    average_digit: float
    difference: float
    gradient: np.ndarray
    layers: tuple[np.ndarray, ...]


@cache
def load_average_digit() -> np.ndarray:
    """(28, 28) float64, 0 to 1: the mean of MNIST's 60,000 training images, in whole grey levels. Not to be
    written into."""
    return np.array(json.loads(AVERAGE_DIGIT.read_text(encoding="utf-8"))) / 255


def explain(
    layers: Sequence[Layer], image: np.ndarray, digit: int | None = None, other: int | None = None
) -> Explanation:
    """Explains what a network (`model.layers.read_layers`) makes of an image (28, 28) uint8.

    digit, other: the two to compare, 0 to 9; by default the one with the highest logit, and the highest of
    the others. Raises ExplanationError where they are the same or no digits.
    """
    ink = np.asarray(image, np.float64)[None] / 255
    outputs = forward(layers, ink)
    digit, other = choose_digits(outputs[-1][0], digit, other)
    weighting = np.zeros((1, outputs[-1].shape[1]))
    weighting[0, [digit, other]] = 1, -1
    average = load_average_digit()[None]
    if is_linear(layers):
        gradient, start = backward(layers, ink, outputs, weighting)
        start = start + (gradient * average).sum()
    else:
        gradient = integrate_gradient(layers, average, ink, weighting)
        start = forward(layers, average)[-1] @ weighting[0]
    difference = outputs[-1][0] @ weighting[0]
    pixels = spread_rest((gradient * (ink - average))[0], difference - start[0])
    more = ink[0] > average[0]
    return Explanation(
        digit,
        other,
        pixels,
        ink=float(pixels[more].sum()),
        missing_ink=float(pixels[~more].sum()),
        average_digit=float(start[0]),
        difference=float(difference),
        gradient=gradient[0],
        layers=tuple(output[0] for output in outputs),
    )


def choose_digits(logits: np.ndarray, digit: int | None, other: int | None) -> tuple[int, int]:
    """The two to compare: those given, the highest logits in place of None."""
    for one in (digit, other):
        if one is not None and (isinstance(one, bool) or not isinstance(one, int) or one not in range(10)):
            raise ExplanationError("explanation.no-digit", found=repr(one))
    if digit is not None and digit == other:
        raise ExplanationError("explanation.same-digit", digit=digit)
    ranked = [int(one) for one in np.argsort(-logits, kind="stable")]
    digit = next(one for one in ranked if one != other) if digit is None else digit
    other = next(one for one in ranked if one != digit) if other is None else other
    return digit, other


def is_linear(layers: Sequence[Layer]) -> bool:
    """Whether the network is linear around a drawing."""
    return all(layer.activation in ("relu", "linear") for layer in layers)


def integrate_gradient(
    layers: Sequence[Layer], start: np.ndarray, end: np.ndarray, weighting: np.ndarray
) -> np.ndarray:
    """The mean gradient (1, 28, 28) on the way between two images (1, 28, 28), by the midpoint rule."""
    shares = (np.arange(STEPS) + 0.5)[:, None, None] / STEPS
    images = start + (end - start) * shares
    gradient, _ = backward(layers, images, forward(layers, images), np.repeat(weighting, STEPS, axis=0))
    return gradient.mean(axis=0, keepdims=True)


def spread_rest(pixels: np.ndarray, total: float) -> np.ndarray:
    """Pixels (28, 28) that sum to the total: each is changed by the same share of its size."""
    sizes = np.abs(pixels)
    return pixels + sizes * ((total - pixels.sum()) / (sizes.sum() or 1))
