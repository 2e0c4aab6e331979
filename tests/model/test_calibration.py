import numpy as np
import pytest

from model.calibration import (
    REFUSED_SHARE,
    apply_temperature,
    choose_temperature,
    choose_threshold,
    ood_score,
)


@pytest.mark.parametrize("true", [0.7, 1.0, 1.5])
def test_the_temperature_that_was_left_out_is_found(true, rng):
    honest = rng.dirichlet(np.full(10, 0.15), 20_000)
    labels = np.array([rng.choice(10, p=row) for row in honest])
    assert choose_temperature(apply_temperature(honest, 1 / true), labels) == pytest.approx(true, rel=0.05)


def test_the_threshold_refuses_the_share_that_it_is_named_for(rng):
    probabilities = rng.dirichlet(np.full(10, 0.15), 10_000)
    refused = (ood_score(probabilities) < choose_threshold(probabilities)).mean()
    assert refused == pytest.approx(REFUSED_SHARE, abs=0.002)
