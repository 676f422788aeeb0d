"""The HTTP interface as an ASGI application: paths, bodies in, JSON out. Opens nothing and listens nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from openclaw.control.bodies import json_body
from openclaw.control.configuration import configuration_routes
from openclaw.control.description import description
from openclaw.control.entrance import entrance
from openclaw.control.events import Streams
from openclaw.control.explanation import GUID
from openclaw.control.guard import Refusal, refusal, visitor
from openclaw.control.headers import with_headers
from openclaw.control.login import Door
from openclaw.control.metrics import scrape
from openclaw.control.operation import Answer, Judged, Operation
from openclaw.control.operations import OPERATIONS, perform
from openclaw.control.params import Params, flag, number, refuse_unknown, required
from openclaw.control.probes import PROBE_LIMIT_S
from openclaw.control.searching import readings, search, search_shape
from openclaw.control.shapes import Json
from openclaw.control.status import channels, readiness, status
from openclaw.control.surface import Surface
from openclaw.domain.health import AccountState
from openclaw.domain.ids import MessageGuid
from openclaw.errors import BadRequest, NotFound, OpenClawError

log = structlog.get_logger("openclaw.control")

_NONE: Mapping[str, ASGIApp] = MappingProxyType({})
_LONGEST_PROBE_MS = round(PROBE_LIMIT_S * 1000)


def control_app(
    surface: Surface, door: Door, streams: Streams, mounts: Mapping[str, ASGIApp] = _NONE
) -> ASGIApp:
    """The application over ``surface``; whom ``door`` does not know gets the page without data, and health.

    Each of ``mounts`` is served below its path to whoever is let in.
    """

    async def healthz(_request: Request) -> Response:
        """That the program lives."""
        return JSONResponse({"status": "live"})

    async def readyz(request: Request) -> Response:
        """Whether every account is connected."""
        trusted = visitor(request.headers.raw, door) is not None
        ready, body = readiness(surface, causes=trusted)
        return JSONResponse(body, 200 if ready else 503)

    async def metrics(_request: Request) -> Response:
        """The page for Prometheus."""
        page = await scrape(surface.ledger, surface.health(), surface.live(), surface.now())
        return Response(page, media_type="text/plain; version=0.0.4; charset=utf-8")

    async def api_status(request: Request) -> Response:
        """Everything at a glance."""
        refuse_unknown(_query(request), ())
        return JSONResponse(await status(surface))

    async def api_channels(request: Request) -> Response:
        """The accounts, probed on request."""
        params = _query(request)
        refuse_unknown(params, ("probe", "timeoutMs"))
        limit_ms = number(params, "timeoutMs", _LONGEST_PROBE_MS, _LONGEST_PROBE_MS)
        return JSONResponse(await channels(surface, limit_ms / 1000 if flag(params, "probe") else None))

    async def api_search(request: Request) -> Response:
        """A message that is not in the ledger, looked for on the phones."""
        return JSONResponse(await _search(surface, _query(request)))

    routes = [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
        Route("/api/status", api_status),
        Route("/api/channels", api_channels),
        Route("/api/explain/search", api_search),
        Route("/api/openapi.json", _described),
        *configuration_routes(surface),
        *entrance(door, streams, surface.ledger.changes),
        *(Mount(path, app=app) for path, app in mounts.items()),
        *(_operation_route(surface, name, operation) for name, operation in OPERATIONS.items()),
    ]
    handlers = {HTTPException: _http_error, OpenClawError: _known_error, Exception: _unknown_error}
    app = Starlette(routes=routes, exception_handlers=handlers)
    return with_headers(_guarded(app, door, tuple(mounts)))


async def _search(surface: Surface, params: Params) -> Json:
    refuse_unknown(params, (GUID.name,))
    guid = MessageGuid(required(params, GUID.name))
    known = [name for name, health in surface.health().items() if health.state is not AccountState.STOPPED]
    found = await search(surface.find, known, guid) if surface.find else {}
    return search_shape(guid, found, await surface.ledger.read(lambda tx: readings(tx, known)))


async def _described(_request: Request) -> Response:
    return JSONResponse(description())


def _operation_route(surface: Surface, name: str, operation: Operation) -> Route:
    async def endpoint(request: Request) -> Response:
        """One operation of the table."""
        params = await json_body(request) if operation.changes else _query(request)
        now = surface.now()
        # A look runs beside the journey of messages, and is no change that anybody would have to be told of.
        within = surface.ledger.write if operation.changes else surface.ledger.read
        in_force = surface.in_force()
        judging = in_force.judging() if isinstance(operation.run, Judged) else None
        answer = await within(lambda tx: perform(tx, name, params, now, in_force.accounts, judging))
        return JSONResponse(await _follow_up(surface, answer))

    return Route(f"/api/{name}", endpoint, methods=["POST" if operation.changes else "GET"])


async def _follow_up(surface: Surface, answer: Answer) -> Json:
    if answer.judge:
        await surface.judge(answer.judge)
    if answer.deliver:
        for account in surface.health():
            surface.deliver(account)
    for session in answer.wake:
        surface.wake(session)
    stopped = [surface.stop_turn(session) for session in answer.stop]
    emptied: Json = {"logEmptied": await surface.ledger.empty_log()} if answer.wipe else {}
    return answer.body | ({"stopped": any(stopped)} if stopped else {}) | emptied


def _query(request: Request) -> Params:
    given = request.query_params
    found = {name: given.getlist(name) for name in given}
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _guarded(app: ASGIApp, door: Door, places: tuple[str, ...]) -> ASGIApp:
    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        """Nothing reaches the application that the guard refuses."""
        if scope["type"] != "http":
            return
        refused = refusal(scope["method"], scope["path"], scope["headers"], door)
        if refused is None:
            await app(scope, receive, send)
            return
        log.warning("control.refused", path=scope["path"], status=refused.status, reason=refused.error)
        answer = _refused(refused)
        if refused.status == 401 and scope["method"] == "GET" and scope["path"].startswith(places):
            # A person who opens the place itself is shown where to log in.
            answer = RedirectResponse("/", 303) if _is_navigation(scope) else answer
        await answer(scope, receive, send)

    return guarded


def _is_navigation(scope: Scope) -> bool:
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])


def _refused(refused: Refusal) -> Response:
    body = {"error": refused.error} | ({"fix": refused.fix} if refused.fix else {})
    headers: dict[str, str] = {}
    if refused.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if refused.retry_after_s:
        headers["Retry-After"] = str(refused.retry_after_s)
    return JSONResponse(body, refused.status, headers)


async def _http_error(_request: Request, error: Exception) -> Response:
    code = error.status_code if isinstance(error, HTTPException) else 500
    said = error.detail if isinstance(error, HTTPException) else "internal error"
    return JSONResponse({"error": said}, code)


async def _known_error(_request: Request, error: Exception) -> Response:
    code = 404 if isinstance(error, NotFound) else 400 if isinstance(error, BadRequest) else 503
    return JSONResponse({"error": str(error)}, code)


async def _unknown_error(_request: Request, _error: Exception) -> Response:
    # Starlette hands the exception on to the server, which logs it with its trace; the client gets none of it.
    return JSONResponse({"error": "internal error", "fix": "see the gateway's log"}, 500)
