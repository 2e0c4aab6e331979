"""The one way from strokes to the 28 × 28 image that a network reads.

Training, evaluation and the API all go through `preprocess_all`, and the pad through its translation,
ui/browser/preprocess.js, so a network is never shown in use what it was not trained on. The stages are
MNIST's own normalisation as QMNIST reconstructed it (Yadav and Bottou, "Cold Case: The Lost MNIST Digits",
2019), applied to strokes instead of scanned pixels:

    strokes ─ find_ink_boxes ─ fit_to_box ─ draw_paths ─ centring_shifts ─ shift_images ─ (28, 28) uint8

Position, size, resolution and pen width of the original vanish on the way: strokes have no pixels, so they
are scaled first and drawn afterwards, always with the same pen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from model.drawing import Drawing

SIDE = 28  # MNIST's image, pixels
BOX = 20  # the ink, pen included, fits a box of this side, pixels
MIDDLE = 14  # MNIST's centres of mass lie within half a pixel of pixel 14, counted from 0, not of 13.5
PEN_WIDTH = 2.25  # pixels of the 28 × 28 image; MNIST's strokes are about 2 to 2.5 wide
OVERSAMPLING = 2  # drawn with soft edges at twice the resolution, then area-averaged
STEP = 0.75  # from one touch of the pen to the next, in oversampled pixels: the rim wavers by 0.03 of them
# Drawings rendered at once: the pen's touches of this many fit the processor's caches.
CHUNK = 64
# Past this many touches a chunk is a scribble that covers the same pixels over and over; touches that
# fall on the same quarter pixel are then drawn once, which bounds time and memory.
MAX_TOUCHES = 60_000
MIN_SIZE = 1e-300  # of a drawing; the scale of a smaller one overflows, so it is a tap


@dataclass(frozen=True)
class Paths:
    """The strokes of many drawings laid end to end, so that NumPy works on all of them at once.

    xy: (points, 2) float64. drawing: (points,) index of the drawing of each point, ascending, 0 to count-1.
    stroke: (points,) index of its stroke, ascending and never shared by two drawings. count: drawings.
    """

    xy: np.ndarray
    drawing: np.ndarray
    stroke: np.ndarray
    count: int

    @classmethod
    def of(cls, drawings: Sequence[Drawing]) -> "Paths":
        strokes = [stroke for drawing in drawings for stroke in drawing.strokes]
        owner = np.repeat(np.arange(len(drawings)), [len(drawing.strokes) for drawing in drawings])
        lengths = [len(stroke) for stroke in strokes]
        xy = np.concatenate(strokes) if strokes else np.zeros((0, 2))
        return cls(xy, np.repeat(owner, lengths), np.repeat(np.arange(len(strokes)), lengths), len(drawings))

    def replace_xy(self, xy: np.ndarray) -> "Paths":
        return Paths(xy, self.drawing, self.stroke, self.count)

    def select(self, first: int, last: int) -> "Paths":
        """The drawings first to last - 1."""
        a, b = np.searchsorted(self.drawing, [first, last])
        return Paths(self.xy[a:b], self.drawing[a:b] - first, self.stroke[a:b], last - first)


@dataclass(frozen=True)
class Stages:
    """How one drawing became an image, for the page, whose `stages` repeats this.

    ink_box: (left, top, right, bottom) in the drawing's own units. fitted: (20, 20) uint8, the ink in its
    box. image: (28, 28) uint8, what the network reads. shift: (dx, dy) whole pixels by which the box moved
    off the middle to bring the centre of mass there.
    """

    ink_box: tuple[float, float, float, float]
    fitted: np.ndarray
    image: np.ndarray
    shift: tuple[int, int]


def preprocess(drawing: Drawing) -> np.ndarray:
    """The (28, 28) uint8 image of one drawing: 0 paper, 255 ink. A blank drawing gives blank paper."""
    return preprocess_all(Paths.of([drawing]))[0]


def preprocess_all(paths: Paths, pen_width: float | np.ndarray = PEN_WIDTH) -> np.ndarray:
    """The (count, 28, 28) uint8 images of many drawings.

    pen_width: pixels, one for all or one a drawing; only augmentation varies it.
    """
    fitted = fit_to_box(paths, pen_width)
    images = draw_paths(fitted, pen_width)
    return shift_images(images, centring_shifts(images))


def stages(drawing: Drawing) -> Stages:
    """The stages of one drawing that is not blank."""
    paths = Paths.of([drawing])
    image = draw_paths(fit_to_box(paths))
    shift = centring_shifts(image)
    edge = (SIDE - BOX) // 2
    return Stages(
        ink_box=tuple(find_ink_boxes(paths)[0].tolist()),
        fitted=image[0, edge:-edge, edge:-edge],
        image=shift_images(image, shift)[0],
        shift=tuple(shift[0].tolist()),
    )


def find_ink_boxes(paths: Paths) -> np.ndarray:
    """(count, 4) float64: left, top, right, bottom of each drawing's points; zeros for a blank one."""
    boxes = np.zeros((paths.count, 4))
    present, starts = np.unique(paths.drawing, return_index=True)
    if len(present):
        boxes[present, :2] = np.minimum.reduceat(paths.xy, starts)
        boxes[present, 2:] = np.maximum.reduceat(paths.xy, starts)
    return boxes


def fit_to_box(paths: Paths, pen_width: float | np.ndarray = PEN_WIDTH) -> Paths:
    """Scales each drawing evenly so that its ink, pen included, just fits the 20 × 20 box in the middle of
    the 28 × 28 image. A drawing without extent (a tap) becomes a dot in the middle."""
    boxes = find_ink_boxes(paths)
    size = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    scale = (BOX - np.broadcast_to(pen_width, size.shape)) / np.where(size > MIN_SIZE, size, np.inf)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    return paths.replace_xy((paths.xy - middle[paths.drawing]) * scale[paths.drawing, None] + SIDE / 2)


def draw_paths(paths: Paths, pen_width: float | np.ndarray = PEN_WIDTH) -> np.ndarray:
    """Draws strokes given in pixels of the 28 × 28 image with a round pen: (count, 28, 28) uint8."""
    pen_width = np.broadcast_to(pen_width, paths.count)
    images = np.zeros((paths.count, SIDE, SIDE), np.uint8)
    for first in range(0, paths.count, CHUNK):
        last = min(first + CHUNK, paths.count)
        images[first:last] = _draw_chunk(paths.select(first, last), pen_width[first:last])
    return images


def _draw_chunk(paths: Paths, pen_width: np.ndarray) -> np.ndarray:
    side = SIDE * OVERSAMPLING
    xy, drawing = _touch_along(paths)
    if len(xy) > MAX_TOUCHES:
        rows = np.unique(np.column_stack([drawing, np.round(xy * 4)]).astype(np.int32), axis=0)
        drawing, xy = rows[:, 0], rows[:, 1:] / 4
    # A pixel's ink is how much of it the pen covers; for a round pen whose rim is d from the pixel's
    # centre that is close to d + 1/2, between 0 and 1. Where touches overlap, the nearest counts.
    radius = pen_width.astype(np.float32) * OVERSAMPLING / 2
    reaches = np.ceil(radius + 0.5).astype(int)
    rim = reaches.max(initial=0)
    margin = side + 2 * rim  # so that a pen at the rim needs no special case
    corner = np.floor(xy).astype(np.intp)
    place = (drawing * margin + corner[:, 1] + rim) * margin + corner[:, 0] + rim
    nearest = np.full(paths.count * margin * margin, np.float32(np.inf))  # squared distances
    for reach in set(reaches.tolist()):
        offsets, rows, columns = _find_disc(reach)
        these = reaches[drawing] == reach
        within = (xy - corner)[these]
        across, down = ((offsets + 0.5 - within[:, i, None]).astype(np.float32) ** 2 for i in (0, 1))
        np.minimum.at(
            nearest,
            (place[these, None] + offsets[rows] * margin + offsets[columns]).ravel(),
            (down[:, rows] + across[:, columns]).ravel(),
        )
    nearest = nearest.reshape(paths.count, margin, margin)[:, rim : rim + side, rim : rim + side]
    ink = np.clip(radius[:, None, None] + np.float32(0.5) - np.sqrt(nearest), 0, 1)
    averaged = sum(
        ink[:, i::OVERSAMPLING, j::OVERSAMPLING] for i in range(OVERSAMPLING) for j in range(OVERSAMPLING)
    )
    return np.round(averaged * (255 / OVERSAMPLING**2)).astype(np.uint8)


@cache
def _find_disc(reach: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The offsets from -reach to reach, and the places in them, for rows and for columns, of the pixels that
    a pen of that reach can touch from anywhere in the pixel in the middle."""
    offsets = np.arange(-reach, reach + 1)
    nearest = np.maximum(np.abs(offsets) - 0.5, 0) ** 2
    return offsets, *np.nonzero(nearest[:, None] + nearest < reach**2)


def _touch_along(paths: Paths) -> tuple[np.ndarray, np.ndarray]:
    """Where the pen touches the paper: points at most STEP apart along every stroke, in oversampled pixels,
    kept on the paper, and the drawing of each."""
    xy = np.clip(paths.xy * OVERSAMPLING, 0, SIDE * OVERSAMPLING - 1e-6)
    touches = fill_gaps(paths.replace_xy(xy), STEP)
    return touches.xy, touches.drawing


def fill_gaps(paths: Paths, step: float | np.ndarray) -> Paths:
    """The paths with points on their lines, so that none of a stroke are further than `step` apart: one for
    all, or one a point, for the line that begins there; infinite adds none."""
    xy = paths.xy
    if len(xy) == 0:
        return paths
    way = np.zeros_like(xy)
    way[:-1] = np.where((paths.stroke[1:] == paths.stroke[:-1])[:, None], xy[1:] - xy[:-1], 0)
    # Not np.hypot, whose last bit differs between platforms, and from JavaScript's.
    length = np.sqrt(way[:, 0] * way[:, 0] + way[:, 1] * way[:, 1])
    points = np.maximum(1, np.ceil(length / step)).astype(np.int64)
    start = np.repeat(np.arange(len(xy)), points)
    nth = np.arange(len(start)) - np.repeat(np.cumsum(points) - points, points)
    filled = xy[start] + way[start] * (nth / points[start])[:, None]
    return Paths(filled, paths.drawing[start], paths.stroke[start], paths.count)


def centring_shifts(images: np.ndarray) -> np.ndarray:
    """(count, 2) int64: whole pixels (dx, dy) that bring each image's centre of mass nearest to MIDDLE, as
    far as the ink stays inside the image. Zero for blank paper."""
    side = images.shape[-1]
    shifts = np.zeros((len(images), 2), np.int64)
    for axis, profile in enumerate((images.sum(axis=1, dtype=np.int64), images.sum(axis=2, dtype=np.int64))):
        mass = profile.sum(axis=1)
        centre = profile @ np.arange(side) / np.maximum(mass, 1)
        first, last = (profile > 0).argmax(axis=1), side - 1 - (profile[:, ::-1] > 0).argmax(axis=1)
        shift = np.floor(MIDDLE - centre + 0.5).astype(np.int64)
        shifts[:, axis] = np.where(mass > 0, np.clip(shift, -first, side - 1 - last), 0)
    return shifts


def shift_images(images: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """Images moved by whole pixels (dx, dy), paper coming in at the rim; same shape and type."""
    side = images.shape[-1]
    padded = np.pad(images, ((0, 0), (side, side), (side, side)))
    rows = side - shifts[:, 1, None] + np.arange(side)
    columns = side - shifts[:, 0, None] + np.arange(side)
    return padded[np.arange(len(images))[:, None, None], rows[:, :, None], columns[:, None, :]]
