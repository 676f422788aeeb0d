"""The HTTP interface as an ASGI application: paths, bodies in, JSON out. Opens nothing and listens nowhere."""

from __future__ import annotations

import asyncio
import json
from typing import cast

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from openclaw.control.guard import Refusal, has_token, refusal
from openclaw.control.metrics import scrape
from openclaw.control.operation import Answer, Operation
from openclaw.control.operations import OPERATIONS, perform
from openclaw.control.params import Params, flag, number, refuse_unknown
from openclaw.control.probes import PROBE_LIMIT_S
from openclaw.control.shapes import Json
from openclaw.control.status import channels, readiness, status
from openclaw.control.surface import Surface
from openclaw.errors import BadRequest, NotFound, OpenClawError

log = structlog.get_logger("openclaw.control")

LONGEST_BODY = 64 * 1024
"""Bytes of a request; the largest honest one is a target and an account."""

# A client that takes longer to send a few bytes over loopback is not one of ours.
_BODY_LIMIT_S = 10.0
_LONGEST_PROBE_MS = round(PROBE_LIMIT_S * 1000)


def control_app(surface: Surface, token: str) -> ASGIApp:
    """The application over ``surface``; everything but health asks for ``token``."""

    async def healthz(_request: Request) -> Response:
        """That the program lives."""
        return JSONResponse({"status": "live"})

    async def readyz(request: Request) -> Response:
        """Whether every account is connected."""
        trusted = has_token(request.headers.raw, token)
        ready, body = readiness(surface, causes=trusted)
        return JSONResponse(body, 200 if ready else 503)

    async def metrics(_request: Request) -> Response:
        """The page for Prometheus."""
        page = await scrape(surface.ledger, surface.health(), surface.now())
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

    routes = [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
        Route("/api/status", api_status),
        Route("/api/channels", api_channels),
        *(_operation_route(surface, name, operation) for name, operation in OPERATIONS.items()),
    ]
    handlers = {HTTPException: _http_error, OpenClawError: _known_error, Exception: _unknown_error}
    return _guarded(Starlette(routes=routes, exception_handlers=handlers), token)


def _operation_route(surface: Surface, name: str, operation: Operation) -> Route:
    async def endpoint(request: Request) -> Response:
        """One operation of the table."""
        params = await _body(request) if operation.changes else _query(request)
        now = surface.now()
        # A look runs beside the journey of messages, and is no change that anybody would have to be told of.
        within = surface.ledger.write if operation.changes else surface.ledger.read
        answer = await within(lambda tx: perform(tx, name, params, now))
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
    return answer.body | ({"stopped": any(stopped)} if stopped else {})


def _query(request: Request) -> Params:
    given = request.query_params
    found = {name: given.getlist(name) for name in given}
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


async def _body(request: Request) -> Params:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415, "the body must be JSON; send Content-Type: application/json")
    try:
        document: object = json.loads(await _bounded(request))
    except (ValueError, RecursionError) as error:
        raise BadRequest("the body is not JSON") from error
    if not isinstance(document, dict):
        raise BadRequest("the body must be a JSON object")
    return cast("dict[str, object]", document)


async def _bounded(request: Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_LIMIT_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LONGEST_BODY:
                    raise HTTPException(413, f"the body is over {LONGEST_BODY} bytes")
    except TimeoutError as error:
        raise HTTPException(408, "the body did not arrive in time") from error
    except ClientDisconnect as error:
        raise HTTPException(400, "the client went away") from error
    return bytes(body)


def _guarded(app: ASGIApp, token: str) -> ASGIApp:
    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        """Nothing reaches the application that the guard refuses."""
        if scope["type"] != "http":
            return
        refused = refusal(scope["path"], scope["headers"], token)
        if refused is None:
            await app(scope, receive, send)
            return
        log.warning("control.refused", path=scope["path"], status=refused.status, reason=refused.error)
        await _refused(refused)(scope, receive, send)

    return guarded


def _refused(refused: Refusal) -> Response:
    body = {"error": refused.error} | ({"fix": refused.fix} if refused.fix else {})
    challenge = {"WWW-Authenticate": "Bearer"} if refused.status == 401 else None
    return JSONResponse(body, refused.status, challenge)


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
