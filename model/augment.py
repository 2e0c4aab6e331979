"""Other hands from one drawing: the pen's path is bent before it is drawn, which looks like another
person's writing; bending pixels does not. MNIST has no strokes, so its images get the matching changes of
pixels.

`bend` works on many drawings at once (about 0.1 ms each). Every change has a named range below, in units of
the drawing's longer side, and a reason. All randomness comes from the caller's `rng`.

What each part of the recipe does, for `cnn`, ten epochs, seed 1: read right (mean cross-entropy at the best
temperature) of 10,000 of MNIST's training images and of writers 19 to 24, none of which were trained on.
Chance moves the first by 0.1 and the second by 0.2 points. "Copies" are of the pen digits, "shapes" so many
that are none for 100 digits.

    trained on                                          MNIST            writers
    MNIST as it is (eight epochs)                       99.14 (0.029)    94.47 (0.172)
    MNIST, three in five warped and blurred by it       99.37 (0.022)    94.60 (0.146)
    the same, six copies, 12 shapes                     99.12 (0.037)    99.47 (0.028)
      no shapes (eight epochs)                          99.22 (0.028)    99.27 (0.036)
      four copies, 4 shapes                             99.20 (0.031)    99.40 (0.029)
      the same, pens from 2.1 to 2.5 pixels             99.21 (0.032)    99.40 (0.032)
      dropout 0.4, 6 shapes                             99.04 (0.037)    99.40 (0.030)
      dropout 0.2, about three quarters of each range   99.08 (0.037)    99.33 (0.032)
      MNIST unwarped in the last three, 6 shapes        99.18 (0.033)    99.33 (0.030)
      two copies, 5 shapes, twelve epochs               99.29 (    –)    99.07 (    –)
      the same, moving average of the weights           99.29 (0.028)    99.07 (0.037)
      all of MNIST warped, four copies, 24 epochs       96.87 (0.107)    99.20 (0.031)
    warped MNIST as sharp as MNIST, twelve epochs:
      seven in ten warped, six copies, 8 shapes         99.39 (0.026)    99.20 (0.034)
      four in five, half as far again, 4 copies         99.45 (0.021)    99.40 (0.032)
      the same, fitted to 20 pixels again               99.44 (0.022)    99.13 (0.034)
      the same, six copies, 12 shapes, not fitted       99.44 (0.026)    99.20 (0.032)

As long as warped images were blurred, they taught `cnn` little about sharp ones, and each pen digit and shape
seemed to cost MNIST. `dense` has a hundred thousand weights for all of this; what it is given for one thing
it takes from another. Forty to sixty epochs, 12 shapes; last, the share of Japanese letters, which it was not
taught then, that it took for a digit when one digit in a hundred was refused. Chance moves it by 2 points:

    blurred                                             98.17 (0.064)    98.93 (0.048)    12 %
    sharp                                               98.46 (0.058)    98.73 (0.047)    10 %
      bent half as far again                            98.35 (0.059)    98.67 (0.051)    14 %
      a shape counts for two                            98.30 (0.065)    98.73 (0.051)     8 %
      a shape counts for three                          98.08 (0.070)    98.60 (0.054)     6 %
      for two, no dropout, batches of 512               98.07 to 98.19   98.5 to 98.9      9 to 11 %
      the same, label smoothing 0.05                    98.22 (0.066)    99.07 (0.041)     9 %
      for three, label smoothing 0.05                   98.08 (0.070)    98.67 (0.050)     9 %
    a shape counts for two, no dropout, batches of 512:
      ten lots of images in turn, 130 epochs            98.24 (0.065)    98.87 (0.046)     5 %
      the same, 120 epochs                              98.17 (0.065)    98.73 (0.047)     9 %
      a shape counts for three, 120 epochs              98.04 (0.072)    98.40 (0.058)     7 %
      eight lots in turn, 96 epochs                     98.14 (0.068)    98.80 (0.047)     8 %
      the same, each for twelve epochs on end           97.91 (0.078)    98.67 (0.048)    10 %
      five lots in turn, 128 epochs                     97.97 (0.075)    98.53 (0.053)    10 %
      the same, each for 26 epochs on end               97.61 (0.085)    98.60 (0.061)    13 %
    ten lots in turn, 70 or 80 epochs:
      for three, dropout 0.1, batches of 256            98.08 (0.074)    98.73 (0.052)     6 %
      for four, dropout 0.1, batches of 256             97.92 (0.078)    98.47 (0.060)     6 %
      for two, one of MNIST's images for a half         97.78 (0.082)    99.00 (0.049)     7 %
      for two, divergence from even the other way       98.37 (0.065)    98.80 (0.043)     8 %
      the same, for four                                97.96 (0.079)    98.67 (0.047)     9 %
      for three, squared distance from even             98.40 (0.059)    98.60 (0.050)    12 %
      the same, for eight                               98.06 (0.069)    98.67 (0.054)     7 %

With 35 shapes for 100 digits, each counting for one, ten lots in turn, 60 epochs; last, the share taken of
Japanese letters and Greek ones in thin lines, bent. Chance moves it by 2 points:

    adam                                                98.09 (0.073)    98.47 (0.061)    10 %
      another seed                                      97.89 (0.074)    98.73 (0.057)    11 %
      150 epochs                                        97.99 (0.073)    98.60 (0.057)     8 %
      150 epochs, a shape counts for one and a half     98.16 (0.078)    98.60 (0.059)     9 %
      150 epochs, divergence from even the other way    97.94 (0.077)    98.47 (0.053)     9 %
      that divergence, a shape counts for two           97.51 (0.091)    98.67 (0.058)     6 %
      a pen digit counts for two                        97.70 (0.079)    98.80 (0.051)    10 %
      beta 2 of 0.99, 6e-3                              97.93 (0.076)    98.47 (0.059)     9 %
      muon                                              97.94 (0.075)    98.47 (0.052)     8 %
      tanh                                              98.14 (0.069)    98.87 (0.055)    15 %

What it had not been shown were letters as they are printed, with serifs and double lines. In the mean of two
seeds; last, the same letters apart, and Greek ones in print, which are taught to neither:

    Latin letters in thin lines                         97.99 (0.073)    98.60 (0.059)     6, 17, 23 %
      a third of them in print                          98.04 (0.073)    98.67 (0.057)     4, 14, 11 %
"""

import numpy as np

from model.preprocess import Paths, centring_shifts, find_ink_boxes, shift_images

SLANT = 0.22  # standard deviation of x += slant · y; hands lean up to about 30° either way
ROTATION = 0.13  # radians, standard deviation; paper and phones are held askew
ASPECT = 0.18  # standard deviation of log(width / height); narrow and broad hands
BEND = 0.035  # standard deviation of a smooth displacement: no two loops have the same shape
TREMOR = 0.008  # largest standard deviation of a shake along the path; a finger, a mouse, an old hand
STROKE_SHIFT = 0.03  # standard deviation; the second stroke of a 4, 5 or 7 lands where it likes
STROKE_SCALE = 0.06  # standard deviation of log(size) of one stroke against the others
KEEP_POINTS = 0.35  # smallest share of points kept: fast hands and slow tablets give few
TAIL_LONGER, TAIL_SHORTER = 0.12, 0.08  # strokes that run on, or end early, at either end
LIFT = 0.04  # probability that the pen skips within a stroke
JOIN = 0.04  # probability that two strokes are joined because the pen was not lifted
PEN_WIDTHS = (1.6, 3.1)  # pixels of the 28 × 28 image; MNIST's pens vary as much
ADDED = 0.12  # probability of a bar on a 7, a slash in a 0, a flag or a foot on a plain 1

# MNIST's images are already written by 250 hands: milder changes, in pixels.
IMAGE_SLANT, IMAGE_ROTATION, IMAGE_ASPECT = 0.12, 0.10, 0.10
IMAGE_BEND = 0.55  # pixels, standard deviation
IMAGE_EDGE = (85, 165)  # the grey, of 255, at which a line ends: broader and finer pens
IMAGE_CONTRAST = 1.5  # gives warped images as much grey, as much black and as much ink as MNIST's own have
WARP_CHUNK = 100  # images at once: what is computed of them stays in the processor's cache


def bend(paths: Paths, rng: np.random.Generator, labels: np.ndarray | None = None) -> Paths:
    """The drawings as other hands might have drawn them, each about the origin with a longer side near 1.

    labels: (count,) digits, to add the bars and serifs that people add; None adds nothing.
    """
    paths = _centre(paths)
    if labels is not None:
        paths = add_serifs(paths, labels, rng)
    paths = drop_points(paths, rng)
    paths = change_lifts(paths, rng)
    paths = change_tails(paths, rng)
    paths = move_strokes(paths, rng)
    paths = wobble(shake(paths, rng), rng)
    return lean(paths, rng)


def pen_widths(count: int, rng: np.random.Generator) -> np.ndarray:
    """(count,) widths in pixels of the 28 × 28 image."""
    return rng.uniform(*PEN_WIDTHS, count)


def _centre(paths: Paths) -> Paths:
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
        wave = rng.normal(0, 4.0, (paths.count, 2))  # radians a side: about two thirds of a period
        phase = rng.uniform(0, 2 * np.pi, (paths.count, 2))
        along = (paths.xy * wave[paths.drawing]).sum(axis=1, keepdims=True)
        moved += np.sin(along + phase[paths.drawing])
    return paths.replace_xy(paths.xy + amount * moved / np.sqrt(1.5))


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
    share = rng.uniform(KEEP_POINTS, 1.3, paths.count)  # above 1: a quarter of the drawings keep them all
    return _keep(paths, first | last | (rng.random(len(paths.xy)) < share[paths.drawing]))


def change_lifts(paths: Paths, rng: np.random.Generator) -> Paths:
    """Missing lifts join two strokes of a drawing; extra ones part a stroke at one of its points."""
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
        longer = rng.uniform(-TAIL_SHORTER, TAIL_LONGER, (len(end), 1)) * (rng.random((len(end), 1)) < 0.4)
        xy[end] += way / length * np.maximum(longer, -0.6 * length)
    return paths.replace_xy(xy)


def add_serifs(paths: Paths, labels: np.ndarray, rng: np.random.Generator) -> Paths:
    """Bars through sevens, slashes through zeros, flags and feet on plain ones, as many schools teach."""
    chosen = rng.random(paths.count) < ADDED
    boxes = find_ink_boxes(paths)
    width = boxes[:, 2] - boxes[:, 0]
    added = []
    for index in np.flatnonzero(chosen & np.isin(labels, (0, 1, 7)) & (boxes[:, 3] - boxes[:, 1] > 0.9)):
        points = paths.xy[slice(*np.searchsorted(paths.drawing, [index, index + 1]))]
        if labels[index] == 7:
            y = rng.uniform(-0.1, 0.15)
            x = points[np.abs(points[:, 1] - y).argmin(), 0]
            left, right = rng.uniform(0.12, 0.3, 2)
            added.append((index, [[x - left, y + rng.normal(0, 0.04)], [x + right, y + rng.normal(0, 0.04)]]))
        elif labels[index] == 0 and width[index] > 0.35:
            x, y = width[index] / 2 * rng.uniform(0.5, 1.2), rng.uniform(0.25, 0.5)
            added.append((index, [[x, -y], [-x, y]]))
        elif labels[index] == 1 and width[index] < 0.3:
            top, foot = points[points[:, 1].argmin()], points[points[:, 1].argmax()]
            out = rng.uniform(0.08, 0.22)  # longer or flatter ones are sevens
            added.append((index, [top + [-out, out * rng.uniform(0.8, 1.5)], top]))
            if rng.random() < 0.5:
                added.append(
                    (index, [foot - [rng.uniform(0.1, 0.25), 0], foot + [rng.uniform(0.1, 0.25), 0]])
                )
    return _add_strokes(paths, added)


def _add_strokes(paths: Paths, added: list[tuple[int, list]]) -> Paths:
    if not added:
        return paths
    xy = np.concatenate([paths.xy, *(np.array(points) for _, points in added)])
    drawing = np.concatenate([paths.drawing, *(np.full(len(points), index) for index, points in added)])
    new = np.repeat(np.arange(len(added)), [len(points) for _, points in added])
    stroke = np.concatenate([paths.stroke, new + paths.stroke.max(initial=-1) + 1])
    order = np.argsort(drawing, kind="stable")
    stroke = stroke[order]
    return Paths(xy[order], drawing[order], np.cumsum(np.r_[False, stroke[1:] != stroke[:-1]]), paths.count)


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
        wave = rng.normal(0, 4.0 / 20, (count, 2, 1)).astype(np.float32)
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
