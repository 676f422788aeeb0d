"""Bodies and fields."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message

from openclaw.errors import BadRequest
from openclaw.simulator.page import asking

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"text"', b"\xff", b"[" * 100_000, b'{"a":' * 50_000]
)
def test_what_is_no_object_is_refused(page: Any, body: bytes) -> None:
    """Any bytes may come; each gets a refusal in words."""
    answer = page.ask("POST", "api/contacts", body, content_type="application/json")
    assert (answer.code, bool(answer.json["error"])) == (400, True)


def test_a_body_without_end_is_cut(page: Any) -> None:
    """Every queue has a limit (style, 25)."""
    answer = page.ask("POST", "api/contacts", b'{"name": "' + b"x" * 300_000 + b'"}')
    assert (answer.code, "256 KB" in answer.json["error"]) == (400, True)


def test_another_method_is_refused_as_json(page: Any) -> None:
    """What changes something is a POST, so that no link can do it."""
    assert page.ask("GET", "api/contacts").code == 405
    assert page.ask("DELETE", "api/chats").json == {"error": "Method Not Allowed"}


@given(st.dictionaries(st.sampled_from(["name", "members", "remove", "service"]), JSON))
def test_any_value_is_read_or_refused(fields: dict[str, Any]) -> None:
    """No value of JSON reaches the database unchecked."""
    for read in (
        lambda: asking.text(fields, "name", 20),
        lambda: asking.texts(fields, "members", 3),
        lambda: asking.flag(fields, "remove"),
        lambda: asking.service(fields),
    ):
        try:
            value = read()
        except BadRequest:
            continue
        assert isinstance(value, (str, bool, list))


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    """A window that sends half a request holds nothing for long (style, 25)."""

    async def receive() -> Message:
        return await asyncio.get_running_loop().create_future()

    request = Request({"type": "http", "method": "POST", "headers": []}, receive)
    with pytest.raises(BadRequest, match="in time"):
        async for _ in asking.stream(request, limit_s=0):
            pass
