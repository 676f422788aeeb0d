from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Message

from openclaw.control.headers import ALWAYS, with_headers


async def headers_of(given: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """What is sent when the application behind sends ``given``."""

    async def answer(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("x", headers=given)

    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}
    await with_headers(Starlette(routes=[Route("/", answer)]))(scope, receive, send)
    return list(sent[0]["headers"])


async def test_nobody_behind_can_weaken_the_headers():
    """A mounted application that sets one of them does not get its way, and none is there twice."""
    found = await headers_of({"Content-Security-Policy": "default-src *", "X-Frame-Options": "ALLOWALL"})
    for name, value in ALWAYS.items():
        assert [one for given, one in found if given.lower() == name] == [value]


async def test_what_says_nothing_is_not_kept():
    """Data stays out of the browser's cache; who says how long something may be kept is believed."""
    assert (b"cache-control", b"no-store") in await headers_of({})
    assert [
        value for name, value in await headers_of({"Cache-Control": "no-cache"}) if name == b"cache-control"
    ] == [b"no-cache"]
