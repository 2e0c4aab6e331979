"""Words in the browser: what the readout says of a reading, and every text as Python says it."""

import pytest

from model.errors import DigitsError, Term
from tests.support.modules import open_modules
from tests.support.serving import ROOT
from tests.ui.test_text import find_values
from ui.text.words import NOT_ON_THE_PAGE, Joined, Text, Words, list_languages, load_table, pack

SAY = "async (messages) => messages.map((await import('/text/text.js')).say)"
SCRIPT = (ROOT / "ui" / "readout" / "describe.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def say(browser):
    """Calls a function of describe.js with each value, and words what it returns: texts, or objects that hold
    some."""
    page = open_modules(browser)
    call = """async (values) => { %s
      const { say } = await import("/text/text.js");
      return values.map((value) => {
        const found = %s(value);
        if (!found.headline) return say(found);
        return { ...found, headline: say(found.headline), detail: say(found.detail) };
      });
    }"""
    yield lambda name, *values: page.evaluate(call % (SCRIPT, name), list(values))
    page.context.close()


def read(digit, probability, verdict="digit", second=None):
    rest = [0.0 if second is not None else (1 - probability) / 9] * 10
    if second is not None:
        rest[second] = 1 - probability
    rest[digit] = probability
    return {"name": "cnn", "verdict": verdict, "probabilities": rest}


@pytest.mark.parametrize(
    ("reading", "glyph", "headline", "detail"),
    [
        (read(7, 0.92, second=1), "7", "92 %", "Next: 1, 8 %"),
        (read(7, 0.999), "7", "> 99 %", ""),  # a second that is out of the question is not named
        (read(4, 0.5, "unsure", second=9), "?", "No digit?", "Perhaps 4 or 9."),
        (read(0, 0.1, "blank"), "", "Nothing yet", "The bars follow your pen."),
    ],
)
def test_a_reading_is_said_in_words(say, reading, glyph, headline, detail):
    [said] = say("describe", reading)
    assert (said["glyph"], said["headline"], said["detail"]) == (glyph, headline, detail)
    assert said["probabilities"] == ([0] * 10 if reading["verdict"] == "blank" else reading["probabilities"])


def test_no_percentage_ever_claims_certainty(say):
    said = say("namePercent", *(number / 1000 for number in range(1001)))
    assert len(said) == 1001 and [one for one in said if "100" in one] == []


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        ({"code": "unreachable", "values": {}, "again": 4}, "could not be downloaded. Trying again in 4 s"),
        ({"code": "size", "values": {"expected": 10, "found": 8}, "again": 4}, "8 of 10 bytes"),
        ({"code": "hash", "values": {}, "again": 4}, "arrived damaged"),
        (
            {"code": "layer", "values": {"kind": "lstm"}, "again": None},
            "a layer that this page does not know: lstm.",
        ),
        (
            {
                "code": "missing",
                "values": {
                    "error": {"key": "error.store.missing", "values": {"path": "cnn.keras", "network": "cnn"}}
                },
                "again": None,
            },
            "cnn.keras is missing.",
        ),
        ({"code": "who knows", "values": {}, "again": None}, "An error of this page"),
    ],
)
def test_a_problem_is_said_in_a_sentence(say, problem, says):
    [said] = say("describeProblem", {"network": "cnn", **problem})
    assert said["headline"] == "No network"
    assert says in said["detail"] and said["probabilities"] == [0] * 10


@pytest.mark.parametrize("language", list_languages())
def test_python_and_the_browser_say_every_text_of_the_page_alike(browser, language):
    page = open_modules(browser, locale=load_table(language)["language.tag"])
    texts = [key for key in load_table(language) if not key.startswith(NOT_ON_THE_PAGE)]
    messages = [
        Text(key, **{name: value for name in find_values(load_table(language)[key])})
        for key in texts
        for value in (0, 1, 12345, 0.0005, 98.765)
    ]
    said = page.evaluate(SAY, [pack(one) for one in messages])
    page.context.close()
    assert said == [Words(language).say(one) for one in messages]


@pytest.mark.parametrize("language", list_languages())
def test_lists_and_errors_within_errors_are_said_alike(browser, language):
    page = open_modules(browser, locale=load_table(language)["language.tag"])
    missing = DigitsError("drawing.key-missing", key="label")
    messages = [
        DigitsError("drawing.line", file="a.jsonl", line=3, reason=missing),
        DigitsError("settings.choice", name=Term("setting.optimizer"), allowed=("adam", "sgd")),
        Joined("dots", ["", Text("pad.undo"), "cnn"]),
        Text("hint.harder", harder=Joined("and", [Text("hint.bent"), Text("hint.shapes")])),
    ]
    said = page.evaluate(SAY, [pack(one) for one in messages])
    page.context.close()
    assert said == [Words(language).say(one) for one in messages]
