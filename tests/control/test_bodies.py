from __future__ import annotations

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from openclaw.control.bodies import LONGEST_BODY, json_body
from openclaw.errors import BadRequest


def posted(*chunks: bytes, kind: str = "application/json") -> Request:
    """A request whose body comes in ``chunks``; after the last one the client is gone."""
    left = list(chunks)

    async def receive() -> Message:
        if not left:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    return Request({"type": "http", "method": "POST", "headers": [(b"content-type", kind.encode())]}, receive)


async def test_an_object_is_read_whatever_pieces_it_comes_in():
    """The type may carry a parameter and any case."""
    request = posted(b'{"id"', b": 1", b"}", kind="Application/JSON; charset=utf-8")
    assert await json_body(request) == {"id": 1}


async def test_the_limit_holds_across_pieces():
    """No single piece has to be too long (docs/http.md, 413)."""
    with pytest.raises(HTTPException) as refused:
        await json_body(posted(*[b" " * (LONGEST_BODY // 2 + 1)] * 2, b"{}"))
    assert refused.value.status_code == 413


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"{", b"[" * 10_000, b"\xff"])
async def test_what_is_no_object_is_refused(body: bytes):
    """Also what would take a parser down."""
    with pytest.raises(BadRequest, match="body"):
        await json_body(posted(body))


async def test_a_client_that_goes_away_is_no_failure_of_ours():
    """Nothing is logged as a bug."""
    with pytest.raises(HTTPException) as gone:
        await json_body(posted())
    assert gone.value.status_code == 400
