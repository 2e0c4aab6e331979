"""What the pad does when a server that many people ask answers late."""

import json
import time

import pytest

from tests.support.pad import wait_for_answer

# So late that the pad leaves its longest pause, a second (MOST_INTERVAL in sketchpad.js).
LATE_MILLISECONDS = 400
DRAWN_SECONDS = 6


def draw_slowly(page, seconds):
    """One stroke that takes so long; returns where it ends, in pixels of the pad."""
    box = page.locator("#pad canvas").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    end, began = 40, time.monotonic()
    while time.monotonic() - began < seconds:
        end = 41 + end % 200
        page.mouse.move(box["x"] + end, box["y"] + end)
        page.wait_for_timeout(12)
    page.mouse.up()
    return [end, end]


def answer_late(page):
    """From now on every request takes that much longer."""
    conditions = {"offline": False, "downloadThroughput": -1, "uploadThroughput": -1}
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", {**conditions, "latency": LATE_MILLISECONDS})


def test_a_pad_whose_answers_come_late_asks_less_often_and_still_sends_the_last_position(page):
    draw_slowly(page, 1)  # the pad learns how fast answers can be
    wait_for_answer(page)
    answer_late(page)
    asked = []
    page.on("request", lambda request: "/run/" in request.url and asked.append(request))
    end = draw_slowly(page, DRAWN_SECONDS)
    wait_for_answer(page)
    strokes = [one for one in asked if one.post_data_json["data"]]  # the others are the page's, by its clock
    # One a second, and two that were on their way before any answer was late. Without pauses it would be one
    # as soon as another is answered: fourteen.
    assert 2 <= len(strokes) <= DRAWN_SECONDS + 3
    assert json.loads(strokes[-1].post_data_json["data"][0])[-1][-1] == pytest.approx(end, abs=1)
