"""The reader in the browser: weights that come late, damaged or not at all, drawings that come too fast."""

import hashlib

import pytest

from model.store import WEIGHTS
from tests.support.modules import open_modules
from tests.support.pad import wait_until
from ui.browser.weights import describe_file

SEVEN = [[[0, 0], [40, 0], [15, 60]]]
DENSE = describe_file(WEIGHTS, "dense")

# Makes a reader on the page, which keeps what it is told. `here`: on the page's own thread.
START = """async ({ networks, chosen, here }) => {
  const { Reader } = await import("/browser/reader.js");
  const blocked = () => { throw new Error("blocked"); };
  window.reader = here ? new Reader(blocked) : new Reader();
  window.told = [];
  reader.follow((message) => told.push(message));
  reader.offer(networks, chosen);
}"""
HAS_READ = "() => told.some(({ readings }) => readings)"


def describe(**changes) -> dict:
    return {**DENSE.description, "url": "dense.bin", **changes}


@pytest.fixture
def open_reader(browser):
    """A page with a reader on it. files: what it can fetch; a change of that dictionary counts at once."""
    pages = []

    def open_reader(files: dict, networks: list[dict], chosen=("dense",), here=False):
        page = open_modules(browser, files)
        pages.append(page)
        page.evaluate(START, {"networks": networks, "chosen": list(chosen), "here": here})
        return page

    yield open_reader
    for page in pages:
        page.context.close()


def read(page, drawing=SEVEN) -> None:
    page.evaluate("(drawing) => reader.read(drawing)", drawing)


def problems(page) -> list[dict]:
    return page.evaluate("() => told.filter(({ problem }) => problem).map(({ problem }) => problem)")


def readings(page) -> list[dict]:
    return page.evaluate("() => told.filter(({ readings }) => readings).map((one) => one.readings)")


@pytest.mark.parametrize("here", [False, True])
def test_a_drawing_is_read_with_or_without_a_worker(open_reader, here):
    page = open_reader({"dense.bin": DENSE.weights}, [describe()], here=here)
    read(page)
    page.wait_for_function(HAS_READ)
    [[reading]] = readings(page)
    assert (reading["name"], reading["verdict"], reading["digit"]) == ("dense", "digit", 7)
    assert sum(reading["probabilities"]) == pytest.approx(1)
    assert len(page.workers) == (1 if here else 2)  # one is of the reader that the module itself makes


def test_a_worker_that_cannot_load_is_replaced_by_the_page(open_reader, browser):
    page = open_modules(browser, {"dense.bin": DENSE.weights})
    page.route("**/browser/worker.js", lambda route: route.abort())
    page.evaluate(START, {"networks": [describe()], "chosen": ["dense"], "here": False})
    read(page)
    page.wait_for_function(HAS_READ)
    page.context.close()


def test_a_drawing_made_before_the_weights_came_is_read_when_they_come(open_reader):
    files = {}
    page = open_reader(files, [describe()])
    read(page)
    wait_until(page, lambda: problems(page))
    assert problems(page)[0]["code"] == "unreachable"
    assert problems(page)[0]["again"] > 0
    files["dense.bin"] = DENSE.weights
    page.evaluate("() => reader.retry()")  # at once, and not only when the time has come
    page.wait_for_function(HAS_READ)
    [[reading]] = readings(page)
    assert reading["digit"] == 7


def test_weights_are_asked_for_again_without_being_told_to(open_reader):
    files = {}
    page = open_reader(files, [describe()])
    read(page)
    wait_until(page, lambda: problems(page))
    files["dense.bin"] = DENSE.weights
    page.wait_for_function(HAS_READ)


SHORT, ALTERED = DENSE.weights[:-4], bytes(4) + DENSE.weights[4:]
UNKNOWN = [{"name": "lstm", "kind": "lstm"}, *DENSE.description["layers"]]
LAYERS = DENSE.description["layers"]


@pytest.mark.parametrize(
    ("weights", "changes", "code"),
    [
        (SHORT, {}, "size"),
        (ALTERED, {}, "hash"),
        (SHORT, {"size": len(SHORT), "sha256": hashlib.sha256(SHORT).hexdigest()}, "size"),
        (DENSE.weights, {"layers": UNKNOWN}, "layer"),
        (DENSE.weights, {"layers": [{**one, "activation": "swish"} for one in LAYERS]}, "activation"),
        (DENSE.weights, {"layers": [one for one in LAYERS if one["kind"] != "flatten"][:2]}, "size"),
        (DENSE.weights, {"layers": LAYERS[::-1]}, "shape"),
    ],
)
def test_weights_that_make_no_network_are_refused_whole(open_reader, weights, changes, code):
    page = open_reader({"dense.bin": weights}, [describe(**changes)])
    read(page)
    wait_until(page, lambda: problems(page))
    assert problems(page)[0]["code"] == code
    assert problems(page)[0]["network"] == "dense"
    assert readings(page) == []


def test_of_drawings_that_come_too_fast_only_the_newest_is_read(open_reader):
    page = open_reader({"dense.bin": DENSE.weights}, [describe()])
    read(page)
    page.wait_for_function(HAS_READ)
    page.evaluate(
        """() => {
          told.length = 0;
          for (let x = 0; x < 100; x++) reader.read([[[0, 0], [x, 60]]]);
        }"""
    )
    page.wait_for_function("() => told.some(({ drawing }) => drawing?.[0][1][0] === 99)")
    assert page.evaluate("() => told.map(({ drawing }) => drawing[0][1][0])") == [0, 99]


def test_another_choice_reads_the_drawing_anew(open_reader):
    cnn = describe_file(WEIGHTS, "cnn")
    networks = [{**cnn.description, "url": "cnn.bin"}, describe()]
    page = open_reader({"dense.bin": DENSE.weights, "cnn.bin": cnn.weights}, networks)
    read(page)
    page.wait_for_function(HAS_READ)
    page.evaluate("(networks) => reader.offer(networks, ['cnn', 'dense'])", networks)
    page.wait_for_function("() => told.some(({ readings }) => readings?.length === 2)")
    assert [one["name"] for one in readings(page)[-1]] == ["cnn", "dense"]


def test_a_small_network_stands_in_until_the_chosen_one_has_come(browser):
    cnn = describe_file(WEIGHTS, "cnn")
    networks = [{**cnn.description, "url": "cnn.bin"}, describe()]
    page = open_modules(browser, {"dense.bin": DENSE.weights, "cnn.bin": cnn.weights})
    held = []
    page.route("**/cnn.bin", lambda route: held.append(route))
    page.evaluate(START, {"networks": networks, "chosen": ["cnn"], "here": False})
    read(page)
    page.wait_for_function(HAS_READ)
    [first] = page.evaluate("() => told.filter(({ readings }) => readings)")
    assert ([one["name"] for one in first["readings"]], first["standIn"]) == (["dense"], ["cnn"])
    wait_until(page, lambda: held)
    held[0].fallback()
    page.wait_for_function("() => told.some(({ readings }) => readings?.[0].name === 'cnn')")
    last = page.evaluate("() => told.filter(({ readings }) => readings).at(-1)")
    assert last["drawing"] == SEVEN and "standIn" not in last
    page.context.close()


def test_nothing_stands_in_for_weights_that_cannot_be_had(open_reader):
    cnn = describe_file(WEIGHTS, "cnn")
    networks = [{**cnn.description, "url": "cnn.bin"}, describe()]
    page = open_reader({"dense.bin": DENSE.weights}, networks, chosen=["cnn"])
    wait_until(page, lambda: problems(page))
    read(page)
    page.wait_for_timeout(200)
    assert problems(page)[0]["network"] == "cnn" and readings(page) == []
