"""MNIST's normalisation for ink that is made of pixels: ink ─ fit_ink ─ (28, 28) uint8.

It does what MNIST did with scanned digits: scales the ink evenly to a box of 20 × 20 by area averaging and
brings the centre of mass to the middle, by the functions that do so for a drawing. What was written with a
pen much thinner or thicker than MNIST's is thickened or thinned.
"""

import numpy as np

from model.preprocess import BOX, PEN_WIDTH, SIDE, centring_shifts, shift_images

EDGE = 0.25  # share of full ink; pixels with less are blur, which does not belong to the ink's box
# Pen widths, in pixels of the 28 × 28 image, that are left as they are: 98 of 100 of MNIST's training images.
USUAL_PEN = (1.5, 4.0)
FINE = 4  # pens are thinned and thickened at this many times the resolution of the 28 × 28 image


def fit_ink(ink: np.ndarray) -> np.ndarray:
    """The (28, 28) uint8 image, 0 paper, 255 ink, of ink (height, width): 0 paper, 1 full ink,
    noise beyond both. Some of it must be ink."""
    # Ink in MNIST's own size keeps its faint rim: it is no blur, and without it the ink would be scaled.
    ink = _crop(ink, ink > 0)
    if max(ink.shape) > BOX:
        smooth = average(ink, max(ink.shape) // 60)  # so that noise does not stretch the box
        ink = _crop(ink, smooth > EDGE * min(1, smooth.max()))
    size = max(ink.shape)
    pen = measure_pen(ink) * BOX / size
    wanted = PEN_WIDTH if pen < USUAL_PEN[0] else min(pen, USUAL_PEN[1])
    if wanted == pen:
        image = _average_areas(ink, BOX / size)
    else:
        # The ink's rim moves by half of the difference at each side: the box has to fit afterwards.
        fine = _average_areas(ink, FINE * (BOX - wanted) / max(size - measure_pen(ink), 1), FINE * SIDE)
        fine = _change_pen(np.clip(fine, 0, 1), FINE * (wanted - pen) / 2)
        image = fine.reshape(SIDE, FINE, SIDE, FINE).mean(axis=(1, 3))
    images = np.round(np.clip(image, 0, 1) * 255).astype(np.uint8)[None]
    return shift_images(images, centring_shifts(images))[0]


def measure_pen(ink: np.ndarray) -> float:
    """The mean width of the strokes, pixels: a line of length L and width w has area L w and outline 2 L. The
    outline is the count of pixels' sides times π / 4, its mean over all directions (Cauchy and Crofton)."""
    mask = np.pad(ink > 0.5, 1)
    sides = (mask[1:] != mask[:-1]).sum() + (mask[:, 1:] != mask[:, :-1]).sum()
    return 2 * float(ink.sum()) / max(float(sides) * np.pi / 4, 1)


def _crop(ink: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Ink in the box of the mask."""
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _change_pen(ink: np.ndarray, reach: float) -> np.ndarray:
    """Ink whose rim has moved outwards by `reach` pixels, or inwards if it is negative. A line that is too
    thin to be thinned stays as its skeleton, as wide as the finest usual pen."""
    if reach >= 0:
        return _dilate(ink, reach)
    thinned = 1 - _dilate(1 - ink, -reach)
    return np.maximum(thinned, _dilate(_skeleton(ink > 0.5).astype(np.float32), FINE * USUAL_PEN[0] / 2))


def _dilate(ink: np.ndarray, reach: float) -> np.ndarray:
    """The maximum over a disc of that radius with a soft rim."""
    whole = int(np.ceil(reach))
    padded = np.pad(ink, whole, "edge")
    found = ink.copy()
    for dy in range(-whole, whole + 1):
        for dx in range(-whole, whole + 1):
            share = min(1.0, reach + 0.5 - float(np.hypot(dx, dy)))
            if share > 0:
                shifted = padded[whole + dy :, whole + dx :][: ink.shape[0], : ink.shape[1]]
                np.maximum(found, share * shifted, out=found)
    return found


def _skeleton(mask: np.ndarray) -> np.ndarray:
    """Lines one pixel wide in the middle of the strokes (Zhang and Suen, "A Fast Parallel Algorithm for
    Thinning Digital Patterns", 1984)."""
    mask = np.pad(mask, 1)
    while True:
        before = mask.sum()
        for first in (True, False):
            north, east, south, west = (
                np.roll(mask, shift, axis) for shift, axis in ((1, 0), (-1, 1), (-1, 0), (1, 1))
            )
            ring = [
                north,
                np.roll(north, -1, 1),
                east,
                np.roll(south, -1, 1),
                south,
                np.roll(south, 1, 1),
                west,
                np.roll(north, 1, 1),
            ]
            neighbours = np.sum(ring, axis=0)
            turns = np.sum(
                [~here & there for here, there in zip(ring, ring[1:] + ring[:1], strict=True)], axis=0
            )
            open_side = ~(east & south & (north | west)) if first else ~(north & west & (east | south))
            mask = mask & ~((neighbours >= 2) & (neighbours <= 6) & (turns == 1) & open_side)
        if mask.sum() == before:
            return mask[1:-1, 1:-1]


def _average_areas(ink: np.ndarray, scale: float, side: int = SIDE) -> np.ndarray:
    """Ink scaled and laid in the middle of (side, side), each pixel the mean of the area that it covers.

    Its left and top rims fall between two pixels: ink in MNIST's size is not blurred.
    """
    across = []
    for length in ink.shape:
        start = (side - length * scale + 1) // 2
        edges = (np.arange(side + 1) - start) / scale
        low, high = edges[:-1, None], edges[1:, None]
        pixel = np.arange(length)
        across.append(np.clip(np.minimum(high, pixel + 1) - np.maximum(low, pixel), 0, None) * scale)
    return across[0] @ ink @ across[1].T


def average(values: np.ndarray, reach: int) -> np.ndarray:
    """The mean over a square of 2 reach + 1 pixels."""
    side = 2 * reach + 1
    values = np.pad(values, reach, "edge")
    for _ in range(2):  # rows, then columns
        length = len(values) - 2 * reach
        values = sum(values[step : step + length] for step in range(side)).T / np.float32(side)
    return values
