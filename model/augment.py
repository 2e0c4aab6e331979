"""Other hands from one drawing: the pen's path is bent before it is drawn, which looks like another
person's writing; bending pixels does not. MNIST has no strokes, so its images get the matching changes of
pixels.

`bend` works on many drawings at once (about 0.1 ms each). The ranges of its changes are named below, in units
of the drawing's longer side, with a reason. All randomness comes from the caller's `rng`.
"""

import numpy as np

from model.drawing import NO_DIGIT
from model.preprocess import BOX, Paths, centring_shifts, fill_gaps, find_ink_boxes, shift_images
from model.styles import add_styles

SLANT = 0.22  # standard deviation of x += slant · y; hands lean up to about 30° either way
ROTATION = 0.13  # radians, standard deviation; paper and phones are held askew
ASPECT = 0.18  # standard deviation of log(width / height); narrow and broad hands
BEND = 0.035  # most frequent amount (Rayleigh) of a smooth displacement: no two loops have the same shape
WAVE = 4.0  # radians a side, standard deviation of that displacement's wave number: two thirds of a period
TREMOR = 0.008  # largest standard deviation of a shake along the path; a finger, a mouse, an old hand
STROKE_SHIFT = 0.03  # standard deviation; the second stroke of a 4, 5 or 7 lands where it likes
STROKE_SCALE = 0.06  # standard deviation of log(size) of one stroke against the others
MAX_GAP = 0.08  # between points of what is no digit; three in four gaps of pen digits are smaller
KEEP_POINTS = 0.35  # smallest share of points kept: fast hands and slow tablets give few
TAIL = 0.4  # probability that an end of a stroke runs on or ends early
TAIL_LONGER, TAIL_SHORTER = 0.12, 0.08  # at most
MOST_SHORTER = 0.6  # at most this share of the last two segments is cut off
LIFT = 0.04  # probability that the pen skips at one point of a drawing
JOIN = 0.04  # probability that all strokes of a drawing are joined because the pen was not lifted
PEN_WIDTHS = (1.6, 3.1)  # pixels of the 28 × 28 image; MNIST's pens vary as much

# MNIST's images are of some 250 hands already (LeCun, Cortes and Burges): milder changes, in pixels.
IMAGE_SLANT, IMAGE_ROTATION, IMAGE_ASPECT = 0.12, 0.10, 0.10
IMAGE_BEND = 0.55  # pixels, standard deviation
IMAGE_EDGE = (85, 165)  # the grey, of 255, at which a line ends: broader and finer pens
IMAGE_CONTRAST = 1.5  # gives warped images as much grey, as much black and as much ink as MNIST's own have
WARP_CHUNK = 100  # images at once: what is computed of them stays in the processor's cache


def bend(paths: Paths, rng: np.random.Generator, labels: np.ndarray | None = None) -> Paths:
    """The drawings as other hands might have drawn them, each about the origin with a longer side near 1.

    labels: (count,), 0 to 9 for digits, which also get the strokes of styles (model.styles), NO_DIGIT for
    what is none, which gets points in its gaps; None: all are none. Digits of few points stay coarse: that
    teaches more (docs/experiments.md).
    """
    paths = centre(paths)
    # Filled gaps let straight lines bend, too, and no triangle becomes a line when points are dropped.
    none = np.ones(paths.count, bool) if labels is None else labels == NO_DIGIT
    if none.any():
        paths = fill_gaps(paths, np.where(none, MAX_GAP, np.inf)[paths.drawing])
    if labels is not None:
        paths = add_styles(paths, labels, rng)
    paths = drop_points(paths, rng)
    paths = change_lifts(paths, rng)
    paths = change_tails(paths, rng)
    paths = move_strokes(paths, rng)
    paths = wobble(shake(paths, rng), rng)
    return lean(paths, rng)


def pen_widths(count: int, rng: np.random.Generator) -> np.ndarray:
    """(count,) widths in pixels of the 28 × 28 image."""
    return rng.uniform(*PEN_WIDTHS, count)


def centre(paths: Paths) -> Paths:
    """The drawings about the origin, each with a longer side of 1."""
    boxes = find_ink_boxes(paths)
    size = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    size[size == 0] = 1
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    return paths.replace_xy((paths.xy - middle[paths.drawing]) / size[paths.drawing, None])


def lean(paths: Paths, rng: np.random.Generator) -> Paths:
    """Slant, then rotation, then aspect."""
    return paths.replace_xy(np.einsum("pij,pj->pi", _leanings(paths.count, rng)[paths.drawing], paths.xy))


def _leanings(count, rng, slant=SLANT, rotation=ROTATION, aspect=ASPECT) -> np.ndarray:
    """(count, 2, 2) matrices."""
    angle, squeeze = rng.normal(0, rotation, count), np.exp(rng.normal(0, aspect / 2, count))
    matrices = np.zeros((count, 2, 2))
    matrices[:, 0, 0] = matrices[:, 1, 1] = 1
    matrices[:, 0, 1] = -rng.normal(0, slant, count)
    cos, sin = np.cos(angle), np.sin(angle)
    matrices = np.stack([cos, -sin, sin, cos], axis=-1).reshape(-1, 2, 2) @ matrices
    return np.stack([squeeze, 1 / squeeze], axis=-1)[:, :, None] * matrices


def wobble(paths: Paths, rng: np.random.Generator) -> Paths:
    """Smooth bending: three slow waves across the drawing displace every point."""
    amount = rng.rayleigh(BEND, paths.count)[paths.drawing, None]
    moved = np.zeros_like(paths.xy)
    for _ in range(3):
        wave = rng.normal(0, WAVE, (paths.count, 2))
        phase = rng.uniform(0, 2 * np.pi, (paths.count, 2))
        along = (paths.xy * wave[paths.drawing]).sum(axis=1, keepdims=True)
        moved += np.sin(along + phase[paths.drawing])
    return paths.replace_xy(paths.xy + amount * moved / np.sqrt(1.5))  # the standard deviation of three sines


def shake(paths: Paths, rng: np.random.Generator) -> Paths:
    """Tremor: each point off its place by a little, by a different little for each hand."""
    amount = rng.uniform(0, TREMOR, paths.count)[paths.drawing, None]
    return paths.replace_xy(paths.xy + amount * rng.normal(size=paths.xy.shape))


def move_strokes(paths: Paths, rng: np.random.Generator) -> Paths:
    """Each stroke a little elsewhere, and a little larger or smaller, than the others of its drawing."""
    strokes = int(paths.stroke.max(initial=-1)) + 1
    shift, size = rng.normal(0, STROKE_SHIFT, (strokes, 2)), np.exp(rng.normal(0, STROKE_SCALE, strokes))
    counts = np.maximum(np.bincount(paths.stroke, minlength=strokes), 1)
    middle = (
        np.stack([np.bincount(paths.stroke, paths.xy[:, i], strokes) for i in (0, 1)], 1) / counts[:, None]
    )
    at = middle[paths.stroke]
    return paths.replace_xy(at + (paths.xy - at) * size[paths.stroke, None] + shift[paths.stroke])


def drop_points(paths: Paths, rng: np.random.Generator) -> Paths:
    """Uneven and coarser sampling; the ends of strokes stay."""
    first, last = _ends(paths)
    share = rng.uniform(KEEP_POINTS, 1.3, paths.count)  # above 1, in a third of the drawings, all are kept
    return _keep(paths, first | last | (rng.random(len(paths.xy)) < share[paths.drawing]))


def change_lifts(paths: Paths, rng: np.random.Generator) -> Paths:
    """Missing lifts join all strokes of a drawing; an extra one parts a stroke at one of its points."""
    if not len(paths.xy):
        return paths
    begins = np.r_[True, paths.stroke[1:] != paths.stroke[:-1]]
    new_drawing = np.r_[True, paths.drawing[1:] != paths.drawing[:-1]]
    joined = (rng.random(paths.count) < JOIN)[paths.drawing] & begins & ~new_drawing
    parted = _pick_one_point(paths, rng) & (rng.random(paths.count) < LIFT)[paths.drawing]
    starts = (begins & ~joined) | parted
    return Paths(paths.xy, paths.drawing, np.cumsum(starts) - 1, paths.count)


def _pick_one_point(paths: Paths, rng: np.random.Generator) -> np.ndarray:
    sizes = np.bincount(paths.drawing, minlength=paths.count)
    begin = np.cumsum(sizes) - sizes
    picked = np.zeros(len(paths.xy), bool)
    picked[(begin + (rng.random(paths.count) * sizes).astype(int))[sizes > 0]] = True
    return picked


def change_tails(paths: Paths, rng: np.random.Generator) -> Paths:
    """Moves the ends of strokes on along their direction, or back."""
    xy = paths.xy.copy()
    first, last = (np.flatnonzero(ends) for ends in _ends(paths))
    long_enough = last - first >= 2
    for end, inward in ((first[long_enough], 2), (last[long_enough], -2)):
        way = xy[end] - xy[end + inward]
        length = np.maximum(np.hypot(*way.T), 1e-9)[:, None]
        longer = rng.uniform(-TAIL_SHORTER, TAIL_LONGER, (len(end), 1)) * (rng.random((len(end), 1)) < TAIL)
        xy[end] += way / length * np.maximum(longer, -MOST_SHORTER * length)
    return paths.replace_xy(xy)


def _ends(paths: Paths) -> tuple[np.ndarray, np.ndarray]:
    """Whether each point is the first, and the last, of its stroke."""
    change = paths.stroke[1:] != paths.stroke[:-1]
    return np.r_[True, change][: len(paths.xy)], np.r_[change, True][: len(paths.xy)]


def _keep(paths: Paths, wanted: np.ndarray) -> Paths:
    return Paths(paths.xy[wanted], paths.drawing[wanted], paths.stroke[wanted], paths.count)


def warp_images(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The changes of `bend` for images without strokes: (count, 28, 28) uint8 in and out, the centre of mass
    back in the middle. About 0.1 ms an image."""
    warped = np.empty_like(images)
    for first in range(0, len(images), WARP_CHUNK):
        chunk = slice(first, first + WARP_CHUNK)
        warped[chunk] = _warp_chunk(images[chunk], rng)
    return shift_images(warped, centring_shifts(warped))


def _warp_chunk(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    count, side = images.shape[0], images.shape[1]
    line = np.arange(side, dtype=np.float32) - (side - 1) / 2
    grid = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)  # x, y of each pixel about the middle
    back = np.linalg.inv(_leanings(count, rng, IMAGE_SLANT, IMAGE_ROTATION, IMAGE_ASPECT)).astype(np.float32)
    source = grid @ back.transpose(0, 2, 1)
    for _ in range(2):
        wave = rng.normal(0, WAVE / BOX, (count, 2, 1)).astype(np.float32)
        phase = rng.uniform(0, 2 * np.pi, (count, 1, 2)).astype(np.float32)
        amount = np.float32(IMAGE_BEND) * rng.normal(size=(count, 1, 1)).astype(np.float32)
        source += amount * np.sin(grid @ wave + phase)
    # Bilinear: the four pixels around each source point, in images with a rim of paper.
    source = np.clip(source + (side + 1) / 2, 0, side + 0.999)
    corner = np.floor(source)
    dx, dy = np.moveaxis(source - corner, -1, 0)
    corner = corner.astype(np.intp)
    wide = side + 2
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1))).reshape(-1).astype(np.float32)
    at = corner[..., 1] * wide + corner[..., 0] + np.arange(count)[:, None] * wide * wide
    one, two, three, four = (padded.take(at + on, mode="clip") for on in (0, 1, wide, wide + 1))
    top, bottom = one * (1 - dx) + two * dx, three * (1 - dx) + four * dx
    # Bilinear blurs, and a network then reads blurred images and no others: the edges are made steep again.
    edge = rng.uniform(*IMAGE_EDGE, (count, 1)).astype(np.float32)
    sharp = 127.5 + np.float32(IMAGE_CONTRAST) * (top * (1 - dy) + bottom * dy - edge)
    return np.round(np.clip(sharp, 0, 255)).astype(np.uint8).reshape(images.shape)
