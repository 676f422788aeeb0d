from __future__ import annotations

import asyncio
import json
import re

import pytest

from openclaw.domain.delivery import DeliveryState
from openclaw.domain.health import AccountState, ProbeCode
from openclaw.domain.messages import MessageState
from openclaw.store import deliveries, messages, pairing

from .conftest import ANN, DEFAULT, NOW, TOKEN, Caller, Running

GUARDED = [
    "/metrics",
    "/api/status",
    "/api/channels",
    "/api/pairing",
    "/api/chats",
    "/api/messages",
    "/api/deliveries",
]
CHANGES = ["/api/pairing/approve", "/api/pause", "/api/resume"]


async def test_health_says_that_it_lives_and_nothing_else(caller: Caller):
    """`/healthz` is open on loopback and tells a stranger nothing (requirements: health)."""
    answer = await asyncio.to_thread(caller.send, "GET", "/healthz", authorization=None)
    assert (answer.code, answer.json) == (200, {"status": "live"})


async def test_ready_when_every_account_is_connected(caller: Caller):
    """`/readyz` answers 200 once every account is connected (J.1)."""
    answer = await asyncio.to_thread(caller.send, "GET", "/readyz", authorization=None)
    assert (answer.code, answer.json) == (200, {"ready": True, "accounts": {"default": "connected"}})


async def test_not_ready_names_states_to_all_and_causes_to_the_operator(caller: Caller, running: Running):
    """Causes may hold paths and names, so only the token shows them (brief)."""
    running.state, running.cause = AccountState.NEEDS_PERMISSION, "imsg may not read /Users/x"
    stranger = await asyncio.to_thread(caller.send, "GET", "/readyz", authorization=None)
    assert (stranger.code, stranger.json) == (
        503,
        {"ready": False, "accounts": {"default": "needs permission"}},
    )
    operator = await asyncio.to_thread(caller.send, "GET", "/readyz")
    assert operator.json["causes"] == {"default": "imsg may not read /Users/x"}


@pytest.mark.parametrize("path", GUARDED)
async def test_without_the_token_nothing_is_told(caller: Caller, path: str):
    """Missing, wrong, empty, doubled-scheme and nearly right tokens are all refused (brief)."""
    for given in (
        None,
        "Bearer wrong",
        "Bearer ",
        "Bearer",
        TOKEN,
        f"Basic {TOKEN}",
        f"Bearer {TOKEN}x",
        "Bearer ÿ",
    ):
        answer = await asyncio.to_thread(caller.send, "GET", path, authorization=given)
        assert answer.code == 401, given
        assert set(answer.json) == {"error", "fix"}
        assert TOKEN not in answer.text


@pytest.mark.parametrize("path", CHANGES)
async def test_without_the_token_nothing_is_changed(caller: Caller, running: Running, path: str):
    """A refused change leaves the ledger as it was (promise 5)."""
    await running.ann_asked()
    body = b'{"code": "ABCD2345"}'
    answer = await asyncio.to_thread(caller.send, "POST", path, body, authorization="Bearer wrong")
    assert answer.code == 401
    assert not await running.ledger.read(lambda tx: pairing.grants(tx))


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "", "10.0.0.1"]
)
async def test_a_foreign_name_is_refused_even_with_the_token(caller: Caller, host: str):
    """DNS rebinding makes a foreign name point here; the name in Host gives it away."""
    for path in ("/healthz", "/api/status"):
        assert (await asyncio.to_thread(caller.send, "GET", path, host=host)).code == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:1", "https://127.0.0.1"])
async def test_a_page_of_another_site_is_refused(caller: Caller, origin: str):
    """A browser names the page that asks; only our own may (brief)."""
    assert (await asyncio.to_thread(caller.send, "GET", "/api/status", origin=origin)).code == 403
    assert (await asyncio.to_thread(caller.send, "POST", "/api/pause", b"{}", origin=origin)).code == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "LOCALHOST:80"])
async def test_our_own_names_and_pages_are_served(caller: Caller, host: str):
    """The three spellings of this machine, and a page that came from here (brief)."""
    answer = await asyncio.to_thread(caller.send, "GET", "/api/status", host=host, origin=f"http://{host}")
    assert answer.code == 200


async def test_a_body_over_the_limit_is_refused(caller: Caller, running: Running):
    """64 KiB is far beyond any honest request (brief)."""
    body = json.dumps({"code": "A" * 70_000}).encode()
    answer = await asyncio.to_thread(caller.send, "POST", "/api/pairing/approve", body)
    assert answer.code == 413
    assert set(answer.json) == {"error"}


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b'{"code": "X"}', "text/plain", 415),
        (b"code=X", "application/x-www-form-urlencoded", 415),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 60_000, "application/json", 400),
        (b"{}", "application/json", 400),
        (b'{"code": 5}', "application/json", 400),
        (b'{"code": ["A"]}', "application/json", 400),
        (b'{"code": "ABCD2345", "notify": "perhaps"}', "application/json", 400),
        (b'{"code": "ABCD2345", "acount": "default"}', "application/json", 400),
        (b'{"code": "WRONGONE"}', "application/json", 404),
        (b'{"code": "ABCD2345", "account": "other"}', "application/json", 404),
    ],
)
async def test_an_unusable_approval_changes_nothing(
    caller: Caller, running: Running, body: bytes, kind: str, code: int
):
    """Wrong type, wrong shape, wrong name, wrong value: each is refused with a sentence (brief)."""
    await running.ann_asked()
    answer = await asyncio.to_thread(caller.send, "POST", "/api/pairing/approve", body, content_type=kind)
    assert answer.code == code
    assert list(answer.json) == ["error"]
    assert "Traceback" not in answer.text
    assert not await running.ledger.read(lambda tx: pairing.grants(tx))


async def test_pairing_is_listed_and_approved_and_the_contact_told(caller: Caller, running: Running):
    """The shape of B.5; an approval takes effect at once and `notify` queues a bubble for the chat that asked."""
    await running.ann_asked()
    listed = await asyncio.to_thread(caller.send, "GET", "/api/pairing")
    assert listed.json == {
        "channel": "imessage",
        "requests": [
            {
                "id": ANN,
                "code": "ABCD2345",
                "createdAt": "2026-03-01T12:00:00.000Z",
                "lastSeenAt": "2026-03-01T12:00:00.000Z",
                "expiresAt": "2026-03-01T13:00:00.000Z",
                "meta": {"accountId": "default", "sender": ANN, "chatId": "7"},
            }
        ],
    }
    body = b'{"code": "abcd2345", "notify": true}'
    approved = await asyncio.to_thread(caller.send, "POST", "/api/pairing/approve", body)
    assert approved.json["id"] == ANN
    assert await running.ledger.read(lambda tx: ANN in pairing.granted_handles(tx, DEFAULT))
    queued = await running.ledger.read(lambda tx: deliveries.in_state(tx, DeliveryState.QUEUED))
    assert [bubble.message.account for bubble in queued] == [DEFAULT]
    assert running.woken == [DEFAULT]
    assert (await asyncio.to_thread(caller.send, "GET", "/api/pairing")).json["requests"] == []


async def test_resume_has_what_came_meanwhile_judged_again(caller: Caller, running: Running):
    """Messages of a paused chat wait and are judged after the pause (design 4, diagram C)."""
    held = await running.ann_wrote()
    paused = await asyncio.to_thread(
        caller.send, "POST", "/api/pause", b'{"target": "imessage:+1 555 010 0001"}'
    )
    assert paused.json["chats"] == ["-;+15550100001"]
    await running.ledger.write(lambda tx: messages.settle(tx, [held], MessageState.PAUSED, NOW))
    resumed = await asyncio.to_thread(caller.send, "POST", "/api/resume", b'{"target": "chat_id:7"}')
    assert (resumed.json["wasPaused"], resumed.json["messages"]) == (True, 1)
    assert running.judged == [held]


async def test_pausing_a_chat_that_nobody_knows_is_not_found(caller: Caller):
    """A typing mistake must not look like a pause (style 21)."""
    answer = await asyncio.to_thread(caller.send, "POST", "/api/pause", b'{"target": "+15559999999"}')
    assert answer.code == 404
    assert "openclaw chats list" in answer.json["error"]


async def test_lists_can_be_narrowed_and_refuse_what_they_do_not_know(caller: Caller, running: Running):
    """States are those of the ledger; an unknown one names the known ones (style 21)."""
    await running.ann_wrote(41)
    await running.ann_wrote(42)
    both = await asyncio.to_thread(caller.send, "GET", "/api/messages?state=received&state=in+turn")
    assert [held["rowId"] for held in both.json["messages"]] == [41, 42]
    assert (await asyncio.to_thread(caller.send, "GET", "/api/messages?limit=1")).json["messages"][0][
        "rowId"
    ] == 42
    wrong = await asyncio.to_thread(caller.send, "GET", "/api/messages?state=lost")
    assert wrong.code == 400
    assert "quarantined" in wrong.json["error"]
    for bad in ("limit=0", "limit=1001", "limit=-1", "limit=1e3", "limit=1&limit=2", "foo=1"):
        assert (await asyncio.to_thread(caller.send, "GET", f"/api/deliveries?{bad}")).code == 400


async def test_status_tells_accounts_agents_work_and_warnings(caller: Caller, running: Running):
    """What `openclaw status` prints while the gateway runs (brief)."""
    await running.ann_asked()
    status = (await asyncio.to_thread(caller.send, "GET", "/api/status")).json
    assert status["uptimeSeconds"] == 7200
    assert status["agents"] == [{"id": "main", "model": "openai/gpt-5"}]
    assert status["work"]["pairingRequests"] == 1
    assert status["warnings"] == [{"path": "session.dmScope", "message": "is main", "fix": "set it"}]
    assert [account["state"] for account in status["accounts"]] == ["connected"]


async def test_channels_probes_only_when_asked(caller: Caller, running: Running):
    """A probe starts a child on the phone's machine, so a plain look must not (J.2)."""
    running.probe_code = ProbeCode.RPC_UNSUPPORTED
    plain = (await asyncio.to_thread(caller.send, "GET", "/api/channels")).json
    assert "probe" not in plain["channelAccounts"]["imessage"][0]
    probed = (await asyncio.to_thread(caller.send, "GET", "/api/channels?probe=1&timeoutMs=5000")).json
    assert probed["channelAccounts"]["imessage"][0]["probe"] == {
        "ok": False,
        "code": "rpc-unsupported",
        "detail": "",
        "fix": "do this",
        "version": "0.13.0",
        "latencyMs": 3.5,
        "newestRow": 45,
        "files": "",
    }


async def test_unknown_paths_and_methods_are_json_too(caller: Caller):
    """Errors are JSON without traces whatever was asked (brief)."""
    assert (await asyncio.to_thread(caller.send, "GET", "/api/nothing")).json == {"error": "Not Found"}
    assert (await asyncio.to_thread(caller.send, "GET", "/api/pause")).code == 405
    assert (await asyncio.to_thread(caller.send, "DELETE", "/api/pairing")).code == 405


async def test_a_bug_shows_no_inside(caller: Caller, running: Running):
    """An unexpected error is for the log; the client learns that there was one (brief: no traces)."""
    running.broken = True
    answer = await asyncio.to_thread(caller.send, "GET", "/api/status")
    assert answer.code == 500
    assert "secret inside" not in answer.text
    running.broken = False
    assert (await asyncio.to_thread(caller.send, "GET", "/api/status")).code == 200


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /api/status HTTP/1.0\r\n\r\n",
        b"GET /api/status HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
        b"GET http://127.0.0.1/api/status HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET /healthz/../api/status HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /healthz%2f..%2fapi/status HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /api/status HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Original-URL: /healthz\r\n\r\n",
        b"GET /api/status HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /api/status HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ],
)
async def test_no_odd_request_gets_past_the_guard(caller: Caller, request_bytes: bytes):
    """Old, doubled, encoded, forwarded, upgraded, pipelined and broken requests tell a stranger nothing (promise 5)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", caller.port)
    writer.write(request_bytes)
    writer.write_eof()
    said = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    assert b'"agents"' not in said
    codes = re.findall(rb"HTTP/1\.1 (\d{3}) ", said)
    assert set(codes) <= {b"200", b"400", b"401", b"403", b"404", b"431"}
    assert codes[-1:] != [b"200"]
