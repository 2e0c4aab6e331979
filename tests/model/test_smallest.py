"""The smallest network, against numbers worked out by hand and against PyTorch."""

import numpy as np
import pytest

from model.smallest import LEARNING_RATE, SEED, build, draw_weights, main, train


def weights(*values):
    return [np.array(value, np.float32) for value in values]


# The two points, (1, 2) → 1 and (3, 4) → 0, seen by these weights, in exact fractions:
#
#   hidden 1 = max(0, ½·x₁ + 0·x₂)      = ½ and 1½
#   hidden 2 = max(0, −1·x₁ + ½·x₂ + ½) = ½ and 0 (−½, cut off)
#   prediction = 1·hidden 1 + 2·hidden 2 = 1½ and 1½
#   errors     = ½ and 1½, loss = (¼ + 2¼)/2 = 1¼, gradients of the predictions = ½ and 1½
#
#   gradient of W2 = (½·½ + 1½·1½, ½·½) = (2½, ¼), of b2 = 2
#   gradients of hidden 1 = ½ and 1½, of hidden 2 = 1 and 0
#   gradient of W1 = ((½·1 + 1½·3, 1), (½·2 + 1½·4, 2)) = ((5, 1), (7, 2)), of b1 = (2, 1)
BY_HAND = weights([[0.5, -1], [0, 0.5]], [0, 0.5], [[1], [2]], [0])
GRADIENTS = weights([[5, 1], [7, 2]], [2, 1], [[2.5], [0.25]], [2])


def test_one_step_is_the_one_worked_out_by_hand():
    network = build(BY_HAND)
    losses = list(train(network, 1))
    after = [weight - LEARNING_RATE * gradient for weight, gradient in zip(BY_HAND, GRADIENTS, strict=True)]
    for found, expected in zip(network.get_weights(), after, strict=True):
        assert found == pytest.approx(expected, abs=1e-6)
    # Then: hidden 1 = 0.45·1 − 0.07·2 − 0.02 = 0.29 and 1.05, hidden 2 = −1.01 + 0.96 + 0.49 = 0.44 and 0
    first, second = 0.975 * 0.29 + 1.9975 * 0.44 - 0.02 - 1, 0.975 * 1.05 - 0.02
    assert losses == pytest.approx([1.25, (first**2 + second**2) / 2], abs=1e-6)


def test_a_unit_that_answers_to_no_point_does_not_learn():
    stuck = weights([[-1, -1], [-1, -1]], [0, 0], [[1], [1]], [0])
    network = build(stuck)
    losses = list(train(network))
    assert np.array_equal(network.get_weights()[0], stuck[0])
    # The bias of the output alone learns, towards the mean of the targets: loss ¼.
    assert losses[0] == 0.5 and 0.25 < losses[-1] < 0.26


# Every tenth loss of the same network, weights and steps in PyTorch 2.14.1 (Linear, ReLU, Linear; SGD).
PYTORCH = [
    *(1.265913, 0.187704, 0.160362, 0.136228, 0.115061, 0.096622),
    *(0.080676, 0.066985, 0.055317, 0.045445, 0.037151),
]


def test_the_whole_run_is_pytorchs_for_the_same_first_weights():
    network = build(draw_weights(np.random.default_rng(SEED)))
    assert list(train(network))[::10] == pytest.approx(PYTORCH, abs=1e-5)


def test_it_prints_eleven_lines_and_the_loss_falls(capsys):
    main()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  loss ")[0].strip() for line in lines] == [
        *(f"step {step:2d}" for step in range(0, 100, 10)),
        "end",
    ]
    losses = [float(line.split()[-1]) for line in lines]
    assert losses == sorted(losses, reverse=True) and losses[-1] < 0.05
