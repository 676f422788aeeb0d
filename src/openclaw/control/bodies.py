"""Bodies of requests: JSON objects, of a bounded size, in a bounded time."""

from __future__ import annotations

import asyncio
import json
from typing import cast

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from openclaw.control.params import Params
from openclaw.errors import BadRequest

LONGEST_BODY = 64 * 1024
"""Bytes of a request; the largest honest one is a target and an account."""

# A client that takes longer to send a few bytes over loopback is not one of ours.
_BODY_LIMIT_S = 10.0


async def json_body(request: Request) -> Params:
    """The JSON object that a request carries; raises BadRequest or HTTPException for anything else."""
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
