"""Picture files of one digit each: opened safely, read as the 28 × 28 image of a network, found in a folder.

Only the command lines use this. The page must never open a visitor's picture on the server: a decoder of
image files is where a stranger's bytes do harm. A browser decodes what its user chooses, and sends pixels.
"""

import re
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from model.ink import PictureError, find_ink
from model.normalise import fit_ink

FORMATS = ("PNG", "JPEG", "BMP", "WEBP")  # Pillow's names; it opens nothing else, whatever a file is called
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp")
MAX_MEGAPIXELS = 50  # what telephones deliver; decoded, it takes 200 MB in four channels
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def read_picture(path: str | Path) -> np.ndarray:
    """The (28, 28) uint8 image, 0 paper and 255 ink, of the digit in a picture file. Raises PictureError."""
    return fit_ink(find_ink(open_grey(path)))


def open_grey(path: str | Path) -> np.ndarray:
    """The picture upright, (height, width), 0 black to 255 white. Raises PictureError."""
    path = Path(path)
    if path.is_dir():
        raise PictureError("picture.is-folder")
    try:
        # Pillow's own limit is larger than ours, and it warns by a traceback's line on standard error.
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _decode(file)
    except FileNotFoundError:
        raise PictureError("picture.missing") from None
    except OSError as error:
        raise PictureError("picture.unopenable", reason=error.strerror) from None


def _decode(file) -> np.ndarray:
    if not file.read(1):
        raise PictureError("picture.empty")
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS) as image:
            _check_size(image)
            # A telephone's JPEG may hold a second picture, a preview or the other eye's, and is no animation.
            if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
                raise PictureError("picture.animation", count=image.n_frames)
            image.load()
            return _to_grey(_turn_upright(image))
    except PictureError:
        raise
    except Image.DecompressionBombError:
        raise PictureError("picture.too-large", most=MAX_MEGAPIXELS) from None
    except Image.UnidentifiedImageError:
        raise PictureError("picture.format") from None
    except Exception as error:  # Pillow's decoders raise nearly anything for a damaged file
        raise PictureError("picture.damaged") from error


def _check_size(image: Image.Image) -> None:
    """Before anything is decoded: a file of a kilobyte may claim any size."""
    megapixels = image.width * image.height / 1e6
    if megapixels > MAX_MEGAPIXELS:
        raise PictureError("picture.megapixels", megapixels=megapixels, most=MAX_MEGAPIXELS)


def _turn_upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # damaged metadata say nothing about the pixels
        return image


def _to_grey(image: Image.Image) -> np.ndarray:
    if image.mode.startswith("I;16") or image.mode == "I":  # 16 bits, which Pillow would clip to 8
        return np.asarray(image, np.float32) / 257
    if image.has_transparency_data:
        layers = np.asarray(image.convert("RGBA").convert("LA"), np.float32)
        grey, opacity = layers[..., 0], layers[..., 1] / 255
        # A drawing without paper is laid on white, or on black where its own pixels are light.
        light = (grey * opacity).sum() > 127.5 * opacity.sum() and opacity.mean() < 0.5
        return grey * opacity + (0 if light else 255) * (1 - opacity)
    return np.asarray(image.convert("L"))


def find_labelled_pictures(folder: str | Path) -> list[tuple[Path, int]]:
    """The picture files of a folder and their labels, sorted by path.

    A label is what a name begins with (`7.png`, `7_3.png`, `seven.jpg`), or the name of the folder inside
    that holds the file (`7/anything.png`). Files with other suffixes, and hidden files and
    folders, are left out. Raises
    PictureError for a folder that holds none, or a picture without label.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise PictureError("picture.no-folder", folder=folder)
    found = []
    for path in sorted((*folder.glob("*"), *folder.glob("*/*"))):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() not in SUFFIXES or hidden or path.is_dir():
            continue
        label = _find_label(path.parent.name) if path.parent != folder else _find_label(path.stem)
        if label is None:
            raise PictureError("picture.no-label", path=path)
        found.append((path, label))
    if not found:
        raise PictureError("picture.empty-folder", folder=folder, suffixes=SUFFIXES)
    return found


def _find_label(name: str) -> int | None:
    match = re.match(rf"(\d|{'|'.join(WORDS)})(?![0-9a-z])", name.lower())
    if not match:
        return None
    return int(match[1]) if match[1].isdecimal() else WORDS.index(match[1])


def read_labelled_pictures(folder: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """Images (count, 28, 28) uint8 and labels (count,) int of a folder of pictures. Raises PictureError, with
    each picture that cannot be read: a score without them would be another set's."""
    images, labels, wrong = [], [], []
    for path, label in find_labelled_pictures(folder):
        try:
            images.append(read_picture(path))
            labels.append(label)
        except PictureError as error:
            wrong.append(PictureError("picture.of-file", path=path, reason=error))
    if wrong:
        raise PictureError("picture.unreadable", pictures=wrong)
    return np.stack(images), np.array(labels, int)
