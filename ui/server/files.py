"""Files that the page's own scripts fetch: modules and weights, each under an address with a key of its own.

What ships is under the hash of its content, so that a browser may keep it for ever and gets a new one after
an update. A visitor's network is under a random key that only that visitor's page is told. security.py lets
through addresses of this form and no others.
"""

import hashlib
import secrets
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from model.errors import DigitsError
from ui.text.words import accept_language, say_error

PATTERN = r"/files/[0-9a-f]{32}/[\w-]+(/[\w-]+)?\.(js|bin)"  # for the guard
TYPES = {"js": "text/javascript", "bin": "application/octet-stream"}
FOREVER = "max-age=31536000, immutable"


class Files:
    """All that is published, in memory. Addresses are relative to the page's own, which a proxy may move."""

    def __init__(self):
        self._contents: dict[str, tuple[bytes, str]] = {}  # with the header Cache-Control

    def publish(self, contents: Mapping[str, bytes]) -> str:
        """Makes files public; returns the address of their folder. The names may hold one folder. All share a
        key, the hash of them all, so that modules find each other by relative addresses."""
        hashed = hashlib.sha256()
        for name, content in sorted(contents.items()):
            hashed.update(f"{name} {len(content)} ".encode() + content)
        key = hashed.hexdigest()[:32]
        for name, content in contents.items():
            self._contents[f"{key}/{name}"] = content, f"public, {FOREVER}"
        return f"files/{key}/"

    def publish_private(self, name: str, content: bytes, cached: bool = True) -> str:
        """Publishes a file under an address that nobody can guess; returns that address. cached: whether a
        browser should keep it."""
        path = f"{secrets.token_hex(16)}/{name}"
        self._contents[path] = content, f"private, {FOREVER}" if cached else "no-store"
        return f"files/{path}"

    def unpublish(self, address: str) -> None:
        """Takes a private file back."""
        self._contents.pop(address.removeprefix("files/"), None)

    async def answer(self, request: Request) -> Response:
        found = self._contents.get(request.path_params["path"])
        if found is None:
            language = accept_language(request.headers.get("accept-language", ""))
            return JSONResponse({"detail": say_error(DigitsError("server.nothing"), language)}, 404)
        content, kept = found
        media_type = TYPES[request.path_params["path"].rpartition(".")[2]]
        return Response(content, media_type=media_type, headers={"Cache-Control": kept})


FILES = Files()  # of this process
ROUTES = [Route("/files/{path:path}", FILES.answer)]
