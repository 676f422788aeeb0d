"""The entrance of the page: its files, logging in and out, and the stream of events."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Mapping

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from openclaw import __version__
from openclaw.control.assets import INDEX, Asset, load_assets
from openclaw.control.bodies import json_body
from openclaw.control.events import Streams
from openclaw.control.guard import LOGIN, PAGE, PAGE_CODE, cookie_name, session_secret, visitor
from openclaw.control.login import CODE_LIFETIME_S, SESSION_LIFETIME_S, Door
from openclaw.control.params import refuse_unknown, required
from openclaw.store.changes import Changes

log = structlog.get_logger("openclaw.control")


def entrance(door: Door, streams: Streams, changes: Changes) -> list[Route]:
    """The routes; the guard has let each request pass."""
    page = functools.partial(_page, load_assets())
    return [
        Route("/", page),
        Route(f"{PAGE}{{name:path}}", page),
        Route(LOGIN, _login(door), methods=["POST"]),
        Route("/logout", _logout(door), methods=["POST"]),
        Route(PAGE_CODE, _page_code(door), methods=["POST"]),
        Route("/api/me", _me(door)),
        Route("/api/events", _events(door, streams, changes)),
    ]


Endpoint = Callable[[Request], Awaitable[Response]]


async def _page(assets: Mapping[str, Asset], request: Request) -> Response:
    asset = assets.get(request.path_params.get("name", INDEX))
    if asset is None:
        return JSONResponse({"error": "there is no such file"}, 404)
    headers = {"ETag": asset.tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == asset.tag:
        return Response(status_code=304, headers=headers)
    return Response(asset.content, headers=headers, media_type=asset.media_type)


def _login(door: Door) -> Endpoint:
    async def login(request: Request) -> Response:
        """A session for a one-time code."""
        params = await json_body(request)
        refuse_unknown(params, ("code",))
        secret = door.enter(required(params, "code"))
        if secret is None:
            log.warning("control.login_refused")
            fix = "make a new one: openclaw page"
            return JSONResponse({"error": "the code is wrong, used or too old", "fix": fix}, 401)
        log.info("control.login")
        answer = JSONResponse({"loggedIn": True, "expiresInSeconds": SESSION_LIFETIME_S})
        # Not Secure: this is http on loopback, where browsers would not send it.
        name = cookie_name(request.headers.raw)
        answer.set_cookie(
            name, secret, max_age=SESSION_LIFETIME_S, path="/", httponly=True, samesite="strict"
        )
        return answer

    return login


def _logout(door: Door) -> Endpoint:
    async def logout(request: Request) -> Response:
        """The end of a session."""
        door.leave(session_secret(request.headers.raw))
        answer = JSONResponse({"loggedIn": False})
        answer.delete_cookie(cookie_name(request.headers.raw), path="/", httponly=True, samesite="strict")
        return answer

    return logout


def _page_code(door: Door) -> Endpoint:
    async def page_code(request: Request) -> Response:
        """A one-time code."""
        refuse_unknown(await json_body(request), ())
        return JSONResponse({"code": door.make_code(), "expiresInSeconds": CODE_LIFETIME_S})

    return page_code


def _me(door: Door) -> Endpoint:
    async def me(request: Request) -> Response:
        """By what the caller came in."""
        via = visitor(request.headers.raw, door)
        return JSONResponse({"loggedIn": True, "via": via, "version": __version__})

    return me


def _events(door: Door, streams: Streams, changes: Changes) -> Endpoint:
    async def events(request: Request) -> Response:
        """What changes, as it changes."""
        if streams.is_full:
            return JSONResponse({"error": "too many windows listen", "fix": "close one of them"}, 503)
        secret = "" if "authorization" in request.headers else session_secret(request.headers.raw)
        body = streams.stream(changes, lambda: not secret or door.has_session(secret))
        return StreamingResponse(body, media_type="text/event-stream")

    return events
