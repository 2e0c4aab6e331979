import numpy as np
import pytest

from model.calibration import REFUSED_SHARE, choose_temperature, choose_threshold
from model.classifier import soften, sureness


@pytest.mark.parametrize("true", [0.7, 1.0, 1.5])
def test_the_temperature_that_was_left_out_is_found(true, rng):
    honest = rng.dirichlet(np.full(10, 0.15), 20_000)
    labels = np.array([rng.choice(10, p=row) for row in honest])
    assert choose_temperature(soften(honest, 1 / true), labels) == pytest.approx(true, rel=0.05)


def test_the_threshold_refuses_the_share_that_it_is_named_for(rng):
    probabilities = rng.dirichlet(np.full(10, 0.15), 10_000)
    refused = (sureness(probabilities) < choose_threshold(probabilities)).mean()
    assert refused == pytest.approx(REFUSED_SHARE, abs=0.002)
