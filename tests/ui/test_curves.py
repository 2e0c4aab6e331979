"""What the curves show, without a browser."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.words import say
from ui.training.curves import (
    MAX_LINE_POINTS,
    PlottedRun,
    plot_accuracy,
    plot_loss,
    plot_probabilities,
    smooth,
    thin,
)
from ui.training.plot_updates import OVERLAP, WHOLE_EVERY, WHOLE_IN_A_ROW, PlotUpdates
from ui.training.scales import MAX_TICKS, find_step, make_linear_scale, make_log_scale, name_number


def make_rows(epochs=4, steps=100, floor=0.1):
    """A run whose loss falls from 2.3 and whose accuracy rises to 0.98, validated at each epoch's end."""
    rows = []
    for step in range(1, epochs * steps + 1):
        epoch = step / steps
        fall = math.exp(-4 * epoch)
        row = {"epoch": epoch, "step": step, "loss": 2.2 * fall + floor, "accuracy": 0.98 - 0.88 * fall}
        ends = step % steps == 0
        row |= {"val_loss": 2.2 * fall + floor if ends else None, "val_accuracy": 0.97 if ends else None}
        rows.append(row)
    return rows


def find_lines(plot, look):
    return [line for line in plot["lines"] if line["look"] == look]


@given(st.floats(1e-6, 1e6), st.integers(2, 12))
def test_a_step_is_round_and_divides_the_span_into_few_parts(span, most):
    step = find_step(span, most)
    assert span / step <= most * (1 + 1e-6)
    digits = step / 10 ** math.floor(math.log10(step) + 1e-9)
    assert any(math.isclose(digits, d, rel_tol=1e-6) for d in (1, 2, 5))


@given(st.floats(1e-5, 10), st.floats(1, 1000))
def test_a_log_scale_holds_its_values_between_round_ends(low, factor):
    scale = make_log_scale(low, low * factor)
    assert scale["low"] <= low * (1 + 1e-6) and scale["high"] >= low * factor * (1 - 1e-6)
    assert scale["low"] < scale["high"]
    assert [v for v, _ in scale["ticks"]] == sorted({v for v, _ in scale["ticks"]})


def test_ticks_of_shares_are_written_as_per_cent_without_needless_decimals():
    assert make_linear_scale(0.9, 1, percent=True)["ticks"] == [
        (0.9, "90"), (0.92, "92"), (0.94, "94"), (0.96, "96"), (0.98, "98"), (1.0, "100"),
    ]  # fmt: skip
    finer = make_linear_scale(0.99, 1, percent=True)["ticks"]
    assert [label for _, label in finer][:2] == ["99.0", "99.2"]


def test_smoothing_keeps_a_constant_and_calms_a_noise():
    assert [v for _, v in smooth([(e, 0.3) for e in range(5)], 0.9)] == pytest.approx([0.3] * 5)
    noisy = [(e, e % 2) for e in range(100)]
    assert smooth(noisy, 0.0) == noisy
    calm = [v for _, v in smooth(noisy, 0.95)][50:]
    assert max(calm) - min(calm) < 0.1


@given(st.lists(st.floats(0.001, 10), min_size=1, max_size=2000).map(sorted))
def test_thinning_keeps_the_last_point_and_at_most_the_named_number(epochs):
    points = [(epoch, 1.0) for epoch in epochs]
    kept = thin(points, 10)
    assert len(kept) <= MAX_LINE_POINTS and kept[-1] == points[-1] and set(kept) <= set(points)


def test_a_training_point_is_the_mean_of_all_batches_since_the_point_before():
    losses = [3.0 / step for step in range(1, 4001)]  # of each batch
    rows = [
        {"epoch": step / 1000, "step": step, "loss": sum(losses[step - 5 : step]) / 5}
        for step in range(5, 4001, 5)
    ]
    points = PlottedRun("now", rows).average("loss", 10, 50)
    ends = [0, *(round(1000 * epoch) for epoch, _ in points)]
    means = [sum(losses[a:b]) / (b - a) for a, b in pairwise(ends)]
    assert ends[-1] == 4000 and len(points) == 20
    assert [value for _, value in points] == pytest.approx(means)


def test_points_already_drawn_stay_where_they_are_as_a_run_goes_on():
    rows = make_rows(epochs=5, steps=1000)
    early, late = (PlottedRun("now", some).average("loss", 10) for some in (rows[:2500], rows))
    assert late[: len(early) - 1] == early[:-1] and len(late) == MAX_LINE_POINTS // 2


def test_a_run_that_is_read_as_it_grows_has_the_same_curve():
    rows, growing = make_rows(epochs=5, steps=100), []
    run = PlottedRun("now", growing, 5)
    for row in rows:
        growing.append(row)
        plot_loss([run], 0.5)
    assert plot_loss([run], 0.5) == plot_loss([PlottedRun("now", rows, 5)], 0.5)


def test_a_row_that_is_no_number_is_left_out():
    rows = make_rows(2)
    rows[7]["loss"] = float("nan")
    rows[-1]["val_loss"] = float("inf")
    plot = plot_loss([PlottedRun("cnn", rows, 2)])
    assert all(math.isfinite(value) for line in plot["lines"] for _, value in line["points"])


def test_labels_of_huge_losses_are_short_and_few():
    rows = make_rows()
    rows[0]["loss"], rows[99]["val_loss"] = 6.2e6, 4.9e6
    scales = plot_loss([PlottedRun("cnn", rows, 4)])["scales"]
    for scale in scales.values():
        assert len(scale["ticks"]) <= MAX_TICKS + 1
        assert max(len(label) for _, label in scale["ticks"]) <= 6
    assert [name_number(v) for v in (5_000_000, 12_500, 9_999, 0.05)] == ["5e6", "1.25e4", "9999", "0.05"]


def grow_plots(count):
    """The plots of a run as the page sees them."""
    rows = make_rows(epochs=4, steps=count // 4)
    return [plot_loss([PlottedRun("now", rows[:n], 4)]) for n in range(1, count + 1)]


class Shown:
    """What a browser shows, as curves.js does it."""

    data = None

    def take(self, value):
        if value["since"] is not None:
            if self.data is None or self.data["number"] < value["since"]:
                return
            lines = zip(value["lines"], self.data["lines"], strict=True)
            whole = [{**new, "points": old["points"][: new["from"]] + new["points"]} for new, old in lines]
            value = {**value, "lines": whole}
        self.data = value

    @property
    def points(self):
        return [line["points"] for line in self.data["lines"]]


@given(st.lists(st.integers(0, WHOLE_EVERY - 1), max_size=OVERLAP - 1, unique=True))
def test_a_browser_that_misses_some_values_shows_the_same_points(missed):
    plots, updates, shown = grow_plots(WHOLE_EVERY - 4), PlotUpdates(), Shown()
    for number, plot in enumerate(plots):
        value = updates.make_value(plot)
        if number == 0 or number not in missed:
            shown.take(value)
            if value["since"] is None or shown.data["number"] == number:
                assert shown.points == [line["points"] for line in plot["lines"]]


def test_a_value_holds_what_is_new_however_long_the_run_and_some_are_whole():
    updates = PlotUpdates()
    values = [updates.make_value(plot) for plot in grow_plots(3 * WHOLE_EVERY)]
    whole = [value["number"] for value in values if value["since"] is None]
    assert {0, WHOLE_EVERY, 2 * WHOLE_EVERY} <= set(whole) and len(whole) <= 8 * WHOLE_IN_A_ROW
    parts = [value for value in values if value["since"] is not None]
    assert max(len(value["lines"][0]["points"]) for value in parts) <= OVERLAP + 1


def test_the_loss_axis_is_not_stretched_by_the_first_moments_of_a_run():
    plot = plot_loss([PlottedRun("cnn", make_rows(epochs=10), 10)])
    assert plot["scales"]["linear"]["low"] == 0
    assert plot["scales"]["linear"]["high"] < 1
    assert plot["scales"]["log"]["high"] >= 2


def test_the_accuracy_axis_begins_near_the_values():
    assert plot_accuracy([PlottedRun("cnn", make_rows(epochs=10), 10)])["scales"]["linear"]["low"] >= 0.5
    beginning = PlottedRun("cnn", make_rows()[:30], 10)
    assert plot_accuracy([beginning])["scales"]["linear"]["low"] == 0


def test_validation_is_never_smoothed_nor_left_out():
    rows = make_rows(epochs=4)
    [line] = find_lines(plot_loss([PlottedRun("cnn", rows, 4)], smoothing=0.9), "validation")
    assert [epoch for epoch, _ in line["points"]] == [1, 2, 3, 4]
    true = [row["val_loss"] for row in rows if row["val_loss"] is not None]
    assert [v for _, v in line["points"]] == pytest.approx(true, abs=1e-4)


def test_earlier_runs_lie_under_the_first_with_names_and_one_common_axis():
    runs = [PlottedRun("now", make_rows(2), 2), PlottedRun("batch 256", make_rows(5), 5)]
    plot = plot_loss(runs)
    assert plot["x"]["high"] == 5
    assert [(entry["tone"], entry["name"]) for entry in plot["legend"]] == [(0, "now"), (1, "batch 256")]
    assert plot_loss(runs[:1])["legend"] == []


def test_a_run_without_rows_is_an_empty_plot():
    for plot in (plot_loss([]), plot_accuracy([]), plot_loss([PlottedRun("now", (), 10)])):
        assert plot["lines"] == [] and plot["table"]["rows"] == []


def test_the_table_has_one_row_an_epoch():
    table = plot_accuracy([PlottedRun("cnn", make_rows(3), 3)])["table"]
    assert [say(text) for text in table["head"]] == ["Epoch", "Training accuracy", "Validation accuracy"]
    assert [row[0] for row in table["rows"]] == ["1", "2", "3"]
    assert table["rows"][-1][2] == "0.9700"


def test_winning_digits_are_named_at_their_end_and_idle_ones_have_no_colour():
    def ten(two, seven):
        rest = (1 - two - seven) / 8
        return [two if d == 2 else seven if d == 7 else rest for d in range(10)]

    readings = [(0.1, ten(0.6, 0.1)), (1.0, ten(0.4, 0.5)), (2.0, ten(0.02, 0.95))]
    lines = {line["name"]: line for line in plot_probabilities(readings, 3)["lines"]}
    assert len(lines) == 10
    assert [name for name, line in lines.items() if line["end"]] == ["7"]
    assert [name for name, line in lines.items() if line["tone"] is not None] == ["2", "7"]


def test_without_a_reading_the_probabilities_say_what_to_do():
    plot = plot_probabilities([], 10, "Draw a digit.")
    assert plot["lines"] == [] and plot["note"] == "Draw a digit."
