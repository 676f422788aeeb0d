"""Reading what a window asks for: JSON bodies and the fields in them, bounded and checked.

Pure but for the body's stream. A field that cannot be used raises BadRequest with its name.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from typing import cast

from starlette.requests import ClientDisconnect, Request

from openclaw.errors import BadRequest
from openclaw.simulator.phone import Service

Fields = Mapping[str, object]

LONGEST_TEXT = 20_000
"""Characters of one bubble; Messages itself cuts far earlier."""

MOST_FILES = 10
_LONGEST_BODY = 256 * 1024
# Loopback delivers in milliseconds; a window that takes longer is gone. A large picture may come over a tunnel.
_BODY_LIMIT_S, _UPLOAD_LIMIT_S = 10.0, 120.0


async def fields(request: Request) -> Fields:
    """The JSON object in the body; raises BadRequest for anything else, or for one that is too long."""
    body = bytearray()
    async for chunk in stream(request, _BODY_LIMIT_S):
        body += chunk
        if len(body) > _LONGEST_BODY:
            raise BadRequest(f"the request is over {_LONGEST_BODY // 1024} KB; write less at once")
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest("the body is not JSON") from error
    if not isinstance(document, dict):
        raise BadRequest("the body must be a JSON object")
    return cast("Fields", document)


async def stream(request: Request, limit_s: float = _UPLOAD_LIMIT_S) -> AsyncGenerator[bytes]:
    """The body as it comes; raises BadRequest when it has not come whole after ``limit_s`` seconds."""
    deadline = asyncio.get_running_loop().time() + limit_s
    chunks = aiter(request.stream())
    while True:
        try:
            async with asyncio.timeout_at(deadline):
                chunk = await anext(chunks)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise BadRequest("the body did not arrive in time; try again") from error
        except ClientDisconnect as error:
            raise BadRequest("the window went away") from error
        yield chunk


def text(given: Fields, name: str, most: int, *, required: bool = False) -> str:
    """The text ``name`` without space around it, "" when it is not given."""
    value = given.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise BadRequest(f"{name} must be a text of at most {most} characters")
    # Half of a surrogate pair is JSON, but no text that a database could keep.
    stripped = value.encode("utf-8", "replace").decode().strip()
    if required and not stripped:
        raise BadRequest(f"{name} is missing")
    return stripped


def texts(given: Fields, name: str, most: int) -> list[str]:
    """The list of texts ``name``, empty when it is not given; at most ``most``."""
    value = given.get(name, [])
    listed = cast("list[object]", value) if isinstance(value, list) else None
    if listed is None or len(listed) > most or not all(isinstance(each, str) for each in listed):
        raise BadRequest(f"{name} must be a list of at most {most} texts")
    return [str(each) for each in listed]


def flag(given: Fields, name: str) -> bool:
    """The truth value ``name``, false when it is not given."""
    value = given.get(name, False)
    if not isinstance(value, bool):
        raise BadRequest(f"{name} must be true or false")
    return value


def service(given: Fields) -> Service:
    """The service, iMessage when it is not given."""
    match given.get("service", "iMessage"):
        case "iMessage":
            return "iMessage"
        case "SMS":
            return "SMS"
        case _:
            raise BadRequest("service must be iMessage or SMS")


def row_number(request: Request, name: str) -> int | None:
    """The whole number ``name`` of the query, ``None`` when it is not given."""
    value = request.query_params.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) <= 18):
        raise BadRequest(f"{name} must be a whole number")
    return int(value)
