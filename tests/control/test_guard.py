from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.control.guard import OPEN_PATHS, has_token, refusal

TOKEN = "right"
GOOD = [(b"host", b"127.0.0.1:18789"), (b"authorization", b"Bearer right")]


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


@given(st.text().filter(lambda path: path not in OPEN_PATHS))
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
    assert not has_token([(b"authorization", b"Bearer right"), (b"authorization", b"Bearer right")], TOKEN)
    assert not has_token([(b"authorization", b"Bearer \xff\xfe")], TOKEN)
