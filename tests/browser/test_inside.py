"""The panel that looks inside, on real drawings."""

import io
import itertools
import re
from itertools import pairwise
from math import dist

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.test_windows import SETTLED
from tests.support.pad import draw, wait_for_answer
from tests.support.panel import button

LAYERS = {"cnn": 7, "dense": 3}  # pictures; the image is the first, the logits are the last


def open_inside(page):
    page.locator("#inside summary").click()
    return page.locator("#inside")


def read_sum(text: str) -> tuple[float, float]:
    """The sum of the parts that the sentence names, and what it says they sum to (above 0)."""
    *parts, whole = (float(one.replace("−", "-")) for one in re.findall(r"[−+]?\d+\.\d", text))
    return sum(parts), whole


def test_a_unit_that_is_clicked_while_another_network_is_on_its_way_costs_nothing(page, seven):
    draw(page, seven)
    inside = open_inside(page)
    expect(inside.locator(".maps canvas")).to_have_count(LAYERS["cnn"])
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    # In one go, before any answer can come.
    inside.evaluate(
        """(inside) => {
          const select = inside.querySelector("select");
          select.value = "dense";
          select.dispatchEvent(new Event("change"));
          inside.querySelectorAll(".maps canvas")[2].click();
        }"""
    )
    expect(inside.locator(".maps canvas")).to_have_count(LAYERS["dense"])
    assert errors == []


def test_closed_it_fetches_nothing_and_open_evidence_adds_up_for_the_two_digits_that_are_chosen(page, seven):
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    draw(page, seven)
    wait_for_answer(page)
    assert [url for url in requests if "/inside/" in url] == []
    evidence = open_inside(page).locator("#evidence")
    expect(evidence.locator("h3")).to_have_text(re.compile(r"Why 7 and not \d\?"))
    parts, whole = read_sum(evidence.locator(".sum").inner_text())
    assert parts == pytest.approx(whole, abs=0.01) and whole > 0
    bars = page.locator("#probabilities .bar")
    bars.nth(2).click()
    expect(evidence.locator("h3")).to_have_text("Why 2 and not 7?")
    bars.nth(5).click()
    expect(evidence.locator("h3")).to_have_text("Why 2 and not 5?")


@pytest.mark.parametrize("network", LAYERS)
def test_every_layer_is_shown_and_a_unit_can_be_read(page, seven, network):
    page.locator("#network-choice").get_by_role("radio", name=network).check()
    draw(page, seven)
    inside = open_inside(page)
    expect(inside.locator(".maps canvas")).to_have_count(LAYERS[network])
    expect(inside.locator(".layer .scale").last).not_to_be_empty()  # until then there is no unit to choose
    inside.locator(".maps canvas").first.click()  # the image itself is a row, too
    expect(inside.locator(".unit h4")).to_have_text("Image")
    expect(inside.locator(".contributions")).to_be_visible()
    # By keyboard: the strongest unit is not known, so the digit 7 itself, the eighth of the logits.
    logits = inside.locator(".maps canvas").last
    logits.focus()
    for _ in range(8):
        logits.press("ArrowRight")
    expect(inside.locator(".unit h4")).to_have_text("Digit 7")
    expect(inside.locator(".arithmetic")).to_have_text(re.compile(r"bias .*; in all \d+\.\d\d\.$"))
    logit = float(inside.locator(".arithmetic").inner_text().split()[-1].rstrip("."))
    expect(inside.locator(".contributions div").nth(7)).to_have_text(re.compile(r"^7\+\d+\.\d$"))
    contribution = float(inside.locator(".contributions div").nth(7).inner_text().split("+")[1])
    assert contribution == pytest.approx(logit, abs=0.051) and logit > 1


def test_occlusion_says_what_the_drawing_would_be_without_a_piece(page, seven):
    draw(page, seven)
    inside = open_inside(page)
    line = inside.locator("canvas.occlusion")
    expect(inside.locator(".occlusion-part .hint")).to_have_text(re.compile("Blue pieces carry the 7"))
    line.focus()
    line.press("ArrowRight")
    expect(inside.locator(".said")).to_have_text(
        re.compile(r"^Without this piece: .*The lead of 7 over \d changes by")
    )


def test_the_smallest_network_runs_to_the_loss_that_python_prints(page):
    inside = open_inside(page)
    button(page, "Run to 100").click()
    expect(inside.locator(".smallest-part .sum")).to_have_text("Step 100: loss 0.037151")
    button(page, "Start over").click()
    expect(inside.locator(".smallest-part .sum")).to_have_text(re.compile("^Step 0: loss "))


def test_for_and_against_are_told_apart_by_colour_blind_people_in_light_and_dark(page, seven):
    draw(page, seven)
    scale = open_inside(page).locator(".legend i")
    expect(page.locator("#evidence .sum")).not_to_be_empty()
    developer = page.context.new_cdp_session(page)
    kinds = ("protanopia", "deuteranopia", "tritanopia", "none")
    for scheme, kind in itertools.product(("light", "dark"), kinds):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(SETTLED)
        developer.send("Emulation.setEmulatedVisionDeficiency", {"type": kind})
        picture = Image.open(io.BytesIO(scale.screenshot())).convert("RGB")
        width, height = picture.size
        colours = [picture.getpixel((x, height // 2)) for x in (3, width // 2, width - 4)]
        # Of 442 between black and white: against, nothing, for, and back to against.
        assert min(dist(*pair) for pair in pairwise([*colours, colours[0]])) > 90, (scheme, kind, colours)
