"""What the pad does when a server that many people ask answers late."""

import itertools
import json
import time

import pytest

from tests.browser.hand import wait_for_answer

# So late that the pad leaves its longest pause, 1000 milliseconds (MOST_INTERVAL in sketchpad.js).
LATE_MILLISECONDS = 400
LONGEST_PAUSE = 1000


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
    end = draw_slowly(page, 6)
    wait_for_answer(page)
    strokes = [one for one in asked if one.post_data_json["data"]]  # the others are the page's, by its clock
    times = [one.timing["startTime"] for one in strokes]
    # The first pauses were chosen before any answer was late, and the last position waits for none.
    pauses = [later - earlier for earlier, later in itertools.pairwise(times[2:-1])]
    assert pauses
    assert min(pauses) > 0.9 * LONGEST_PAUSE
    assert json.loads(strokes[-1].post_data_json["data"][0])[-1][-1] == pytest.approx(end, abs=1)
