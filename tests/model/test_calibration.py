import numpy as np
import pytest

from model.calibration import (
    REFUSED_SHARE,
    TEMPERATURE_FACTOR,
    apply_temperature,
    calibrate,
    choose_temperature,
    choose_threshold,
    ood_score,
)
from model.networks import NETWORKS


@pytest.mark.parametrize("true", [0.7, 1.0, 1.5])
def test_the_temperature_that_was_left_out_is_found(true, rng):
    honest = rng.dirichlet(np.full(10, 0.15), 20_000)
    labels = np.array([rng.choice(10, p=row) for row in honest])
    assert choose_temperature(apply_temperature(honest, 1 / true), labels) == pytest.approx(true, rel=0.05)


def test_the_threshold_refuses_the_share_that_it_is_named_for(rng):
    probabilities = rng.dirichlet(np.full(10, 0.15), 10_000)
    refused = (ood_score(probabilities) < choose_threshold(probabilities, 0.03)).mean()
    assert refused == pytest.approx(0.03, abs=0.001)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_card_holds_the_temperature_for_strangers_and_the_threshold_at_it(network, rng):
    honest = rng.dirichlet(np.full(10, 0.15), 5000)
    labels = np.array([rng.choice(10, p=row) for row in honest])
    card = calibrate(honest, labels, network)
    assert card["temperature"] == pytest.approx(TEMPERATURE_FACTOR[network], rel=0.05)
    scores = ood_score(apply_temperature(honest, card["temperature"]))
    assert (scores < card["threshold"]).mean() == pytest.approx(REFUSED_SHARE[network], abs=0.0005)
