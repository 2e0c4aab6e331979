"""What a visitor who corrects the network can rely on, in Chromium."""

import re

import pytest
from playwright.sync_api import expect

from model.drawing import read_drawings, write_drawings
from tests.support.pad import draw, read_digit, wait_for_answer, wait_until
from tests.support.panel import button
from ui.corrections.collection import MAX_BYTES


def kept(page):
    return page.locator("#collection li")


def correct(page, drawing, label):
    """Draws it, says what it is, and clears the pad."""
    draw(page, drawing)
    wait_for_answer(page)
    button(page, label).click()
    expect(page.locator("#correction .said")).to_have_text(re.compile("Kept as"))
    button(page, "Clear").click()


def import_file(page, path):
    page.locator("#collection [type=file]").set_input_files(path)


@pytest.fixture
def two(pen_digits):
    return next(digit for digit in pen_digits if digit.label == 2)


def test_a_reading_can_be_corrected_as_soon_as_there_is_one(page, seven):
    labels = page.get_by_role("group", name="Correct the reading")
    expect(labels).not_to_be_visible()
    draw(page, seven)
    expect(labels.get_by_role("button")).to_have_count(11)
    height = page.evaluate("document.documentElement.scrollHeight")
    button(page, "It is a 7").focus()
    page.keyboard.press("Enter")
    expect(kept(page)).to_have_count(1)
    expect(page.locator("#correction .said")).to_have_text("Kept as a 7.")
    # A thumbnail takes no more room than the words that stood there.
    assert page.evaluate("document.documentElement.scrollHeight") == height
    button(page, "Clear").click()
    expect(labels).not_to_be_visible()


def test_a_second_label_for_the_same_drawing_corrects_the_first(page, seven):
    draw(page, seven)
    wait_for_answer(page)
    button(page, "It is a 1").click()
    expect(page.locator("#collection li b")).to_have_text("1")
    button(page, "It is not a digit").click()
    expect(page.locator("#collection li b")).to_have_text("none")
    expect(kept(page)).to_have_count(1)


def test_the_collection_outlives_a_reload_and_drawings_are_removed_one_by_one(page, seven, two):
    correct(page, seven, "It is a 7")
    correct(page, two, "It is a 2")
    page.reload()
    expect(kept(page)).to_have_count(2)
    expect(page.get_by_role("link", name="Your hand: 2 drawings")).to_be_visible()
    button(page, "Remove drawing 1, a 7").click()
    expect(page.locator("#collection li b")).to_have_text("2")
    # The keyboard goes on where it was.
    expect(button(page, "Remove drawing 1, a 2")).to_be_focused()
    page.keyboard.press("Enter")
    expect(kept(page)).to_have_count(0)
    expect(page.locator("#collection .none")).to_be_visible()
    expect(button(page, "Export")).to_be_disabled()


def test_what_was_exported_can_be_imported_by_somebody_else(page, open_page, seven, two, pen_digits):
    correct(page, seven, "It is a 7")
    correct(page, two, "It is not a digit")
    with page.expect_download() as download:
        button(page, "Export").click()
    path = download.value.path()
    exported = read_drawings(path)
    assert [drawing.label for drawing in exported] == [7, None]
    other = open_page()
    correct(other, next(digit for digit in pen_digits if digit.label == 3), "It is a 3")
    import_file(other, path)
    expect(kept(other)).to_have_count(3)
    expect(other.locator("#collection .notice")).to_have_text("2 drawings added.")
    import_file(other, path)
    expect(other.locator("#collection .notice")).to_have_text("0 drawings added.")
    expect(kept(other)).to_have_count(3)


BROKEN = [
    (b'{"label": 7, "strokes": [[[1, 2]]]}\n{"label": 77}\n', 'The file, line 2: "strokes" is missing.'),
    (b"\x89PNG\r\n\x1a\n\x00<img src=x onerror=alert(1)>", "The file, line 1: not valid JSON."),
    (b"", "The file holds no drawings"),
]


def test_broken_files_are_refused_in_one_sentence_and_nothing_is_lost(page, tmp_path, two):
    correct(page, two, "It is a 2")
    path = tmp_path / "broken.jsonl"
    for content, said in BROKEN:
        path.write_bytes(content)
        import_file(page, path)
        expect(page.get_by_text(f"Nothing was imported. {said}")).to_be_visible()
        expect(page.locator("#collection li b")).to_have_text("2")
    write_drawings(path, [two])
    import_file(page, path)
    expect(page.locator("#collection .notice")).to_have_text("1 drawing added.")


def test_a_file_that_is_too_large_is_not_even_read(page, tmp_path):
    path = tmp_path / "large.jsonl"
    path.write_bytes(b" " * (MAX_BYTES + 1))
    import_file(page, path)
    expect(page.locator("#collection .notice")).to_have_text(re.compile("larger than"))


def test_the_network_on_the_pad_learns_a_hand_for_this_visitor_alone_and_undo_returns(page, open_page, seven):
    other = open_page()
    choice = page.locator("#network-choice")
    choice.get_by_role("radio", name="dense").check()
    correct(page, seven, "It is a 7")
    button(page, "Learn my hand").click()
    expect(button(page, "Learn my hand")).to_be_disabled()
    page.locator("#pad").scroll_into_view_if_needed()
    draw(page, seven)  # while it learns
    wait_until(page, lambda: read_digit(page) == 7)  # the bars are empty while the new network comes
    expect(page.locator("#learn-status .headline")).to_have_text(re.compile("Learned|The old network stays"))
    cells = page.locator("#learn-report tbody tr").first.locator("td")
    expect(cells).to_have_text([re.compile("of 1"), "1 of 1"])
    yours = page.get_by_role("radio", name="yours")
    expect(yours).to_be_checked()
    wait_until(page, lambda: read_digit(page) == 7)
    assert other.get_by_role("radio", name="yours").count() == 0
    page.reload()
    expect(yours).to_be_checked()
    button(page, "Undo learning").click()
    expect(choice.get_by_role("radio", name="dense")).to_be_checked()
    expect(yours).to_have_count(0)
    expect(button(page, "Undo learning")).to_be_disabled()


def test_where_there_is_nothing_to_learn_the_button_says_so_and_a_correction_fits_a_phone(page, seven):
    page.set_viewport_size({"width": 390, "height": 844})
    learn = button(page, "Learn my hand")
    expect(learn).to_be_disabled()
    learn.dispatch_event("click")  # as assistive technology may do
    expect(page.get_by_text("Correct a drawing first: choose its label below the reading.")).to_be_visible()
    draw(page, seven)
    wait_for_answer(page)
    button(page, "It is a 7").click()
    expect(learn).to_be_enabled()
    expect(kept(page)).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for box in page.get_by_role("group", name="Correct the reading").get_by_role("button").all():
        size = box.bounding_box()
        assert size["width"] >= 24 and size["height"] >= 36  # for fingers
