"""Learning one hand: a network that has misread some drawings learns them, and forgets nothing for it.

In go a classifier and corrections (drawings with the label they should have had); out come Learning, how far
it is, and at last an Outcome. The network is shown the corrections bent into many similar drawings, each
among a replay of the recipe `handwriting`: without that it would soon read nothing else
(McCloskey and Cohen, "Catastrophic Interference in Connectionist Networks", 1989; replay as the cure: Robins,
"Catastrophic Forgetting, Rehearsal and Pseudorehearsal", 1995). It is scored before and after. If validation
accuracy falls too far, the weights are interpolated half-way back to the old ones, which keeps more of what
is new than of what is lost (Wortsman et al., "Robust fine-tuning of zero-shot models", 2022), then half-way
again; if it still falls too far, the old network stays. The result is calibrated again, so that a network
which called everything a digit can learn to say that something is none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from model.augment import bend, pen_widths
from model.card import calibrate_network
from model.classifier import Classifier
from model.drawing import Drawing, find_labels
from model.evaluate import TEST_SETS, LabelledImages, load_images, score
from model.networks import build_network, round_weights
from model.preprocess import Paths, preprocess_all
from model.recipes import VALIDATION_MNIST, HandwritingData, Shard, join_shards
from model.settings import Settings, choose_settings
from model.state import State, compile_network
from model.training import fit

# What a fine-tuning costs is fixed, however many corrections there are: some seconds on two cores.
ROUNDS = 5  # each bends the corrections anew
STEPS_A_ROUND = {"dense": 96, "cnn": 24}
BATCH_SIZE = 128
REPLAY_SHARDS = 24  # of what a training shows in its first epoch; with fewer, others are forgotten
# In a batch: one correction must not dominate it, and all together stay a minority.
COPIES_A_BATCH = 2
MAX_COPIES_A_BATCH = 6
PLAIN_SHARE = 0.25  # of the copies are the correction as it was drawn, with another pen
# A sixth and an eighth of the recipe `handwriting`'s: the networks are to be adjusted, not trained anew.
LEARNING_RATE = {"dense": 7e-4, "cnn": 2.5e-4}

SHARES_KEPT = (1.0, 0.5, 0.25)  # of the way from the old weights to the new ones, tried in this order
MAX_ACCURACY_LOST = 0.003  # of the accuracy on others' digits; more, and the old network is kept
VALIDATION = ("validation-mnist", "validation-writers")  # must not be forgotten


@dataclass(frozen=True)
class Learning:
    """share: of the fine-tuning's steps that are done, 0 to 1."""

    share: float


@dataclass(frozen=True)
class Outcome:
    """before, after: the share read right of "corrections", of VALIDATION and of TEST_SETS. A corrected digit
    counts as right only with the verdict "digit", which is stricter than accuracy; a non-digit only without.

    forgotten: the sets of VALIDATION that fall by more than MAX_ACCURACY_LOST at every share of SHARES_KEPT.
    classifier: the fine-tuned one, or where it has forgotten the one that came in.
    """

    before: dict[str, float]
    after: dict[str, float]
    forgotten: tuple[str, ...]
    classifier: Classifier


def learn_hand(
    classifier: Classifier,
    corrections: Sequence[Drawing],
    seed: int = 1,
    **split,
) -> Iterator[Learning | Outcome]:
    """Teaches a copy of the classifier's network the corrections (at least one; label None: no digit). What
    comes in is left as it is. split: options of model.splits.split_drawings, to leave people out of the
    replay. Raises model.datasets.DataError, model.makers.MakersError, model.training.DivergedError."""
    yield Learning(0.0)
    pupil = copy_classifier(classifier)
    settings = choose_fine_tuning(pupil.card, seed)
    dataset = HandwritingData(settings, **split)
    replay = join_shards(islice(dataset.shards(0), REPLAY_SHARDS))
    others = validation_sets(dataset)
    before = score_reading(classifier, corrections, others)
    compile_network(pupil.network, settings, ROUNDS * STEPS_A_ROUND[settings.network])
    rounds = FineTuningData(replay, corrections, settings)
    for progress in fit(State(pupil.network), settings, rounds):
        yield Learning(progress.step / progress.steps)
    old, new = classifier.network.get_weights(), pupil.network.get_weights()
    for share in SHARES_KEPT:
        mixed = [a + share * (b - a) for a, b in zip(old, new, strict=True)]
        pupil.network.set_weights(round_weights(mixed))
        pupil = Classifier(pupil.network, pupil.card | calibrate_network(pupil.network, dataset))
        after = score_reading(pupil, corrections, others)
        forgotten = tuple(name for name in VALIDATION if after[name] < before[name] - MAX_ACCURACY_LOST)
        if not forgotten:
            break
    for name in TEST_SETS:
        images = load_images(name)
        before[name], after[name] = (score(one, images)["accuracy"] for one in (classifier, pupil))
    yield Outcome(before, after, forgotten, classifier if forgotten else copy_classifier(pupil))


def validation_sets(dataset: HandwritingData) -> list[LabelledImages]:
    """The digits that decide on a fine-tuning: validation data of the recipe, in its two parts."""
    parts = dataset.validation[-VALIDATION_MNIST:], dataset.validation[:-VALIDATION_MNIST]
    return [
        LabelledImages(name, part.images[..., 0], part.labels.astype(int))
        for name, part in zip(VALIDATION, parts, strict=True)
    ]


def copy_classifier(classifier: Classifier) -> Classifier:
    """A classifier with a network of its own, not compiled, and of its card what it was made as, its
    temperature and its threshold."""
    kept = ("network", "settings", "temperature", "threshold")
    card = {name: classifier.card[name] for name in kept if name in classifier.card}
    network = build_network(card["settings"])
    network.set_weights(classifier.network.get_weights())
    return Classifier(network, card)


def choose_fine_tuning(card: dict, seed: int) -> Settings:
    """The settings of a fine-tuning for the network of that card: whatever that was trained on, the recipe
    `handwriting` is the one that holds others' hands."""
    network = card["network"]
    made_as = {name: card["settings"][name] for name in ("activation", "dropout")}
    return choose_settings(
        network,
        "handwriting",
        batch_size=BATCH_SIZE,
        learning_rate=LEARNING_RATE[network],
        weight_decay=0.0,  # so that it forgets no more than it must
        epochs=ROUNDS,
        seed=seed,
        **made_as,
    )


def score_reading(
    classifier: Classifier, corrections: Sequence[Drawing], others: Sequence[LabelledImages]
) -> dict[str, float]:
    """The shares read right that an Outcome holds."""
    predictions = classifier.predict(preprocess_all(Paths.of(corrections)))
    right = [
        prediction.digit == drawing.label
        for prediction, drawing in zip(predictions, corrections, strict=True)
    ]
    return {"corrections": float(np.mean(right))} | {
        images.name: score(classifier, images)["accuracy"] for images in others
    }


class FineTuningData:
    """What `model.training.fit` trains on: an epoch is a round, each asked for once, in order."""

    chooses_by_validation, validation = False, None  # whether it helped is decided when it has ended

    def __init__(self, replay: Shard, corrections: Sequence[Drawing], settings: Settings):
        self.replay, self.corrections, self.settings = replay, corrections, settings
        self.rng = np.random.default_rng([settings.seed, 3])
        self.images_per_epoch = STEPS_A_ROUND[settings.network] * settings.batch_size

    def shards(self, epoch: int) -> Iterator[Shard]:
        """One, shuffled: copies of the corrections, bent anew in each round, among some of the replay."""
        rng = self.rng
        steps = STEPS_A_ROUND[self.settings.network]
        copies = steps * min(COPIES_A_BATCH * len(self.corrections), MAX_COPIES_A_BATCH)
        chosen = [self.corrections[i] for i in rng.permutation(np.arange(copies) % len(self.corrections))]
        labels = find_labels(chosen).astype(np.uint8)
        plain = int(PLAIN_SHARE * copies)
        widths = pen_widths(copies, rng)
        drawn = [
            preprocess_all(Paths.of(chosen[:plain]), widths[:plain]),
            preprocess_all(bend(Paths.of(chosen[plain:]), rng, labels[plain:]), widths[plain:]),
        ]
        among = rng.choice(len(self.replay.labels), self.images_per_epoch - copies, replace=False)
        images = np.concatenate([np.concatenate(drawn)[..., None], self.replay.images[among]])
        order = rng.permutation(len(images))
        yield Shard(images[order], np.concatenate([labels, self.replay.labels[among]])[order])
