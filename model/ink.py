"""Tells ink from paper: dark on light or light on dark, under uneven light, on noisy paper.

    grey, (height, width) ─ find_ink ─ ink ─ model.normalise.fit_ink ─ (28, 28) uint8

Takes arrays and opens no file.
"""

import numpy as np

from model.errors import DigitsError
from model.normalise import average, measure_pen

# Pixels of the longer side at which ink is looked for. A digit of a thirtieth is as large as MNIST's.
WORKING_SIDE = 640
MIN_SIDE = 16  # pixels of the longer side; with fewer a digit has too few to be told from another
# Ink must differ from its paper by this many of 256 grey levels: compressed blank paper wavers by about half.
MIN_CONTRAST = 16
INK = 0.3  # a pixel is ink when it differs from its paper by this share of what full ink does
# In standard deviations of the paper's noise: what a pixel must differ by to be marked, and full ink to be
# ink at all.
MARK_NOISE, FULL_NOISE = 5, 8
SMOOTHED_SIDE = 150  # averaged are 2n + 1 pixels, where this goes n times into the longer side
TONE_SIDE = 48  # pixels of the longer side at which it is told whether ink is dark or light
BROADEST_PEN = 0.32  # of the shorter side; what is broader is taken for paper
LEVEL_VARIATION = 10.0  # grey levels: where the paper varies by less, ink is taken to stand out evenly
# More separate marks than this, all of comparable size, are a text or a pattern, and not one digit.
MAX_MARKS = 12


class PictureError(DigitsError):
    """A picture that cannot be read."""


def find_ink(grey: np.ndarray) -> np.ndarray:
    """How much of each pixel is ink: float32, at most WORKING_SIDE pixels a side, from -0.5 to 1.5: 0 is
    paper, 1 is full ink, and noise lies beyond.

    grey: (height, width), 0 black to 255 white. Raises PictureError if it is too small, or holds no ink,
    specks alone, or a page of marks.
    """
    if max(grey.shape) < MIN_SIDE:
        height, width = grey.shape
        raise PictureError("picture.too-small", width=width, height=height, least=MIN_SIDE)
    grey = _reduce(grey, -(-max(grey.shape) // WORKING_SIDE))
    if _is_light_on_dark(grey):
        grey = 255 - grey
    # Averaging over a few pixels takes most of the paper's noise. A small picture has none to spare.
    smooth = average(grey, max(grey.shape) // SMOOTHED_SIDE)
    paper, noise = _estimate_paper(smooth)
    contrast = paper - smooth
    marked = contrast > max(MIN_CONTRAST / 2, MARK_NOISE * noise)
    full = np.quantile(contrast[marked], 0.9) if marked.any() else 0
    if full < max(MIN_CONTRAST, FULL_NOISE * noise):
        raise PictureError("picture.blank")
    full_ink = _estimate_full_ink(contrast, paper, marked, full)
    mask = _choose_marks(contrast > np.maximum(INK * full_ink, MARK_NOISE * noise))
    # Noise on the paper and on the ink averages out later; cut off at 0, it would leave a grey halo.
    ink = np.clip((paper - grey) / full_ink, -0.5, 1.5)
    # Half-covered pixels round the marks are kept, the noise of the paper beyond them is not.
    reach = 1 + round(measure_pen(ink * mask))
    return np.where(_maximum(np.pad(mask, reach), reach), ink, 0).astype(np.float32)


def _reduce(grey: np.ndarray, factor: int) -> np.ndarray:
    """float32, averaged over blocks of factor × factor pixels; what is left of a block at the rim is cut."""
    height, width = (max(1, length // factor) for length in grey.shape)
    rows, columns = min(factor, grey.shape[0]), min(factor, grey.shape[1])
    blocks = grey[: height * rows, : width * columns].reshape(height, rows, width, columns)
    return blocks.mean(axis=(1, 3), dtype=np.float32)


def _is_light_on_dark(grey: np.ndarray) -> bool:
    """Ink covers less than half of any neighbourhood, so that the median there is paper, in a shadow too.
    What differs from it most is ink: the sign of the third moment says which way."""
    small = _reduce(grey, -(-max(grey.shape) // TONE_SIDE))
    reach = TONE_SIDE // 6  # each neighbourhood is a third of the picture
    near = np.lib.stride_tricks.sliding_window_view(np.pad(small, reach, "edge"), (2 * reach + 1,) * 2)
    return float(((small - np.median(near, axis=(2, 3))) ** 3).sum()) > 0


def _estimate_paper(grey: np.ndarray) -> tuple[np.ndarray, float]:
    """The level of the paper under dark ink, and the standard deviation of its noise.

    A morphological closing fills what is narrower than its window and keeps the edge of a shadow sharp. It
    lies above the mean of noisy paper; the offset is the median over all pixels that are not clearly ink.
    """
    reach = max(4, round(BROADEST_PEN / 2 * min(grey.shape)))
    closed = 255 - _maximum(255 - _maximum(np.pad(grey, 2 * reach, "edge"), reach), reach)
    depth = closed - grey
    depth = depth[depth <= depth.max() / 2]
    above = np.median(depth)
    # 1.4826 median absolute deviations are the standard deviation of a normal distribution.
    return closed - above, 1.4826 * float(np.median(np.abs(depth - above)))


def _estimate_full_ink(
    contrast: np.ndarray, paper: np.ndarray, marked: np.ndarray, full: float
) -> np.ndarray:
    """The contrast of full ink at each pixel, `full` on the average.

    In a shadow ink stands out less, in proportion to the paper's level if it is dark on light, otherwise if
    it was light on dark; so a straight line of that level is fitted to what is marked, by least squares. The
    penalty keeps it level where the paper hardly varies.
    """
    level = paper - paper[marked].mean()
    x, y = level[marked], contrast[marked]
    slope = float(x @ (y - y.mean())) / (float(x @ x) + LEVEL_VARIATION**2 * len(x))
    line = np.maximum(y.mean() + slope * level, y.mean() / 4)
    return line * (full / y.mean())


def _choose_marks(mask: np.ndarray) -> np.ndarray:
    """The mask without specks, and without what comes in from the picture's rim if a digit stands free of
    it. Raises PictureError for a page of marks, or for none."""
    labels, count = _label(mask)
    ys, xs = np.nonzero(mask)
    owner = labels[ys, xs]
    area = np.bincount(owner, minlength=count)
    extent = np.zeros(count)
    at_rim = np.zeros(count, bool)
    for place, length in ((ys, mask.shape[0]), (xs, mask.shape[1])):
        low, high = np.full(count, length), np.zeros(count, int)
        np.minimum.at(low, owner, place)
        np.maximum.at(high, owner, place)
        extent = np.maximum(extent, high - low + 1)
        at_rim |= (low == 0) | (high == length - 1)
    keep = np.ones(count, bool)
    if (~at_rim).any() and extent[~at_rim].max() >= min(mask.shape) / 8:
        keep &= ~at_rim
    keep &= (area >= 0.02 * area[keep].max(initial=1)) & (extent >= 3)
    if not keep.any():
        raise PictureError("picture.specks")
    marks = int((keep & (area >= 0.1 * area[keep].max())).sum())
    if marks > MAX_MARKS:
        raise PictureError("picture.many-marks", count=marks)
    chosen = np.zeros_like(mask)
    chosen[ys, xs] = keep[owner]
    return chosen


def _label(mask: np.ndarray) -> tuple[np.ndarray, int]:
    """Connected components, diagonals included: labels from 0 (of no meaning outside the mask), their count.

    Runs of a row are the nodes; runs of neighbouring rows that touch take the lesser of their labels, until
    none changes.
    """
    width = mask.shape[1]
    padded = np.pad(mask, ((0, 0), (1, 1))).astype(np.int8)
    steps = np.diff(padded, axis=1)
    row, start = np.nonzero(steps == 1)
    _, end = np.nonzero(steps == -1)  # one past the run
    stride = width + 2
    below = (row + 1) * stride
    first = np.searchsorted(row * stride + end, below + start)
    last = np.searchsorted(row * stride + start, below + end, "right")
    counts = np.maximum(last - first, 0)
    a = np.repeat(np.arange(len(row)), counts)
    b = np.arange(len(a)) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(first, counts)
    label = np.arange(len(row))
    while True:
        least = label.copy()
        lesser = np.minimum(label[a], label[b])
        for end_of_edge in (a, b):
            np.minimum.at(least, label[end_of_edge], lesser)
            np.minimum.at(least, end_of_edge, lesser)
        least = least[least]
        if np.array_equal(least, label):
            break
        label = least
    names, label = np.unique(label, return_inverse=True)
    labels = np.zeros(mask.shape, np.intp)
    labels[mask] = np.repeat(label, end - start)
    return labels, len(names)


def _maximum(values: np.ndarray, reach: int) -> np.ndarray:
    """The maximum over a square of 2 reach + 1 pixels, where it lies inside: the result is smaller by
    `reach` at each side. The window is doubled until it is as long."""
    for _ in range(2):  # rows, then columns
        window = 1
        while window < 2 * reach + 1:
            step = min(window, 2 * reach + 1 - window)
            values = np.maximum(values[:-step], values[step:])
            window += step
        values = values.T
    return values
