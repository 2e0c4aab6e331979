import numpy as np

from model.datasets import find_institution, load_unipen_digits
from model.drawing import Drawing
from model.noise import find_noise, is_fragment, is_upright_line, load_noise
from model.splits import split_drawings

UPRIGHT, LYING = [[0, 0], [5, 100]], [[0, 0], [100, 5]]
BENT = [[0, 0], [50, 40], [0, 100]]


def test_one_straight_line_is_a_one_if_it_is_upright_and_else_a_fragment():
    assert not is_fragment(Drawing.parse([UPRIGHT], 1))
    assert is_fragment(Drawing.parse([LYING], 1))
    assert is_fragment(Drawing.parse([UPRIGHT], 4)) and is_fragment(Drawing.parse([LYING], 0))
    assert is_fragment(Drawing.parse([[[3, 3]]], 4))
    assert not is_fragment(Drawing.parse([BENT], 7))
    assert not is_fragment(Drawing.parse([UPRIGHT, LYING], 4))


def test_a_lying_one_is_a_fragment_though_it_is_bent():
    assert is_fragment(Drawing.parse([[[0, 0], [50, 20], [100, 10]]], 1))


def test_a_four_in_one_stroke_is_a_fragment_if_it_ends_without_a_stem():
    corner = [[30, 0], [0, 60], [60, 60]]
    assert is_fragment(Drawing.parse([corner], 4))
    assert not is_fragment(Drawing.parse([[*corner, [40, 120]]], 4))
    assert not is_fragment(Drawing.parse([[*corner, [60, 0], [60, 120]]], 4))
    assert not is_fragment(Drawing.parse([corner, [[40, 30], [40, 120]]], 4))
    assert not is_fragment(Drawing.parse([corner], 6))


def test_an_upright_line_is_one_stroke_that_stands_and_does_not_turn_back():
    assert is_upright_line(Drawing.parse([UPRIGHT]))
    assert is_upright_line(Drawing.parse([[[0, 0], [12, 50], [0, 100]]]))  # a little bent
    assert is_upright_line(Drawing.parse([[[0, 0], [90, 100]]]))  # what is left of an X
    assert not is_upright_line(Drawing.parse([LYING]))
    assert not is_upright_line(Drawing.parse([[[0, 0], [50, 50], [0, 100]]]))  # >
    assert not is_upright_line(Drawing.parse([[[0, 0], [1, 10]], [[0, 90], [1, 100]]]))  # a colon
    assert not is_upright_line(Drawing.parse([[[3, 3]]]))


def test_noise_is_fragments_and_what_a_stranger_to_the_institution_thinks_impossible():
    drawings = [Drawing.parse([BENT], 7), Drawing.parse([UPRIGHT], 4), Drawing.parse([BENT], 2)]
    probabilities = np.full((3, 10), 0.1)
    probabilities[2] = np.eye(10)[7]
    assert find_noise(drawings, probabilities) == {"fragments": [1], "wrong labels": [2]}


def test_the_list_is_of_few_digits_nearly_all_of_one_institution_and_holds_every_fragment():
    digits, noise = load_unipen_digits(), load_noise()
    assert {place for place, digit in enumerate(digits) if is_fragment(digit)} <= noise
    assert 40 < len(noise) < 100
    assert sum(find_institution(digits[place]) == "ibm" for place in noise) > 0.9 * len(noise)


def test_noise_is_left_out_of_the_training_and_not_of_the_validation():
    split = split_drawings()
    assert not any(is_fragment(one) for one in split.digits if one.writer.startswith("unipen/"))
    validating = {one.writer for one in split.validation}
    whole = [one for one in load_unipen_digits() if one.writer in validating]
    assert len([one for one in split.validation if one.writer.startswith("unipen/")]) == len(whole)
