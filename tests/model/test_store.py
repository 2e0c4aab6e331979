import json
import os
import time

import numpy as np
import pytest

from model.networks import dense
from model.store import StoreError, load_network, read_card, save_network
from tests.support.errors import raises


@pytest.fixture
def saved(tmp_path):
    save_network(tmp_path, "dense", dense(seed=1), {"seed": 1})
    return tmp_path


def weights(network):
    return np.concatenate([array.ravel() for array in network.get_weights()])


def test_a_network_is_loaded_as_it_was_saved_with_its_card(saved):
    network, card = load_network(saved, "dense")
    assert np.array_equal(weights(network), weights(dense(seed=1)))
    assert card["seed"] == 1
    assert sorted(os.listdir(saved)) == ["dense.json", "dense.keras"]


def test_saving_again_replaces_both(saved):
    save_network(saved, "dense", dense(seed=2), {"seed": 2})
    network, card = load_network(saved, "dense")
    assert np.array_equal(weights(network), weights(dense(seed=2))) and card["seed"] == 2


@pytest.fixture
def save_and_crash(saved, monkeypatch):
    """Saves the network of that seed, and crashes in its step number `at`, from 1."""

    def crash_in_step(seed, at):
        replace, calls = os.replace, []

        def crash(source, target):
            calls.append(target)
            if len(calls) == at:
                raise KeyboardInterrupt
            replace(source, target)

        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(os, "replace", crash)
            save_network(saved, "dense", dense(seed=seed), {"seed": seed})

    return crash_in_step


def loads_and_can_be_replaced(folder):
    network, card = load_network(folder, "dense")
    assert np.array_equal(weights(network), weights(dense(seed=card["seed"])))
    save_network(folder, "dense", dense(seed=9), {"seed": 9})
    return load_network(folder, "dense")[1]["seed"] == 9


@pytest.mark.parametrize("crash_at", [1, 2, 3])
def test_a_crash_between_any_two_steps_leaves_a_pair_that_loads(saved, save_and_crash, crash_at):
    save_and_crash(2, crash_at)
    assert loads_and_can_be_replaced(saved)


@pytest.mark.parametrize("crash_at", [1, 2, 3])
def test_a_second_crash_when_the_first_was_never_tidied_up_leaves_a_pair_that_loads(
    saved, save_and_crash, crash_at
):
    """After the first one the card fits NAME.keras.new alone, which the second save must not lose."""
    save_and_crash(2, 3)
    save_and_crash(3, crash_at)
    assert loads_and_can_be_replaced(saved)


def test_a_save_while_the_pair_is_loaded_is_no_damage(saved, monkeypatch):
    """The card is read, then another process saves, then the weights are looked for."""

    def read_then_save(folder, name, read=read_card):
        card = read(folder, name)
        monkeypatch.setattr("model.store.read_card", read)
        save_network(saved, "dense", dense(seed=2), {"seed": 2})
        return card

    monkeypatch.setattr("model.store.read_card", read_then_save)
    network, card = load_network(saved, "dense")
    assert np.array_equal(weights(network), weights(dense(seed=2))) and card["seed"] == 2


def test_a_full_disk_leaves_the_old_pair(saved, monkeypatch):
    def no_space(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with raises(StoreError, r"No space left on device.*unharmed"):
        save_network(saved, "dense", dense(seed=2), {"seed": 2})
    assert load_network(saved, "dense")[1]["seed"] == 1


def test_a_clock_before_zip_files_were_invented_leaves_the_old_pair(saved, monkeypatch):
    """As a machine without a battery has it until the network tells it the time."""
    monkeypatch.setattr(time, "time", lambda: 0.0)
    with raises(StoreError, r"before 1980.*unharmed"):
        save_network(saved, "dense", dense(seed=2), {"seed": 2})
    monkeypatch.undo()
    assert load_network(saved, "dense")[1]["seed"] == 1
    assert sorted(os.listdir(saved)) == ["dense.json", "dense.keras"]


def break_weights(folder):
    (folder / "dense.keras").unlink()


def truncate_weights(folder):
    path = folder / "dense.keras"
    path.write_bytes(path.read_bytes()[:-100])


def alter_card(folder):
    (folder / "dense.json").write_text(json.dumps({**read_card(folder, "dense"), "sha256": "0" * 64}))


def tear_card(folder):
    (folder / "dense.json").write_text('{"sha')


def empty_card(folder):
    (folder / "dense.json").write_text("{}")


def lose_card(folder):
    (folder / "dense.json").unlink()


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (break_weights, r"dense\.keras is missing"),
        (truncate_weights, r"dense\.keras is truncated or altered"),
        (alter_card, r"dense\.keras is truncated or altered"),
        (tear_card, r"dense\.json cannot be read"),
        (empty_card, r"dense\.json is not the card of a network"),
        (lose_card, r"dense\.json is missing"),
    ],
)
def test_harm_is_named_with_what_to_do(saved, harm, says):
    harm(saved)
    with raises(StoreError, says + r".*train it: python train\.py --network dense"):
        load_network(saved, "dense")


def test_a_network_of_another_shape_is_refused(tmp_path):
    import keras

    other = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(3)])
    save_network(tmp_path, "dense", other, {})
    with raises(StoreError, "another shape"):
        load_network(tmp_path, "dense")


def test_a_network_that_brings_code_of_its_own_is_refused_although_its_hash_is_right(tmp_path):
    import keras

    ran = tmp_path / "ran"
    image = keras.Input((28, 28, 1))
    flat = keras.layers.Flatten()(image)
    sneaky = keras.layers.Lambda(lambda x, path=str(ran): (open(path, "w").close(), x)[1])(flat)
    save_network(tmp_path, "dense", keras.Model(image, keras.layers.Dense(10)(sneaky)), {})
    ran.unlink(missing_ok=True)
    with raises(StoreError, r"dense\.keras is no network that Keras can read"):
        load_network(tmp_path, "dense")
    assert not ran.exists()


def test_weights_that_may_not_be_read_are_said(saved, monkeypatch):
    monkeypatch.setattr("model.store.hash_file", lambda path: (path.parent / "missing").read_bytes())
    with raises(StoreError, "cannot be read"):
        load_network(saved, "dense")


def test_a_file_whose_hash_is_wrong_is_never_opened(saved, monkeypatch):
    import keras

    monkeypatch.setattr(keras.saving, "load_model", lambda *_, **__: pytest.fail("it was opened"))
    truncate_weights(saved)
    with raises(StoreError, "altered"):
        load_network(saved, "dense")
