"""The smallest network on the page is that of model/smallest.py, number by number."""

import numpy as np
import pytest

from model.smallest import INPUTS, LEARNING_RATE, SEED, STEPS, TARGETS, build, draw_weights, train
from tests.support.modules import open_modules

RUN = """async (first) => {
  const smallest = await import("/inside/smallest.js");
  const { FIRST, INPUTS, TARGETS, LEARNING_RATE, STEPS, backward, step } = smallest;
  let weights = first ?? FIRST;
  const losses = [];
  for (let i = 0; i <= STEPS; i++) {
    const found = backward(weights);
    losses.push(found.loss);
    if (i < STEPS) weights = step(weights, found);
  }
  return { FIRST, constants: [INPUTS, TARGETS, LEARNING_RATE, STEPS], losses, weights };
}"""


@pytest.fixture(scope="module")
def modules(browser):
    page = open_modules(browser)
    yield page
    page.context.close()


def name_weights(weights) -> dict:
    w1, b1, w2, b2 = weights
    return {"w1": w1.tolist(), "b1": b1.tolist(), "w2": w2[:, 0].tolist(), "b2": float(b2[0])}


@pytest.mark.parametrize("seed", [SEED, 1, 13])
def test_a_run_on_the_page_is_pythons(modules, seed):
    first = draw_weights(np.random.default_rng(seed))
    network = build(first)
    losses = list(train(network))
    found = modules.evaluate(RUN, name_weights(first))
    assert found["losses"] == pytest.approx(losses, abs=1e-5)
    for name, expected in name_weights(network.get_weights()).items():
        assert np.allclose(found["weights"][name], expected, atol=1e-5)


def test_the_page_starts_with_pythons_first_weights_and_constants(modules):
    found = modules.evaluate(RUN, None)
    assert found["FIRST"] == name_weights(draw_weights(np.random.default_rng(SEED)))
    assert found["constants"] == [[list(one) for one in INPUTS], list(TARGETS), LEARNING_RATE, STEPS]
