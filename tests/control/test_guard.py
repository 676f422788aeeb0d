from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.control.guard import Headers, Refusal, cookie_name, visitor
from openclaw.control.guard import refusal as judged
from openclaw.control.login import Door

TOKEN = "right"
GOOD = [(b"host", b"127.0.0.1:18789"), (b"authorization", b"Bearer right")]
OPEN = ("/", "/healthz", "/readyz", "/login")


def refusal(path: str, headers: Headers, token: str, method: str = "GET") -> Refusal | None:
    """What a door that has refused nobody yet says."""
    return judged(method, path, headers, Door(token))


def test_the_right_token_by_our_own_name_is_served():
    """The ordinary request of a command (brief)."""
    assert refusal("/api/status", GOOD, TOKEN) is None
    assert refusal("/api/status", [GOOD[0], (b"authorization", b"bearer right")], TOKEN) is None


@given(st.text().filter(lambda text: text.strip() != TOKEN))
def test_no_other_token_is_served(wrong: str):
    """Whatever is sent, only the token itself opens (promise 5)."""
    headers = [GOOD[0], (b"authorization", b"Bearer " + wrong.encode("utf-8"))]
    refused = refusal("/api/status", headers, TOKEN)
    assert refused is not None
    assert refused.status == 401


@given(st.text().filter(lambda path: path not in OPEN and not path.startswith("/page/")))
def test_no_path_but_health_is_open(path: str):
    """A path that is spelled a little differently is another path, and closed."""
    assert refusal(path, GOOD[:1], TOKEN) is not None


@given(st.binary(max_size=40))
def test_only_three_names_are_ours(host: bytes):
    """Any other Host is somebody else's name for this machine (DNS rebinding)."""
    bare = host.decode("latin-1").lower().rpartition(":")[0] or host.decode("latin-1").lower()
    ours = bare in ("127.0.0.1", "localhost", "[::1]") or host.lower() in (
        b"127.0.0.1",
        b"localhost",
        b"[::1]",
    )
    refused = refusal("/healthz", [(b"host", host)], TOKEN)
    assert ours or refused is not None


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [*GOOD, (b"host", b"evil.example")],
        [*GOOD, (b"origin", b"http://evil.example")],
        [*GOOD, (b"origin", b"http://127.0.0.1:1")],
        [*GOOD, (b"origin", b"http://127.0.0.1:18789"), (b"origin", b"http://evil.example")],
    ],
)
def test_missing_doubled_and_foreign_names_are_refused(headers: list[tuple[bytes, bytes]]):
    """Two Host headers are a trick; a page of another port is another page (brief)."""
    refused = refusal("/api/status", headers, TOKEN)
    assert refused is not None
    assert refused.status == 403


def test_two_tokens_are_none():
    """A request that says two things about itself is not believed."""
    twice = [(b"authorization", b"Bearer right"), (b"authorization", b"Bearer right")]
    assert visitor(twice, Door(TOKEN)) is None
    assert visitor([(b"authorization", b"Bearer \xff\xfe")], Door(TOKEN)) is None


def by_cookie(door: Door, *more: tuple[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    """The headers of a browser that is logged in at ``door``."""
    secret = door.enter(door.make_code()) or ""
    return [(b"host", b"127.0.0.1:1"), (b"cookie", f"a=b; openclaw_session_1={secret}".encode()), *more]


ORIGIN, MARK = (b"origin", b"http://127.0.0.1:1"), (b"x-openclaw", b"1")


@pytest.mark.parametrize(
    ("method", "more", "status"),
    [
        ("GET", [], None),
        ("POST", [ORIGIN, MARK], None),
        ("POST", [], 403),
        ("POST", [ORIGIN], 403),
        ("POST", [MARK], 403),
        ("POST", [ORIGIN, (b"x-openclaw", b"yes")], 403),
        ("POST", [(b"origin", b"null"), MARK], 403),
        ("DELETE", [], 403),
        ("GET", [(b"sec-fetch-site", b"same-site")], 403),
        ("GET", [(b"sec-fetch-site", b"cross-site")], 403),
        ("GET", [(b"sec-fetch-site", b"none")], None),
        ("GET", [(b"authorization", b"Bearer wrong")], 401),
    ],
)
def test_a_cookie_alone_changes_nothing(method: str, more: list[tuple[bytes, bytes]], status: int | None):
    """A foreign page can make a browser send its cookie, not our header and not our origin (issue: CSRF)."""
    door = Door(TOKEN)
    refused = judged(method, "/api/pause", by_cookie(door, *more), door)
    assert (refused.status if refused else None) == status


def test_a_session_makes_no_codes():
    """Who holds a browser must not be able to let others in."""
    door = Door(TOKEN)
    refused = judged("POST", "/api/page-code", by_cookie(door, ORIGIN, MARK), door)
    assert refused is not None
    assert refused.status == 403


def test_a_change_of_protocol_is_refused():
    """There is no WebSocket, with or without the token (issue: WebSocket without login)."""
    for headers in (GOOD, GOOD[:1]):
        refused = refusal("/api/events", [*headers, (b"upgrade", b"websocket")], TOKEN)
        assert refused is not None
        assert refused.status == 400


def test_a_shut_lock_refuses_the_right_token_too():
    """Whoever guesses must not see when a guess was right (issue: lock-out on guessing)."""
    door = Door(TOKEN)
    inside = by_cookie(door)
    for number in range(10):
        wrong = (b"authorization", f"Bearer guess{number}".encode())
        assert judged("GET", "/api/status", [GOOD[0], wrong], door) is not None
    refused = judged("GET", "/api/status", GOOD, door)
    assert refused is not None
    assert (refused.status, refused.retry_after_s) == (429, 60)
    assert judged("GET", "/api/status", inside, door) is None


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("127.0.0.1:18789", "18789"),
        ("LOCALHOST:4000", "4000"),
        ("[::1]:5", "5"),
        ("[::1]", "80"),
        ("localhost", "80"),
    ],
)
def test_the_cookie_is_named_by_the_port_the_browser_sees(host: str, port: str):
    """Through a tunnel that is the near end, where another gateway's cookie may be too."""
    assert cookie_name([(b"host", host.encode())]) == f"openclaw_session_{port}"
