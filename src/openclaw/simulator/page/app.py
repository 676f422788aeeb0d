"""The phone as an ASGI application: paths, and how refusals look. Reads and writes through the other modules.

Whoever mounts it decides who may come in, checks Host, Origin and the header that proves our own script, and sends the
Content-Security-Policy; the files here need no more than `'self'`.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from openclaw.errors import BadRequest, NotFound
from openclaw.simulator.behaviour import BadSettings
from openclaw.simulator.page.files import TooLarge
from openclaw.simulator.page.live import Changes
from openclaw.simulator.page.paths import api_routes
from openclaw.simulator.phone import NoSuchChat
from openclaw.simulator.schema import NotSimulated

_STATIC = Path(__file__).parent / "static"
_STATUS: dict[type[Exception], int] = {
    BadRequest: 400,
    NotFound: 404,
    NoSuchChat: 404,
    TooLarge: 413,
    BadSettings: 409,
    NotSimulated: 503,
    sqlite3.DatabaseError: 503,
}


def phone_app(
    database: Path,
    *,
    typing: Callable[[int], bool] | None = None,
    ended: Callable[[], bool] | None = None,
) -> Starlette:
    """The phone over the simulated ``database``, which need not be there yet.

    ``typing`` tells whether an answer for a chat id is under way, and is asked four times a second for the few chats
    where somebody wrote lately; without it no typing bubble is shown. Once ``ended`` says true every open stream ends,
    so that a server that stops does not wait for its windows.
    """
    changes = Changes(database, typing or _never_typing, ended or _never_ended)

    async def front(_request: Request) -> Response:
        """The page itself."""
        return FileResponse(_STATIC / "index.html", headers=_FRESH)

    routes = [
        Route("/", front),
        Mount("/static", _Static(directory=_STATIC)),
        Mount("/api", routes=api_routes(database, changes)),
    ]
    handlers = {HTTPException: _http_error} | dict.fromkeys(_STATUS, _known_error)
    return Starlette(routes=routes, exception_handlers=handlers)


PathLike = str | os.PathLike[str]

# A browser asks each time whether the file is still the same, so that an update never mixes old and new.
_FRESH = {"Cache-Control": "no-cache"}


class _Static(StaticFiles):
    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(_FRESH)
        return response


def _never_typing(_chat: int) -> bool:
    return False


def _never_ended() -> bool:
    return False


async def _http_error(_request: Request, error: Exception) -> Response:
    code = error.status_code if isinstance(error, HTTPException) else 500
    said = error.detail if isinstance(error, HTTPException) else "internal error"
    return JSONResponse({"error": said}, code)


async def _known_error(_request: Request, error: Exception) -> Response:
    code = next(code for kind, code in _STATUS.items() if isinstance(error, kind))
    return JSONResponse({"error": str(error)}, code)
