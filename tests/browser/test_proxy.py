"""Two processes of the app behind nginx, under a path, with the configuration of docs/deploying.md."""

import contextlib
import re
import shutil
import socket
import subprocess
import sys

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import RECORDED_APP
from tests.support.pad import draw, open_pad, read_digit, wait_for_answer
from tests.support.panel import button, start, status
from tests.support.processes import wait_until
from tests.support.readme import DEPLOYING, find_example
from tests.support.requirements import do_without
from tests.support.serving import find_port, serve

# nginx as a process of ours, in a folder of ours.
AROUND = """
daemon off;
pid nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy;
    fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    {configuration}
}}
"""


@contextlib.contextmanager
def run_nginx(configuration: str, folder, port: int):
    (folder / "nginx.conf").write_text(AROUND.format(configuration=configuration))
    nginx = subprocess.Popen(["nginx", "-p", f"{folder}/", "-e", "stderr", "-c", "nginx.conf"])
    try:
        wait_until(lambda: answers(port))
        yield
    finally:
        nginx.terminate()
        nginx.wait(60)


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Where the page is, behind nginx."""
    if not shutil.which("nginx"):
        do_without("nginx")
    configuration = find_example("nginx", DEPLOYING)
    port = find_port()
    below = {"command": RECORDED_APP, "GRADIO_ROOT_PATH": "/digits"}
    with serve(**below) as one, serve(**below) as other:
        for written, real in (("7861", one), ("7862", other)):
            assert f"127.0.0.1:{written};" in configuration
            configuration = configuration.replace(f"127.0.0.1:{written}", httpx.URL(real).netloc.decode())
        configuration = configuration.replace("listen 80;", f"listen {port};")
        with run_nginx(configuration, tmp_path_factory.mktemp("nginx"), port):
            yield f"http://127.0.0.1:{port}/digits/"


def test_a_visitor_draws_and_trains_through_it(site, browser, pen_digits):
    page = browser.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    open_pad(page, site)
    draw(page, next(digit for digit in pen_digits if digit.label == 3))
    wait_for_answer(page)
    assert read_digit(page) == 3
    start(page)
    button(page, "Stop").click()
    expect(status(page)).to_have_text(re.compile("Stopped"))
    page.close()
    assert [url for url in asked if not url.startswith((site, "data:", "blob:"))] == []


@pytest.mark.skipif(sys.platform != "linux", reason="needs the addresses 127.0.0.*, which Linux alone has")
def test_visitors_are_spread_over_both_processes_and_each_stays_with_one(site):
    met = set()
    for last in range(2, 32):
        with ask_from(f"127.0.0.{last}", site) as visitor:
            (process,) = {visitor.get("gradio_api/app_id").json()["app_id"] for _ in range(4)}
        met.add(process)
    assert len(met) == 2


def ask_from(address: str, site: str) -> httpx.Client:
    return httpx.Client(base_url=site, transport=httpx.HTTPTransport(local_address=address))


def test_a_body_that_the_server_would_not_take_does_not_get_there(site):
    answer = httpx.post(f"{site}gradio_api/call/predict", content=b"x" * 3_000_000)
    assert answer.status_code == 413
