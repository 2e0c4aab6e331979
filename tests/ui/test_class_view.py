"""The address that a class is told, and its QR code."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import zxingcpp
from hypothesis import given

from tests.support.anything import ANY_TEXT, ANYTHING
from ui.class_view.class_view import BORDER, describe_address
from ui.server import address
from ui.server.address import find_address

OWN = "192.168.1.5"  # this machine's, in the tests


@pytest.fixture(autouse=True)
def network(monkeypatch):
    monkeypatch.setattr(address, "find_own_address", lambda: OWN)


@pytest.mark.parametrize(
    "location",
    [
        "https://someone-digit-sketchpad.hf.space/",
        "http://teacher-pc:7860/",
        "http://192.168.1.7:7860/",
        "http://[fd00::1]:7860/",
        "https://school.example/digits/",  # behind a proxy, under a path
    ],
)
def test_an_address_that_others_can_open_is_told_as_it_is(location):
    assert find_address(location, "0.0.0.0", 7860) == location


def test_query_and_fragment_stay_with_the_visitor():
    location = "https://someone.hf.space/?__sign=secret&__theme=dark#corrections"
    assert find_address(location, "0.0.0.0", 7860) == "https://someone.hf.space/"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "LocalHost", "127.1.2.3", "[::1]", "a.localhost", "0.0.0.0", "[::]"]
)
def test_instead_of_an_address_of_this_machine_alone_its_address_in_the_network_is_told(host):
    location = f"http://{host}:1234/?x"
    assert find_address(location, "0.0.0.0", 7860) == f"http://{OWN}:7860/"
    assert find_address(location, "::", 7860) == f"http://{OWN}:7860/"
    assert find_address(location, "10.0.0.3", 7860) == "http://10.0.0.3:7860/"
    assert find_address(location, "fd00::3", 7860) == "http://[fd00::3]:7860/"


def test_who_listens_to_this_machine_alone_or_is_in_no_network_has_no_address(monkeypatch):
    for server_name in ("127.0.0.1", "localhost", "::1"):
        assert find_address("http://127.0.0.1:7860/", server_name, 7860) is None
    for own in (None, "127.0.0.1"):
        monkeypatch.setattr(address, "find_own_address", lambda own=own: own)
        assert find_address("http://127.0.0.1:7860/", "0.0.0.0", 7860) is None


@pytest.mark.parametrize(
    "location",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://user:secret@school.example/",
        "http://school.example/<b>",
        'http://school.example/"x y"',
        "http://[::1/",
        f"https://school.example/{'a' * 300}",
        "",
    ],
)
def test_what_is_no_address_of_a_page_is_not_told(location):
    assert find_address(location, "127.0.0.1", 7860) is None


@given(ANYTHING | ANY_TEXT | ANY_TEXT.map("http://{}".format))
def test_whatever_a_stranger_sends_is_an_address_or_none(location):
    found = find_address(location, "127.0.0.1", 7860)
    assert found is None or re.fullmatch("https?://[!-~]{1,300}", found, re.I)


def test_this_machines_own_address_is_one_or_none():
    found = address.find_own_address()
    assert found is None or re.fullmatch(r"\d+(\.\d+){3}", found)


def paint(svg: str) -> np.ndarray:
    """The pixels of a code, one a module: 0 black, 255 white."""
    root = ET.fromstring(svg)
    _, _, width, height = map(int, root.get("viewBox").split())
    ground, lines = (path.attrib for path in root)
    assert (ground["fill"], ground["d"], lines["stroke"]) == (
        "#fff",
        f"M0 0h{width}v{height}h-{width}z",
        "#000",
    )
    pixels = np.full((height, width), 255, np.uint8)
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", lines["d"]):
        right, down = ([float(one) for one in numbers.split()] + [0.0])[:2]
        if command == "h":
            pixels[int(y), int(x) : int(x + right)] = 0
        x, y = (right, down) if command == "M" else (x + right, y + down)
    return pixels


@pytest.mark.parametrize(
    "told",
    [
        "http://192.168.1.5:7860/",
        "https://someone-digit-sketchpad.hf.space/",
        f"https://school.example/{'digits/' * 39}",
    ],
)
def test_the_code_holds_the_address_and_has_its_quiet_zone(told):
    described = describe_address(told)
    pixels = paint(described["code"])
    assert described["address"] == told
    assert [one.text for one in zxingcpp.read_barcodes(pixels.repeat(4, 0).repeat(4, 1))] == [told]
    edge = np.ones(pixels.shape, bool)
    edge[BORDER:-BORDER, BORDER:-BORDER] = False
    assert (pixels[edge] == 255).all()
    assert (pixels[BORDER, BORDER : BORDER + 7] == 0).all()


def test_without_an_address_there_is_no_code():
    assert describe_address(None) == {"address": "", "code": ""}
