"""The page's entrance over a real server: what is open, what a code opens, and what an attacker gets."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from openclaw.control.headers import ALWAYS
from openclaw.control.token import FILE_NAME

from .conftest import ANN, TOKEN, Answered, Caller, Running


async def send(caller: Caller, method: str, path: str, body: bytes | None = None, **headers: Any) -> Answered:
    return await asyncio.to_thread(caller.send, method, path, body, **headers)


async def new_code(caller: Caller) -> str:
    return str((await send(caller, "POST", "/api/page-code", b"{}")).json["code"])


async def log_in(caller: Caller) -> dict[str, Any]:
    """The headers of a browser that is logged in and asks from our own page."""
    code = await new_code(caller)
    answer = await post_code(caller, code)
    cookie = answer.headers["set-cookie"].partition(";")[0]
    origin = f"http://127.0.0.1:{caller.port}"
    return {"authorization": None, "cookie": cookie, "origin": origin, "x_openclaw": "1"}


async def post_code(caller: Caller, code: str) -> Answered:
    body = f'{{"code": "{code}"}}'.encode()
    return await send(caller, "POST", "/login", body, authorization=None, x_openclaw="1")


async def test_a_code_becomes_a_cookie_that_scripts_and_other_sites_cannot_use(caller: Caller):
    """HttpOnly, SameSite=Strict, the whole path, twelve hours (issue: login)."""
    answer = await post_code(caller, await new_code(caller))
    assert answer.code == 200
    name, *attributes = answer.headers["set-cookie"].split("; ")
    assert name.startswith(f"openclaw_session_{caller.port}=")
    assert {one.lower() for one in attributes} == {"httponly", "samesite=strict", "path=/", "max-age=43200"}


async def test_a_cookie_of_another_port_is_not_ours(caller: Caller):
    """Browsers keep cookies by host alone: two gateways side by side keep their sessions apart by the name."""
    browser = await log_in(caller)
    browser["cookie"] = f"openclaw_session_1=theirs; {browser['cookie']}; openclaw_session=old"
    assert (await send(caller, "GET", "/api/me", **browser)).code == 200
    browser["cookie"] = browser["cookie"].replace(f"_{caller.port}=", "_2=")
    assert (await send(caller, "GET", "/api/me", **browser)).code == 401


async def test_a_session_sees_and_changes_until_it_ends(caller: Caller):
    """Login, a look, a change, logout; then the same cookie is nothing (issue: login)."""
    browser = await log_in(caller)
    assert (await send(caller, "GET", "/api/me", **browser)).json["via"] == "session"
    assert (await send(caller, "POST", "/api/pause", b"{}", **browser)).code == 200
    left = await send(caller, "POST", "/logout", b"{}", **browser)
    assert left.json == {"loggedIn": False}
    assert "Max-Age=0" in left.headers["set-cookie"]
    assert (await send(caller, "GET", "/api/me", **browser)).code == 401


async def test_a_code_counts_once_and_a_wrong_one_never(caller: Caller):
    """Used, guessed and empty codes open nothing (issue: one-time code)."""
    code = await new_code(caller)
    assert (await post_code(caller, code)).code == 200
    assert (await post_code(caller, code)).code == 401
    assert (await post_code(caller, code[:-1])).code == 401
    assert (await post_code(caller, "")).code == 400


async def test_guessing_codes_shuts_the_door(caller: Caller):
    """After ten wrong codes the right one and the token are refused too; a session goes on (issue: lock-out)."""
    browser, code = await log_in(caller), await new_code(caller)
    answers = [await post_code(caller, f"guess{number}") for number in range(10)]
    assert {answer.code for answer in answers} == {401}
    shut = await post_code(caller, code)
    assert (shut.code, shut.headers["retry-after"]) == (429, "60")
    assert (await send(caller, "GET", "/api/status")).code == 429
    assert (await send(caller, "GET", "/api/me", **browser)).code == 200


@pytest.mark.parametrize(
    "without",
    [{"x_openclaw": None}, {"origin": None}, {"origin": "http://evil.example"}, {"origin": "null"}],
)
async def test_a_foreign_page_changes_nothing_with_the_cookie(caller: Caller, without: dict[str, Any]):
    """A cross-site post carries the cookie at most, and that is not enough (issue: CSRF)."""
    browser = await log_in(caller)
    assert (await send(caller, "POST", "/api/pause", b"{}", **(browser | without))).code == 403
    overview = await send(caller, "GET", "/api/overview")
    assert overview.json["paused"] is False


async def test_a_rebound_name_gets_nothing(caller: Caller):
    """A site that makes its own name point here says that name (issue: DNS rebinding)."""
    browser = await log_in(caller)
    for path in ("/", "/page/index.html", "/api/status", "/api/events", "/login"):
        answer = await send(caller, "GET", path, **(browser | {"host": "evil.example:18789", "origin": None}))
        assert answer.code == 403


async def test_nothing_changes_the_protocol(caller: Caller):
    """A WebSocket is refused with and without login (issue: attacks)."""
    for more in ({}, {"authorization": None}):
        upgrade = {"upgrade": "websocket", "connection": "Upgrade", **more}
        assert (await send(caller, "GET", "/api/events", **upgrade)).code == 400


async def test_without_login_there_are_no_events(caller: Caller):
    """The stream tells of other people's messages, so it is refused like data (issue: attacks)."""
    assert (await send(caller, "GET", "/api/events", authorization=None)).code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/page/../routes.py",
        "/page/..%2froutes.py",
        "/page/%2e%2e/routes.py",
        "/page//etc/passwd",
        "/page/%00",
        "/page/",
        f"/page/../../{FILE_NAME}",
        "/page/index.html/",
    ],
)
async def test_no_path_leads_out_of_the_page(caller: Caller, path: str):
    """Only what was found at the start is served (issue: attacks)."""
    answer = await send(caller, "GET", path, authorization=None)
    assert answer.code in (401, 404)
    assert "import" not in answer.text


async def test_the_page_is_served_to_a_stranger_with_its_types(caller: Caller):
    """The files hold nothing, so they need no login; a browser is told to ask again whether they changed."""
    page = await send(caller, "GET", "/", authorization=None)
    assert (page.code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    again = await send(caller, "GET", "/", authorization=None, if_none_match=page.headers["etag"])
    assert (again.code, again.text) == (304, "")


async def test_every_answer_carries_the_headers(caller: Caller):
    """Also errors and what is open; data is not stored (issue: strict Content-Security-Policy)."""
    asked: list[tuple[str, dict[str, Any]]] = [
        ("/", {"authorization": None}),
        ("/healthz", {}),
        ("/api/status", {}),
        ("/api/status", {"authorization": None}),
        ("/nothing", {}),
        ("/api/messages?limit=x", {}),
        ("/api/status", {"host": "evil.example"}),
    ]
    for path, headers in asked:
        answer = await send(caller, "GET", path, **headers)
        for name, value in ALWAYS.items():
            assert answer.headers[name.decode()] == value.decode(), path
        assert answer.headers["cache-control"] == ("no-cache" if path == "/" else "no-store")


async def test_markup_comes_back_as_data(caller: Caller, running: Running):
    """What a contact writes is JSON with its type, character for character (issue: attacks)."""
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202e"
    await running.ann_wrote(text=evil)
    answer = await send(caller, "GET", f"/api/conversation?target=%2B{ANN[1:]}")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json["entries"][0]["text"] == evil


async def test_a_huge_body_is_cut_off(caller: Caller):
    """One that says its size and one that never ends are both refused (issue: huge and endless requests)."""
    browser = await log_in(caller)
    assert (await send(caller, "POST", "/api/pause", b" " * 70_000, **browser)).code == 413
    assert await asyncio.to_thread(endless, caller.port) == b"HTTP/1.1 413"


def endless(port: int) -> bytes:
    """The beginning of the answer to a body that goes on for ever."""
    head = (
        f"POST /api/pause HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {TOKEN}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(head.encode())
        for _ in range(17):
            connection.sendall(b"1000\r\n" + b" " * 4096 + b"\r\n")
        return connection.recv(12)
