import io
import zlib
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from model.ink import MAX_MARKS, PictureError, find_ink
from model.normalise import fit_ink
from model.pictures import find_labelled_pictures, open_grey, read_picture
from model.preprocess import PEN_WIDTH, Paths, preprocess_all, shift_images
from tests.support.errors import raises
from ui.text.words import say_error

STEPS = np.array([(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)])
SEVEN = np.array([[20.0, 20], [60, 20], [35, 90]])


def draw(stroke=SEVEN, pen=9, side=120) -> np.ndarray:
    """Ink, (side, side) from 0 to 255, of one stroke in pixels."""
    y, x = np.mgrid[:side, :side] + 0.5
    distance = np.full((side, side), np.inf)
    for a, b in pairwise(stroke):
        along = np.clip(((x - a[0]) * (b - a)[0] + (y - a[1]) * (b - a)[1]) / ((b - a) @ (b - a)), 0, 1)
        distance = np.minimum(
            distance, np.hypot(x - a[0] - along * (b - a)[0], y - a[1] - along * (b - a)[1])
        )
    return np.clip(pen / 2 + 0.5 - distance, 0, 1) * 255


def differ(a: np.ndarray, b: np.ndarray) -> float:
    """Mean difference of two images, at the best of nine places: a trifle decides to which of two pixels a
    centre of mass between them is moved."""
    moved = shift_images(np.repeat(a[None], len(STEPS), axis=0), STEPS)
    return float(np.abs(moved.astype(int) - b).mean(axis=(1, 2)).min())


def read(grey: np.ndarray) -> np.ndarray:
    return fit_ink(find_ink(grey))


@pytest.fixture
def paper():
    return 255 - draw()


def test_mnist_images_come_out_nearly_as_they_are(mnist):
    images = mnist.x_train[-200:]
    found = np.stack([read(image) for image in images])
    near = np.abs(found.astype(int) - images).mean(axis=(1, 2)) < 8
    assert near.mean() > 0.9
    assert all(np.array_equal(read(255 - image), one) for image, one in zip(images[:20], found, strict=False))


def test_a_picture_of_a_stroke_is_what_the_stroke_is_drawn_as(paper):
    (expected,) = preprocess_all(Paths(SEVEN, np.zeros(3, int), np.zeros(3, int), 1))
    assert differ(read(paper), expected) < 6


def test_dark_on_light_and_light_on_dark_are_the_same(paper):
    assert np.array_equal(read(paper), read(255 - paper))


def test_place_and_size_do_not_matter(paper):
    larger = np.pad(np.kron(paper, np.ones((3, 3))), ((200, 10), (0, 90)), constant_values=255)
    assert differ(read(larger), read(paper)) < 3


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("angle", [0, 0.6, 2, 4])
@pytest.mark.parametrize("blur", [1, 30])
def test_a_shadow_across_and_noisy_paper_do_not_matter(paper, rng, inverted, angle, blur):
    y, x = np.mgrid[:120, :120] - 60
    shade = 1 / (1 + np.exp(-np.clip((x * np.cos(angle) + y * np.sin(angle)) / blur * 4, -50, 50)))
    shaded = (30 + paper * 0.8) * (1 - 0.4 * shade)
    shaded = (255 - shaded if inverted else shaded) + rng.normal(0, 4, shaded.shape)
    assert differ(read(np.clip(shaded, 0, 255)), read(paper)) < 6


@pytest.mark.parametrize("pen", [1, 2, 12, 18])
def test_a_thin_and_a_thick_pen_come_out_near_the_standard_pen(pen):
    image = read(255 - draw(pen=pen))
    standard = read(255 - draw(pen=70 / 18 * PEN_WIDTH))
    assert 0.5 < image.sum(dtype=int) / standard.sum(dtype=int) < 1.8
    rows, columns = np.nonzero(image > 60)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20, 21)


def test_a_line_of_one_pixel_on_a_large_sheet_is_found():
    image = read(255 - draw(SEVEN * 4, pen=1, side=480))
    assert differ(image, read(255 - draw(pen=9))) < 12


def test_a_second_stroke_that_stands_apart_is_kept(paper):
    parts = np.minimum(paper, 255 - draw(np.array([[80.0, 20], [80, 60]])))
    assert np.ptp(np.nonzero(read(parts))[1]) > np.ptp(np.nonzero(read(paper))[1])


def test_specks_and_a_dark_rim_are_left_out(paper):
    dirty = paper.copy()
    dirty[100, 100] = dirty[10, 80] = 0
    dirty[:, 117:] = 0
    assert differ(read(dirty), read(paper)) < 1


@pytest.mark.parametrize("noise", [0, 3, 30])
def test_blank_paper_is_refused(rng, noise):
    with raises(PictureError, "blank"):
        find_ink(np.clip(200 + rng.normal(0, noise, (300, 300)), 0, 255))


def test_a_shadow_alone_is_refused():
    with raises(PictureError, "blank"):
        find_ink(np.tile(np.linspace(60, 220, 300), (200, 1)))


def test_a_page_of_marks_is_refused(paper):
    page = np.tile(paper, (4, 4))
    with raises(PictureError, "16 separate marks"):
        find_ink(page)
    assert MAX_MARKS < 16


def test_too_few_pixels_are_refused():
    with raises(PictureError, "8 × 9 pixels"):
        find_ink(np.zeros((9, 8)))


def save(path, image: Image.Image, **options):
    image.save(path, **options)
    return path


MODES = {
    "grey.png": lambda image: image,
    "colour.webp": lambda image: image.convert("RGB"),
    "colour.bmp": lambda image: image.convert("RGB"),
    "colour.jpg": lambda image: image.convert("RGB"),
    "cmyk.jpg": lambda image: image.convert("RGB").convert("CMYK"),
    "palette.png": lambda image: image.convert("P"),
    "one_bit.png": lambda image: image.convert("1", dither=Image.Dither.NONE),
    "sixteen_bits.png": lambda image: Image.fromarray(np.asarray(image).astype(np.uint16) * 257),
    "on_nothing.png": lambda image: Image.merge(
        "LA", (image.point(lambda _: 0), image.point(lambda v: 255 - v))
    ),
    "white_on_nothing.png": lambda image: Image.merge(
        "LA", (image.point(lambda _: 255), image.point(lambda v: 255 - v))
    ),
}


@pytest.mark.parametrize("name", MODES)
def test_every_kind_of_picture_gives_the_same_image(name, tmp_path, paper):
    image = Image.fromarray(paper.astype(np.uint8))
    assert differ(read_picture(save(tmp_path / name, MODES[name](image))), read(paper)) < 4


def test_a_picture_is_turned_upright(tmp_path, paper):
    lying = Image.fromarray(paper.astype(np.uint8)).transpose(Image.Transpose.ROTATE_90)
    exif = lying.getexif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    assert differ(read_picture(save(tmp_path / "7.png", lying, exif=exif)), read(paper)) < 1


def png_of_size(width: int, height: int) -> bytes:
    """A PNG whose head claims that size, with hardly any data."""
    file = io.BytesIO()
    Image.new("L", (28, 28)).save(file, "PNG")
    data = bytearray(file.getvalue())
    data[16:24] = width.to_bytes(4) + height.to_bytes(4)
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4)
    return bytes(data)


def bad_file(kind: str) -> bytes:
    file = io.BytesIO()
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (90, 90), np.uint8))
    if kind == "cut short":
        noise.save(file, "JPEG")
        return file.getvalue()[:-600]
    if kind == "an animation":
        noise.save(file, "WEBP", save_all=True, append_images=[noise.rotate(90)])
    if kind == "GIF":
        noise.save(file, "GIF")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"no picture at all", "no PNG, JPEG, BMP or WebP"),
        (bad_file("GIF"), "no PNG, JPEG, BMP or WebP"),
        (bad_file("cut short"), "cut short"),
        (bad_file("an animation"), "animation of 2"),
        (png_of_size(10_000, 10_000), "100 megapixels"),
        (png_of_size(60_000, 60_000), "megapixels"),
    ],
)
def test_a_bad_file_is_told_in_one_sentence(data, words, tmp_path):
    path = tmp_path / "7.png"
    path.write_bytes(data)
    with raises(PictureError, words) as said:
        open_grey(path)
    sentence = say_error(said.value)
    assert sentence.count(". ") == 0 and sentence.endswith(".")


def test_a_folder_and_a_missing_file_are_told(tmp_path):
    with raises(PictureError, "folder"):
        open_grey(tmp_path)
    with raises(PictureError, "no such file"):
        open_grey(tmp_path / "7.png")


def test_labels_come_from_the_names_of_files_and_folders(tmp_path):
    pictures = ("7.png", "3_12.JPG", "nine.webp", "5/anything.bmp", "0/8.png")
    for name in (*pictures, "notes.txt", ".1.png", ".thumbnails/1.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = {path.relative_to(tmp_path).as_posix(): label for path, label in find_labelled_pictures(tmp_path)}
    assert found == {"7.png": 7, "3_12.JPG": 3, "nine.webp": 9, "5/anything.bmp": 5, "0/8.png": 0}


@pytest.mark.parametrize("name", ["12.png", "sketch.png", "often.png", "sketches/7.png"])
def test_a_picture_without_label_is_told(name, tmp_path):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()
    with raises(PictureError, "names no digit"):
        find_labelled_pictures(tmp_path)


def test_a_folder_without_pictures_is_told(tmp_path):
    for folder in (tmp_path, tmp_path / "none"):
        with raises(PictureError, r"folder|holds no pictures"):
            find_labelled_pictures(folder)
