"""One plot in Chromium, without any server."""

from itertools import pairwise

import pytest

from tests.support.modules import open_modules
from tests.support.serving import ROOT
from ui.training.curves import Curves, plot_probabilities

TRAINING = ROOT / "ui" / "training"
NAME_HEIGHT = 12  # pixels


@pytest.fixture
def plot_at_ends(browser):
    """Plots readings that end with these probabilities; returns how many pixels above the axis their names
    stand, the highest one first."""
    page = open_modules(browser, viewport={"width": 320, "height": 400})
    page.evaluate(
        """([html, style]) => {
          document.body.innerHTML = html;
          document.head.append(Object.assign(document.createElement("style"), {textContent: style}));
        }""",
        [(TRAINING / name).read_text(encoding="utf-8") for name in ("curves.html", "curves.css")],
    )

    def plot_at_ends(*ends):
        ten = [*ends, *[0.0] * (10 - len(ends))]
        plot = plot_probabilities([(0.5, [0.1] * 10), (1.0, ten)], epochs=2)
        return page.evaluate(
            """([script, value]) => {
              const props = {value, percent: true, name: "drawing"};
              new Function("element", "props", "watch", script)(document.body, props, () => {});
              const isShown = (text) => text.textContent || text.dataset.text;
              const places = (of) => [...document.querySelectorAll(of)].filter(isShown)
                .map((text) => Number(text.getAttribute("y")));
              const axis = Math.max(...places(".y text"));
              return places(".ends text").map((y) => axis - y).sort((a, b) => b - a);
            }""",
            [(TRAINING / "curves.js").read_text(encoding="utf-8"), Curves().postprocess(plot)],
        )

    yield plot_at_ends
    page.context.close()


@pytest.mark.parametrize("ends", [(0.1,) * 9, (0.7, 0.1, 0.1, 0.1), (0.5, 0.5), (0.34, 0.33, 0.33)])
def test_names_of_lines_stand_apart_and_never_below_the_axis(plot_at_ends, ends):
    places = plot_at_ends(*ends)
    assert len(places) == len(ends)
    assert all(upper - lower >= NAME_HEIGHT for upper, lower in pairwise(places))
    assert min(places) >= 0
