"""The page in English and Chinese, as a visitor meets it."""

import json
import re
import urllib.error
import urllib.request

import pytest
from gradio_client import Client
from playwright.sync_api import expect

from tests.support.language import find_foreign, speak, wait_for_language
from tests.support.pad import count_ink, draw, wait_for_answer, wait_until
from tests.support.panel import start, status, wait_for_curve

CHINESE = {"locale": "zh-CN"}


@pytest.fixture
def chinese(open_page):
    """The page of somebody whose browser speaks Chinese; a training has left the line when the test ends."""
    page = open_page(**CHINESE)
    yield page
    if page.locator("#train-stop").is_enabled():
        page.locator("#train-stop").click()
        expect(status(page)).to_have_text(re.compile("已停止|训练完成"))


@pytest.mark.parametrize(
    ("locale", "tag", "title"),
    [
        ("zh-TW", "zh-CN", "手写数字画板"),
        ("cy-GB", "en", "Digit Sketchpad"),
    ],
)
def test_the_browser_decides_at_first(open_page, locale, tag, title):
    page = open_page(locale=locale)
    expect(page.locator("html")).to_have_attribute("lang", tag)
    expect(page).to_have_title(title)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    # Gradio's own words would follow the browser.
    expect(page.locator("footer:visible")).to_contain_text("Built with Gradio" if tag == "en" else "Gradio")


def test_a_choice_is_kept_through_a_reload(open_page):
    page = open_page()
    speak(page, "zh")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_role("button", name="开始", exact=True)).to_be_visible()
    wait_for_language(page, "zh")
    assert find_foreign(page, "zh") == []


def test_a_language_chosen_while_the_first_streams_are_late_stays(open_page):
    page, late = open_page(), []
    url = page.url
    page.goto("about:blank")  # or the stream may be one that the page before had asked for
    page.route("**/queue/data*", lambda stream: late.append(stream), times=1)
    page.goto(url)
    page.locator("#language").get_by_role("radio", name="中文").check()
    expect(page.locator("#more-settings")).to_contain_text("更多设置")
    wait_until(page, lambda: late)
    late.pop().continue_()
    page.wait_for_timeout(1000)  # what follows the stream, the downloads, has come by then
    for name in ("开始", "学习我的笔迹"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    assert find_foreign(page, "zh") == []


def test_a_second_change_counts_while_the_first_is_under_way(page):
    late = []

    def be_late(route):
        if not late and "language" in (route.request.post_data_json["event_data"] or {}):
            late.append((route, route.fetch()))
        else:
            route.continue_()

    page.route("**/run/predict", be_late)
    switch = page.locator("#language")
    switch.get_by_role("radio", name="中文").check()
    wait_until(page, lambda: late)
    switch.get_by_role("radio", name="English").check()
    route, answer = late[0]
    route.fulfill(response=answer)
    page.wait_for_timeout(1000)  # what follows that answer has come by then
    speak(page, "en")
    assert find_foreign(page, "en") == []


def test_the_switch_is_used_by_keyboard_and_each_language_is_named_in_itself(page):
    switch = page.get_by_role("group", name="Language")
    expect(switch.get_by_text("中文")).to_have_attribute("lang", "zh-CN")
    switch.get_by_role("radio", name="English").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("group", name="语言").get_by_role("radio", name="中文")).to_be_checked()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", level=1)).to_have_text("Digit Sketchpad")


def test_another_language_loses_neither_drawing_nor_run_nor_settings(visitor, seven):
    page = visitor
    page.get_by_role("radio", name="both").check()
    draw(page, seven)
    wait_for_answer(page)
    ink = count_ink(page)
    start(page, epochs=40)
    wait_for_curve(page)
    speak(page, "zh")
    expect(status(page)).to_have_text(re.compile(r"第 \d+ 轮，共 40 轮"))
    expect(page.locator("#verdict .glyph")).to_have_text("7")
    expect(page.get_by_role("radio", name="两者")).to_be_checked()
    expect(page.get_by_role("radio", name="教程")).to_be_checked()
    expect(page.get_by_label("轮数")).to_have_value("40")
    assert count_ink(page) == ink
    page.get_by_role("button", name="暂停", exact=True).click()
    expect(status(page)).to_have_text(re.compile("^已暂停"))
    speak(page, "en")
    expect(status(page)).to_have_text(re.compile("^Paused in epoch"))
    expect(page.get_by_role("button", name="Resume", exact=True)).to_be_enabled()
    expect(page.get_by_role("radio", name="both")).to_be_checked()


def test_who_reads_no_english_trains_dense_and_reads_with_it(chinese, seven):
    page = chinese
    page.get_by_role("group", name="要训练的网络").get_by_role("radio", name="全连接").check()
    page.get_by_role("radio", name="教程").check()
    page.get_by_label("轮数").fill("2")
    page.get_by_role("button", name="开始", exact=True).click()
    expect(status(page)).to_have_text(re.compile("训练完成：2 轮"))
    page.get_by_role("button", name="在我的手写板上使用").click()
    own = page.get_by_role("group", name="识别所写数字的网络").get_by_role("radio", name="我的")
    expect(own).to_be_checked()
    draw(page, seven)
    expect(page.locator("#verdict .glyph")).to_have_text("7")
    page.get_by_role("button", name="它有多好？").click()
    expect(page.locator("#results .headline")).to_have_text(re.compile("个数字的准确率"))
    assert find_foreign(page, "zh") == []


def test_a_refused_setting_is_named_in_chinese(chinese):
    chinese.get_by_label("轮数").fill("")
    chinese.get_by_role("button", name="开始", exact=True).click()
    expect(chinese.get_by_text("轮数未填写")).to_be_visible()
    assert find_foreign(chinese, "zh") == []


def test_programs_are_refused_in_the_language_that_they_accept(app_url):
    def ask(language):
        request = urllib.request.Request(f"{app_url}nothing", headers={"Accept-Language": language})
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(request)
        return json.loads(refusal.value.read())["detail"]

    assert ask("zh-CN,zh;q=0.9") == "这里没有内容。" and ask("fr") == "There is nothing here."
    client = Client(app_url, verbose=False, headers={"Accept-Language": "zh-CN"})
    with pytest.raises(Exception, match="network 必须是"):
        client.predict(strokes=[], network="mlp", api_name="/predict")
