"""The browser reads as Python does: the same images, the same probabilities, the same verdicts.

Python defines, ui/browser repeats. Each is changed only together with the other.
"""

import base64
import json

import numpy as np
import pytest

from model.calibration import ood_score
from model.classifier import Classifier
from model.datasets import load_unipen_digits
from model.drawing import MAX_COORDINATE, MAX_POINTS, MAX_STROKES, Drawing
from model.networks import ACTIVATIONS, NETWORKS
from model.preprocess import Paths, preprocess, preprocess_all, stages
from model.store import WEIGHTS, save_network
from tests.support.modules import open_modules
from ui.browser.weights import BrowserNetwork, describe_file, describe_weights

VERDICTS = ("digit", "unsure", "blank")
MADE_UP = 1500
UNIPEN = 4  # every fourth digit of it
# Every image is compared; of them, so many go through a network. The convolutions take most of the time.
EVERY = {"dense": 2, "cnn": 12}

# Runs on the page: the images of all drawings, as one base64 text.
DRAW = """async () => {
  const { preprocess } = await import("/browser/preprocess.js");
  const drawings = await (await fetch("/drawings.json")).json();
  const images = new Uint8Array(784 * drawings.length);
  drawings.forEach((drawing, i) => images.set(preprocess(drawing), 784 * i));
  const url = await new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(new Blob([images]));
  });
  return url.split(",")[1];
}"""

# Reads the images with a network: ten probabilities and the verdict of each.
READ = """async (name) => {
  const { Network } = await import("/browser/network.js");
  const { decode } = await import("/browser/reading.js");
  const get = (path) => fetch(`/${path}`);
  const description = await (await get(`${name}.json`)).json();
  const weights = await (await get(`${name}.bin`)).arrayBuffer();
  const network = new Network(description, decode(weights, description.dtype));
  const images = new Uint8Array(await (await get(`${name}.images`)).arrayBuffer());
  const found = Array.from({ length: images.length / 784 }, (_, i) => {
    const { probabilities, verdict } = network.read(images.subarray(784 * i, 784 * i + 784));
    return [[...probabilities], verdict];
  });
  return JSON.stringify(found); // Playwright takes much longer for numbers one by one
}"""


def make_up_drawings(rng: np.random.Generator) -> list[Drawing]:
    """What a hand hardly draws and a program may send."""
    strokes = [
        [],
        [[[0, 0]]],
        [[[1e5, -1e5]]],
        [[[3, 4]] * 50],
        [[[3, 4]], [[3, 4]]],
        [[[0, 0], [1e-9, 0]]],
        [[[0, 0], [5e-308, 0]]],
    ]
    strokes += [[[[i, 0]] for i in range(MAX_STROKES)], [[[0, 0], [0, 90]]], [[[0, 0], [90, 0]]]]
    strokes += [[rng.uniform(-1e5, 1e5, (MAX_POINTS, 2)).tolist()] for _ in range(4)]
    strokes += [[rng.uniform(0, 300, (MAX_POINTS // 8, 2)).tolist()] * 8]
    strokes += [[[[0, 0], [1, 1]] * 200 + [[100, 100]]], [[[x / 10, 0] for x in range(MAX_POINTS)]]]
    while len(strokes) < MADE_UP:
        lengths = rng.integers(1, 30, rng.integers(1, 6))
        size = 10.0 ** rng.uniform(-4, 4)
        if len(strokes) % 3 == 0:  # scribbles of any size
            drawing = [(rng.normal(0, size, (n, 2)).cumsum(axis=0)).tolist() for n in lengths]
        elif len(strokes) % 3 == 1:  # on a grid, where halves and whole pixels meet
            drawing = [(rng.integers(0, 9, (n, 2)) * 3).tolist() for n in lengths]
        else:  # as the pad sends them
            drawing = [(rng.normal(0, 20, (n, 2)).cumsum(axis=0) + 200).round(1).tolist() for n in lengths]
        strokes.append([np.clip(stroke, -MAX_COORDINATE, MAX_COORDINATE).tolist() for stroke in drawing])
    return [Drawing.parse(one) for one in strokes]


@pytest.fixture(scope="module")
def digits(pen_digits):
    return pen_digits + load_unipen_digits()[::UNIPEN]


@pytest.fixture(scope="module")
def made_up():
    return make_up_drawings(np.random.default_rng(20))


@pytest.fixture(scope="module")
def images(digits, made_up):
    """Python's images of all of them."""
    # Of many drawings at once NumPy may draw a scribble more coarsely than it would alone.
    alone = [preprocess(drawing) for drawing in made_up]
    return np.concatenate([preprocess_all(Paths.of(digits)), alone])


def compare_readings(browser, images: np.ndarray, classifier: Classifier, network: BrowserNetwork) -> None:
    """Both read the images; fails unless they agree."""
    name = network.description["name"]
    files = {f"{name}.json": network.description, f"{name}.bin": network.weights}
    page = open_modules(browser, {**files, f"{name}.images": images.tobytes()})
    found = json.loads(page.evaluate(READ, name))
    page.context.close()
    expected = classifier.predict(images)
    differences = np.abs(np.array([one for one, _ in found]) - [one.probabilities for one in expected])
    assert len(found) == len(images)
    assert differences.max() < 1e-5
    assert [verdict for _, verdict in found] == [one.verdict for one in expected]


def test_every_image_is_the_same_in_every_pixel(browser, digits, made_up, images):
    drawings = [drawing.as_lists() for drawing in [*digits, *made_up]]
    page = open_modules(browser, {"drawings.json": drawings})
    encoded = page.evaluate(DRAW)
    page.context.close()
    drawn = np.frombuffer(base64.b64decode(encoded), np.uint8).reshape(images.shape)
    # Only what IEEE 754 defines to the last bit is computed on the way, so not a grey level may differ.
    assert np.count_nonzero(drawn != images) == 0


def test_the_stages_are_the_same(browser, made_up):
    drawings = [drawing for drawing in made_up[:300] if not drawing.is_blank]
    page = open_modules(browser, {"drawings.json": [drawing.as_lists() for drawing in drawings]})
    found = page.evaluate(
        """async () => {
          const { stages } = await import("/browser/preprocess.js");
          const drawings = await (await fetch("/drawings.json")).json();
          const found = drawings.map(stages).map(({ inkBox, fitted, shift }) => [inkBox, [...fitted], shift]);
          return JSON.stringify(found);
        }"""
    )
    page.context.close()
    for drawing, (ink_box, fitted, shift) in zip(drawings, json.loads(found), strict=True):
        expected = stages(drawing)
        assert tuple(ink_box) == expected.ink_box
        assert fitted == expected.fitted.ravel().tolist()
        assert tuple(shift) == expected.shift


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_that_ships_reads_as_python_does(browser, digits, images, name):
    some = np.concatenate([images[: len(digits) : EVERY[name]], images[len(digits) :: EVERY[name]]])
    compare_readings(browser, some, Classifier.load(name), describe_file(WEIGHTS, name))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("name", NETWORKS)
def test_any_network_reads_as_python_does(browser, images, tmp_path, rng, name, activation):
    """With random weights and biases, as no training left them, and both ways from Keras to the browser."""
    network = NETWORKS[name](activation, dropout=0.3, seed=3)
    network.set_weights([array + rng.normal(0, 0.1, array.shape) for array in network.get_weights()])
    card = {"temperature": 1.7, "settings": {"activation": activation}}
    some = images[:: len(images) // 100]
    # Half of them a digit and half of them unsure, or the verdicts' agreement would say nothing. No score is
    # so near the threshold that the last bits decide: that lies in the widest gap among those in the middle.
    middle = np.sort(ood_score(Classifier(network, card).probabilities(some)))[40:60]
    widest = np.diff(middle).argmax()
    card["threshold"] = float(middle[widest : widest + 2].mean())
    card = save_network(tmp_path, name, network, card)
    classifier = Classifier(network, card)
    from_file = describe_file(tmp_path, name)
    from_weights = describe_weights(name, network.get_weights(), card)
    compare_readings(browser, some, classifier, from_file)
    assert from_weights.weights == from_file.weights
    dropout = [one for one in from_file.description["layers"] if one["kind"] == "dropout"]
    assert len(dropout) == 1
    without = [one for one in from_file.description["layers"] if one not in dropout]
    assert json.loads(json.dumps(from_weights.description["layers"])) == json.loads(json.dumps(without))
