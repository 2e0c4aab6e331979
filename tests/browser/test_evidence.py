"""The browser's evidence is Python's: ui/browser/evidence.js against model/explain.py."""

import json

import numpy as np
import pytest

from model.explain import AVERAGE_DIGIT, explain
from model.layers import read_layers
from model.networks import ACTIVATIONS, NETWORKS
from model.preprocess import Paths, preprocess_all
from model.store import WEIGHTS, load_network
from tests.support.modules import open_modules
from ui.browser.weights import describe_file, describe_weights

EXPLAIN = """async () => {
  const { Network } = await import("/browser/network.js");
  const { decode } = await import("/browser/reading.js");
  const { explain } = await import("/browser/evidence.js");
  const description = await (await fetch("/network.json")).json();
  const weights = await (await fetch("/network.bin")).arrayBuffer();
  const network = new Network(description, decode(weights, description.dtype));
  const images = new Uint8Array(await (await fetch("/images")).arrayBuffer());
  const all = Array.from({ length: images.length / 784 }, (_, i) => {
    const found = explain(network, images.subarray(784 * i, 784 * i + 784));
    const { digit, other, ink, missingInk, averageDigit, difference, pixels } = found;
    return { digit, other, sums: [ink, missingInk, averageDigit, difference], pixels: [...pixels] };
  });
  return JSON.stringify(all); // Playwright takes much longer for numbers one by one
}"""


def compare(browser, network, described, images: np.ndarray) -> None:
    page = open_modules(
        browser,
        {
            "network.json": described.description,
            "network.bin": described.weights,
            "images": images.tobytes(),
        },
    )
    found = json.loads(page.evaluate(EXPLAIN))
    page.context.close()
    layers, apart = read_layers(network), []
    for image, one in zip(images, found, strict=True):
        expected = explain(layers, image)
        assert (one["digit"], one["other"]) == (expected.digit, expected.other)
        sums = [expected.ink, expected.missing_ink, expected.average_digit, expected.difference]
        assert one["sums"] == pytest.approx(sums, abs=1e-3)
        differences = np.abs(np.array(one["pixels"]) - expected.pixels.ravel())
        apart.append(differences.max() / np.abs(expected.pixels).max())
    assert max(apart) < 1e-4


@pytest.mark.parametrize("name", NETWORKS)
def test_evidence_of_the_networks_that_ship_is_pythons(browser, pen_digits, name):
    images = preprocess_all(Paths.of(pen_digits[:300:6]))
    compare(browser, load_network(WEIGHTS, name)[0], describe_file(WEIGHTS, name), images)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("name", NETWORKS)
def test_evidence_of_any_network_is_pythons(browser, pen_digits, rng, name, activation):
    network = NETWORKS[name](activation, dropout=0.3, seed=3)
    network.set_weights([array + rng.normal(0, 0.05, array.shape) for array in network.get_weights()])
    described = describe_weights(name, network.get_weights(), {"settings": {"activation": activation}})
    compare(browser, network, described, preprocess_all(Paths.of(pen_digits[:2])))


def test_the_average_digit_is_pythons(browser):
    page = open_modules(browser)
    found = page.evaluate("async () => [...(await import('/browser/average_digit.js')).AVERAGE_DIGIT]")
    page.context.close()
    assert found == np.ravel(json.loads(AVERAGE_DIGIT.read_text(encoding="utf-8"))).tolist()
