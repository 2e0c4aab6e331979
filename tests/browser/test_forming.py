"""The panel that looks inside, and the network that the visitor trains."""

import re

import pytest
from playwright.sync_api import expect

from model.drawing import Drawing
from model.explain import explain
from model.layers import read_layers
from model.preprocess import preprocess
from tests.support.modules import open_modules
from tests.support.pad import draw, wait_until
from tests.support.panel import button, press_start, start, status

# A page that has a pad and a status, and the panel's end of the questions; `asked` counts them.
WATCH = """async (phase) => {
  document.body.innerHTML = `<div id="pad"><canvas></canvas></div>
    <div id="train-status"><div class="progress" data-phase="${phase}"></div></div>`;
  const { Training } = await import("/inside/training.js");
  Object.assign(window, { asked: 0, told: [], busy: false });
  window.training = new Training(() => asked++, (first) => told.push(first), () => busy);
  window.pad = document.querySelector("#pad canvas");
  window.change = (phase) => (document.querySelector(".progress").dataset.phase = phase);
  const network = { sha256: "1", url: "all.bin", first: { url: "first.bin" } };
  window.answer = { goes_on: true, epochs: 9, network };
}"""


def open_inside(page):
    page.locator("#inside summary").click()
    return page.locator("#inside")


def look_into(page, label):
    page.get_by_label("Look into").select_option(label=label)


def test_the_first_layer_forms_while_a_network_trains_and_that_network_can_be_looked_into(visitor, seven):
    page = visitor
    draw(page, seven)
    inside = open_inside(page)
    expect(inside.locator(".forming-part")).to_be_hidden()
    start(page)
    state = inside.locator(".forming-part .layer-name")
    expect(state).to_have_text(re.compile(r"After \d+\.\d of 50 epochs, 128 units"))
    before = state.inner_text()
    expect(state).not_to_have_text(before)
    look_into(page, "the network in training")
    expect(inside.locator(".layers-part .maps canvas")).to_have_count(3)  # it is a `dense`; a `cnn` reads
    sums = inside.locator("#evidence .sum")
    expect(sums).not_to_be_empty()
    before = sums.inner_text()
    expect(sums).not_to_have_text(before)  # it has learned, the drawing is the same
    look_into(page, "the network that reads")
    expect(inside.locator(".layers-part .maps canvas")).to_have_count(7)


@pytest.fixture
def watch(browser):
    """Opens a page as WATCH makes it, in which seconds pass when `page.clock` says so."""
    pages = []

    def watch(phase="training"):
        page = open_modules(browser, {"first.bin": bytes([1, 255])})
        pages.append(page)
        page.clock.install()
        page.evaluate(WATCH, phase)
        page.evaluate("training.open()")
        return page

    yield watch
    for page in pages:
        page.context.close()


def pass_seconds(page, seconds):
    """Returns how many questions they brought."""
    before = page.evaluate("asked")
    for _ in range(seconds):
        page.clock.run_for(1000)
        page.evaluate("() => 0")
    return page.evaluate("asked") - before


def test_where_nothing_trains_nothing_is_asked(watch):
    page = watch("idle")
    assert pass_seconds(page, 5) == page.evaluate("asked") == 0
    page.evaluate("change('waiting')")
    assert pass_seconds(page, 5) == 1  # the status stands still


def test_it_is_asked_once_a_second_until_nothing_more_will_be_known(watch):
    page = watch()
    page.evaluate("training.hear(answer)")
    assert pass_seconds(page, 3) == 3
    page.evaluate("training.hear({ ...answer, goes_on: false })")
    assert pass_seconds(page, 3) == 0
    page.evaluate("change('training')")
    assert pass_seconds(page, 3) == 1


def test_a_closed_panel_asks_nothing(watch):
    page = watch()
    page.evaluate("training.hear(answer)")
    page.evaluate("training.close()")
    assert pass_seconds(page, 3) == 0


def test_while_the_pen_is_down_nothing_is_asked_and_nothing_fetched(watch):
    page = watch()
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.evaluate("pad.penIsDown = true")
    page.evaluate("training.hear(answer)")
    assert pass_seconds(page, 3) == 0
    assert requests == []
    page.evaluate("pad.penIsDown = false")
    assert pass_seconds(page, 3) == 3
    wait_until(page, lambda: page.evaluate("told.map((first) => [...first])") == [[1, -1]])
    assert [url.rpartition("/")[2] for url in requests] == ["first.bin"]


def test_while_weights_are_on_their_way_no_newer_ones_are_asked_for(watch):
    page = watch()
    page.evaluate("training.hear(answer)")
    page.evaluate("() => { busy = true; }")
    assert pass_seconds(page, 3) == 0


def test_the_panel_looks_into_the_network_that_the_visitor_has_trained(visitor, seven, tmp_path):
    """And finds what Python finds, in the file that the visitor can have."""
    page = visitor
    draw(page, seven)
    inside = open_inside(page)
    press_start(page, 1)
    expect(status(page)).to_have_text(re.compile("Trained 1 epoch"))
    button(page, "Use it on my pad").click()
    expect(page.get_by_role("radio", name="yours")).to_be_checked()
    expect(inside.locator(".layers-part .maps canvas")).to_have_count(3)
    page.get_by_role("button", name="How good is it?").click()
    with page.expect_download() as download:
        button(page, "Download the network (.keras)").click()
    strokes = page.evaluate("document.querySelector('#pad canvas').drawing")
    download.value.save_as(tmp_path / "dense.keras")
    network = load_file(tmp_path / "dense.keras")
    expected = explain(read_layers(network), preprocess(Drawing.parse(strokes)))
    title = f"Why {expected.digit} and not {expected.other}?"
    expect(inside.locator("#evidence h3")).to_have_text(title)
    found = inside.locator("#evidence .sum").inner_text().replace("−", "-")
    ink, missing, _, difference = map(float, re.findall(r"[-+]?\d+\.\d", found))
    assert ink == pytest.approx(expected.ink, abs=0.051)
    assert missing == pytest.approx(expected.missing_ink, abs=0.051)
    assert difference == pytest.approx(expected.difference, abs=0.051)


def load_file(path):
    import keras

    return keras.models.load_model(path, compile=False)
