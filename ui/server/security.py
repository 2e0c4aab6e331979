"""What strangers may ask of the server, in one place: the settings of `launch`, and a guard before Gradio.

Gradio serves much that this page has no use for: uploads, a fetcher of any public address, an editor, screen
recordings. `Guard` lets through what the page and the API need and answers everything else itself, so a new
feature of Gradio is closed until somebody opens it here. What it lets through is small, plain JSON; what the
fields of it mean is checked where they are used (model/drawing.py, model/settings.py).
"""

import json
import re
from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

from model.drawing import MAX_LINE_BYTES, MAX_POINTS
from model.errors import DigitsError
from ui.server import files
from ui.text.words import accept_language, say_error

# A drawing as long as a drawings file allows, or a whole collection of corrections (ui/corrections), with
# room for the rest of the request. Gradio alone parses a body of any size, and holds it several times over.
MAX_BODY_BYTES = 2 * MAX_LINE_BYTES
# A drawing has 3 values per point, the pair and its two numbers. Gradio walks through each value several
# times in the one thread that answers everybody: 60,000 values were seen to hold it up for two seconds.
MAX_VALUES = 5 * MAX_POINTS
# {"data": [strokes]} has 6 levels. Gradio walks through them recursively: deep nesting is an error.
MAX_DEPTH = 12

# What the page loads and listens to. `file=` serves files that Gradio itself has put into its cache, whose
# names nobody can guess: the networks that visitors download. With an address in place of a path it would
# fetch from other hosts, so there only the absolute path of a file goes through, of Windows, too (C:\…).
READABLE = re.compile(
    r"/(config/?|theme\.css|favicon\.ico|manifest\.json|robots\.txt|pwa_icon(/\d{1,4})?)?"
    r"|/(assets|static|svelte)/.*"
    r"|/gradio_api/(info/?|openapi\.json|startup-events|app_id/?|user/?|login_check/?|theme\.css)"
    r"|/gradio_api/(queue/(data|status)|heartbeat/[\w-]+|call/(v2/)?(predict|explain)/\w+)"
    r"|/gradio_api/file=(/|[A-Za-z]:\\)[^:]+"
    rf"|{files.PATTERN}"
)
# Events of the page, which Gradio calls by number (those outside its queue under the name "predict", whatever
# they are), and the API's two functions.
CALLABLE = re.compile(r"/gradio_api/(queue/join|cancel|reset|(run|api|call|call/v2)/(predict|explain))/?")
# The page chooses such a name at random. Who has none would share a session with all others who have none.
SESSION = re.compile(r"[\w-]{1,64}")

# The browser lets the page load from, call and send forms to this server alone, so that a script that a
# stranger smuggled in could send nothing away. Gradio's page needs inline scripts, and builds templates and
# workers from text.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; base-uri 'self'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
}


class Refusal(DigitsError):
    """A request that goes no further. status: of the answer, whose sentence is for whoever sent it."""

    def __init__(self, status: int, code: str, /, **values: object):
        super().__init__(code, **values)
        self.status = status


class Guard:
    """ASGI middleware: passes on what the page needs, and refuses the rest in one sentence."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # the page opens none; closed before it is accepted, it is a 403
            await receive()
            return await send({"type": "websocket.close", "code": 1008})
        if scope["type"] != "http":  # the server's own start and end
            return await self.app(scope, receive, send)
        try:
            receive = await self._check(scope, receive)
        except Refusal as refusal:
            # The connection ends: what is left of a body that is too large is not worth reading.
            language = accept_language(Headers(scope=scope).get("accept-language", ""))
            detail = say_error(refusal, language)
            answer = JSONResponse({"detail": detail}, refusal.status, {"Connection": "close"})
            return await answer(scope, receive, send)
        await self.app(scope, receive, _add_headers(send))

    async def _check(self, scope: Scope, receive: Receive) -> Receive:
        """What to receive the request from; raises Refusal."""
        path, method = scope["path"], scope["method"]
        if method in ("GET", "HEAD") and READABLE.fullmatch(path):
            return receive
        if method == "OPTIONS":  # a CORS preflight: Gradio answers it
            return receive
        if method != "POST" or not CALLABLE.fullmatch(path):
            raise Refusal(404, "server.nothing")
        body = await _read_body(receive)
        check_request(body)
        return _replay(body, receive)


def _add_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return send_with_headers


async def _read_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            raise Refusal(413, "server.too-large", most=MAX_BODY_BYTES // 1024)
        if not message.get("more_body"):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read already, then whatever follows (that the visitor has gone)."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


def check_request(body: bytes) -> None:
    """Raises Refusal unless the body is a JSON object of modest size and depth, from a session if it is an
    event of the page, and names no file."""
    try:
        content = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Refusal(400, "server.not-json") from None
    if not isinstance(content, dict):
        raise Refusal(400, "server.no-object")
    session, by_number = content.get("session_hash"), content.get("fn_index") is not None
    if (by_number or session is not None) and not (isinstance(session, str) and SESSION.fullmatch(session)):
        raise Refusal(400, "server.session")
    level, values = [content], 0
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in (outer.values() if type(outer) is dict else outer)]
        values += len(level)
        if values > MAX_VALUES:
            raise Refusal(413, "server.values", most=MAX_VALUES)
        level = [value for value in level if type(value) in (dict, list)]
        # Gradio takes such an object for a file, wherever it stands, and would fetch it from another host.
        if any(type(value) is dict and "path" in value and "meta" in value for value in level):
            raise Refusal(400, "server.file")
        if not level:
            return
    raise Refusal(400, "server.depth", most=MAX_DEPTH)


def _refuse_constant(name: str) -> None:
    raise Refusal(400, "server.constant", name=name)


# Events of all visitors that may wait for an answer: a page that opens asks a handful of them. More would
# only pile up in memory; Gradio then says that the queue is full.
MAX_QUEUED_EVENTS = 1000

# For `launch`, besides what page.py gives it for looks.
SECURITY = {
    "app_kwargs": {"middleware": [Middleware(Guard)], "routes": files.ROUTES},
    "share": False,  # no tunnel to a public address, whatever GRADIO_SHARE says
    "show_error": False,  # an error of ours is told to the log alone; only gr.Error reaches a visitor
    "debug": False,  # no traceback as an answer
    "enable_monitoring": False,  # or anybody could read how the page is used
    "run_history": False,  # drawings are kept nowhere
    "mcp_server": False,  # no second door, whatever GRADIO_MCP_SERVER says
    "strict_cors": True,  # other sites' scripts get nothing from a page that runs on a visitor's own machine
    "ssr_mode": False,  # no Node server beside this one
    "state_session_capacity": 1000,  # sessions cost nothing to make up; the oldest state makes way
}
