"""A real server, asked over HTTP: README's examples of its API, what it prints, and what a stranger may send.

Whatever comes in, the answer comes soon, holds no traceback and nothing of another visitor, and the next
visitor is served as if nothing had happened. A longer search than the usual one:

    STRANGERS=10000 pytest tests/ui/test_server.py
"""

import json
import os
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.drawing import MAX_POINTS, MAX_STROKES
from tests.support.anything import ANY_TEXT, ANYTHING, NEARLY_A_FILE, NEARLY_STROKES, OF_AN_EVENT, SEVEN
from tests.support.processes import PATIENCE, find_server, measure
from tests.support.readme import find_example
from tests.support.serving import ROOT, serve_and_ask
from tests.support.stranger import SECRET, TOKEN, Stranger
from ui.server.security import MAX_BODY_BYTES, MAX_DEPTH, MAX_VALUES

CASES = int(os.environ.get("STRANGERS", 120))
OURS = "c0ffee"  # the session of a visitor whose drawing and token nobody else may get


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """app.py in a process of its own."""
    with serve_and_ask(tmp_path_factory.mktemp("server")) as server:
        yield server


def test_the_page_prints_its_address_and_when_it_loads_keras_and_nothing_else(server):
    printed, log = server.first_words
    assert printed.split() == f"Digit Sketchpad is on {server.url}".split()
    assert log == "Loading dense, which takes some seconds the first time.\n"


@pytest.mark.parametrize(
    ("language", "command"),
    [("python", [sys.executable, "-c"]), ("sh", ["sh", "-euc"])],
    ids=["python", "curl"],
)
def test_the_examples_of_the_api_read_a_seven(server, language, command):
    url = server.url.rstrip("/")
    example = find_example(language).replace("http://127.0.0.1:7860", url)
    assert url in example
    said = subprocess.run([*command, example], capture_output=True, text=True, timeout=PATIENCE)
    assert said.returncode == 0, said.stderr
    assert re.search(r"""['"]verdict['"]: ['"]digit['"], ['"]digit['"]: 7""", said.stdout)


@pytest.fixture(scope="module")
def stranger(server):
    stranger = Stranger(server.url, server.log)
    drawing = [[[float(SECRET), float(SECRET)], [31400, 31500]]]
    # One whose page is open, so that it is not forgotten while the tests go on.
    kept = {"event_data": {"strokes": drawing}}
    for event, values, data in (("arrive", [TOKEN, "", "en"], {}), ("keep_drawing", [], kept)):
        body = stranger.name_event(event, values, OURS, **data)
        assert stranger.http.post("/gradio_api/run/predict", json=body).is_success
    return stranger


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (["<img src=x onerror=alert(1)>", "cnn"], "strokes must be a list of strokes, but are text."),
        ([SEVEN, "<b>${7*7}{{7*7}}</b>"], 'network must be \\"cnn\\" or \\"dense\\".'),
        ([SEVEN, ["cnn"]], 'network must be \\"cnn\\" or \\"dense\\".'),
        ([SEVEN, {"name": "cnn"}], 'network must be \\"cnn\\" or \\"dense\\".'),
        ([[[["one", 2]]], "cnn"], "Stroke 1 holds text where a number belongs."),
        ([[[[1e6, 2]]], "cnn"], "A coordinate of stroke 1 is beyond"),
        ([[[[10**4000, 2]]], "cnn"], "A coordinate of stroke 1 is beyond"),
        ([[[[1, 2]]] * (MAX_STROKES + 1), "cnn"], "A drawing may have 64 strokes; this one has 65."),
        ([[[[1, 2]] * (MAX_POINTS + 1)], "cnn"], "A drawing may have 4096 points in all"),
        ([[[[1, 2]]] * 10_000, "cnn"], f"A request may hold {MAX_VALUES} values"),
    ],
)
def test_the_api_says_in_one_sentence_what_is_wrong(stranger, data, says):
    answer = stranger.predict(*data)
    assert says in answer
    assert "onerror" not in answer and "49" not in answer


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b'{"data": ["' + b"x" * 50_000_000 + b'"]}', 413, f"{MAX_BODY_BYTES // 1024} KiB"),
        (b'{"data": ' + b"[" * 900 + b"]" * 900 + b"}", 400, f"deeper than {MAX_DEPTH} levels"),
        (b'{"data": ' + b"[" * 500_000, 400, "no valid JSON"),
        (b'{"data": ' + b"[[[[]" * 50_000, 400, "no valid JSON"),
        (b'{"data": [[' + b"[]," * 100_000 + b"[]]]}", 413, "values"),
        (b'{"data": [[[[NaN, 1]]], "cnn"]}', 400, "holds NaN"),
        (b'{"data": [[[[1, -Infinity]]], "cnn"]}', 400, "holds -Infinity"),
        (b'{"data": [[[[' + b"9" * 5000 + b', 1]]], "cnn"]}', 400, "no valid JSON"),
        (b"\xff\xfe\x00", 400, "no valid JSON"),
        (b"[]", 400, "a JSON object"),
        (b"", 400, "no valid JSON"),
        (b'{"data": [], "fn_index": 0}', 400, "session_hash"),
        (b'{"data": [], "fn_index": 0, "session_hash": ["a"]}', 400, "session_hash"),
        (b'{"data": [], "fn_index": 0, "session_hash": "../../a"}', 400, "session_hash"),
    ],
)
def test_a_body_that_is_no_small_plain_request_goes_no_further(stranger, body, status, says):
    for path in ("/gradio_api/call/predict", "/gradio_api/run/predict", "/gradio_api/queue/join"):
        answer = stranger.ask(path, body)
        assert answer.status_code == status
        assert says in answer.json()["detail"]


@pytest.mark.parametrize("path", ["http://127.0.0.1:1/", "/etc/passwd", str(ROOT / "app.py")])
@pytest.mark.parametrize("spelling", ["path", "\\u0070ath"])
def test_what_gradio_would_take_for_a_file_is_refused_wherever_it_stands(stranger, path, spelling):
    file = f'{{"{spelling}": "{path}", "meta": {{"_type": "gradio.FileData"}}}}'
    for data in (f'{{"data": [{file}, "cnn"]}}', f'{{"data": [[[{file}]], "cnn"]}}'):
        answer = stranger.ask("/gradio_api/call/predict", data.encode())
        assert (answer.status_code, answer.json()) == (400, {"detail": "No files are taken here."})


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        f"/gradio_api/file={ROOT}/app.py",
        f"/gradio_api/file={ROOT}/model/weights/cnn.keras",
        "/gradio_api/file=app.py",
        "/gradio_api/file=/tmp/gradio/../../etc/passwd",
        "/gradio_api/file=/tmp/gradio/%2e%2e/%2e%2e/etc/passwd",
        "/gradio_api/file=http://127.0.0.1:1/",
        "/gradio_api/file=https://example.org/",
        "/gradio_api/file//etc/passwd",
        "/gradio_api/proxy=http://127.0.0.1:1/",
        "/gradio_api/custom_component/html/client/component/index.js",
        "/gradio_api/stream/a/b/1/playlist-file",
        "/static/%2e%2e/%2e%2e/%2e%2e/routes.py",
        "/assets/%2e%2e/%2e%2e/%2e%2e/routes.py",
        "/svelte/..%2f..%2f..%2froutes.py",
        "/monitoring",
        "/monitoring/summary",
        "/gradio_api/runs",
        "/docs",
        "/files/",
        f"/files/{'0' * 32}/browser/reader.js",
        f"/files/{'0' * 32}/../app.py",
        f"/files/{'0' * 32}/yours.bin",
    ],
)
def test_no_file_and_no_address_can_be_read_through_the_server(stranger, path):
    answer = stranger.http.get(path)
    assert answer.status_code in (403, 404)
    assert "root:" not in answer.text and "import" not in answer.text


def test_the_tab_has_the_pages_own_icon_and_the_html_its_name(stranger):
    assert stranger.http.get("/favicon.ico").content == (ROOT / "ui" / "favicon.png").read_bytes()
    assert "<title>Digit Sketchpad</title>" in stranger.http.get("/").text


def test_modules_and_weights_are_read_and_kept_for_ever(stranger):
    components = stranger.http.get("/config").json()["components"]
    [readout] = [one["props"]["props"] for one in components if one["props"].get("elem_id") == "readout"]
    addresses = [f"{readout['modules']}browser/reader.js", *(one["url"] for one in readout["networks"])]
    for address in addresses:
        answer = stranger.http.get(f"/{address}")
        assert answer.is_success
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert len(answer.content) == readout["networks"][-1]["size"]


@pytest.mark.parametrize(
    "path",
    ["upload", "component_server", "process_recording", "vibe-edit", "vibe-code", "stream/a", "nothing"],
)
def test_nothing_is_taken_but_events(stranger, path):
    answer = stranger.http.post(f"/gradio_api/{path}", files={"files": ("a.keras", b"x" * 1000)})
    assert (answer.status_code, answer.json()) == (404, {"detail": "There is nothing here."})


NO_TRAINING = "teach", "train"  # what costs minutes when it is asked rightly


@settings(max_examples=CASES)
@given(data=st.data())
def test_whatever_is_sent_is_answered_soon_and_tells_nothing(stranger, data):
    kind = data.draw(st.sampled_from(["api", "event", "file", "junk"]))
    if kind == "api":
        stranger.predict(data.draw(NEARLY_STROKES), *data.draw(st.lists(ANYTHING, max_size=2)))
    elif kind == "event":
        name = data.draw(st.sampled_from(sorted(set(stranger.events) - set(NO_TRAINING))))
        inputs = len(stranger.events[name]["inputs"])
        values = data.draw(st.lists(ANYTHING, min_size=inputs, max_size=inputs) | ANYTHING)
        more = data.draw(st.dictionaries(st.sampled_from(["trigger_id", "event_id"]), ANYTHING))
        more["event_data"] = data.draw(OF_AN_EVENT | ANYTHING)
        stranger.run(
            name, values, data.draw(st.sampled_from(["stranger", "another", "x" * 64]) | ANYTHING), **more
        )
    elif kind == "file":
        text = data.draw(NEARLY_A_FILE)
        stranger.queue("import_text", [], event_data={"text": text})
        stranger.queue("teach", [f"{text}\nno JSON", data.draw(ANY_TEXT)])  # nothing to be learned
    else:
        path = data.draw(st.sampled_from(["call/predict", "run/predict", "queue/join", "cancel", "reset"]))
        stranger.ask(f"/gradio_api/{path}", data.draw(st.binary(max_size=200) | ANYTHING))


GOOD = {
    "network": "dense",
    "recipe": "handwriting",
    "epochs": 3,
    "batch_size": 256,
    "learning_rate": 0.001,
    "optimizer": "adam",
    "activation": "relu",
    "dropout": 0.5,
    "augment": True,
    "seed": 1,
    "smoothing": 0,
}
BAD = {
    "network": ["nothing", "<b>", "../cnn", 7, ["cnn"]],
    "recipe": ["nothing", None, {}],
    "epochs": [0, -1, 10**9, 10**400, "3", [3], None],
    "batch_size": ["256", 0, 7, 10**9],
    "learning_rate": [-1, 1e300, "x", None],
    "optimizer": ["__class__", 3],
    "activation": ["softmax", []],
    "dropout": [5, -1, "x", 1],
    "augment": ["yes", 2, [True]],
    "seed": [-1, 10**30, "x", None],
    "smoothing": ["x", 5],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in BAD.items() for value in values]
)
def test_no_training_starts_with_settings_out_of_bounds(stranger, name, value):
    messages = stranger.queue("train", list({**GOOD, name: value}.values())).split("data: ")
    [end] = [m for m in map(json.loads, messages[1:]) if m["msg"] == "process_completed"]
    assert not end["success"]
    if isinstance(value, int | float | None):  # which the page can send, and says what is wrong with
        assert end["output"]["error"]


@pytest.mark.parametrize(
    "data", [7, "label", ["label"], [7], None, {"label": [7]}, {"label": 7, "read": "x"}]
)
def test_event_data_of_any_kind_raises_nothing(stranger, data):
    assert stranger.run("show_cell", ["mnist-test"], event_data=data).is_success
    assert stranger.run("keep_drawing", [], event_data=data).is_success
    assert "Nothing was imported" in stranger.queue("import_text", [], event_data=data)


@pytest.mark.parametrize(
    ("strokes", "says"),
    [
        ([[[1, 2]]] * 10_000, "A drawing may have 64 strokes; this one has 10000."),
        ([[]] * 150_000, "A drawing may have 64 strokes"),
        ([[[1, 2]] * 50_000], "A drawing may have 4096 points"),
    ],
)
def test_a_drawing_beyond_the_limits_is_refused_in_a_file(stranger, strokes, says):
    text = json.dumps(strokes, separators=(",", ":"))
    row = f'{{"label":7,"strokes":{text}}}'
    assert f"line 1: {says}" in stranger.queue("import_text", [], event_data={"text": row})
    assert f"line 1: {says}" in stranger.queue("teach", [row, "cnn"])


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, which Linux alone has")
def test_large_requests_leave_no_memory_behind(stranger):
    def send(count):
        for _ in range(count):
            session = f"large{next(stranger.sessions)}"
            text = json.dumps([[]] * 300_000, separators=(",", ":"))
            stranger.run("keep_drawing", [], session, event_data={"strokes": text})
            stranger.ask("/gradio_api/call/predict", b"x" * 20_000_000)

    send(3)  # what Python keeps for the next time is no leak
    before = measure(find_server())["MB"]
    send(6)  # kept, the lists alone would be 19 MB each
    assert measure(find_server())["MB"] < before + 60


def test_a_visitor_is_served_after_all_this_as_before(stranger):
    assert '"verdict": "blank"' in stranger.predict([], "cnn")
    assert stranger.http.get("/").is_success
    offers = [stranger.run("offer_network", [], session).json()["data"] for session in (OURS, "new")]
    assert offers == [[{"own": None}]] * 2
