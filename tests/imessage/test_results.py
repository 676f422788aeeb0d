"""The fate of a bubble: not sent only on proof, unknown in every doubt."""

from __future__ import annotations

import pytest

from openclaw.domain.delivery import NotSent, Sent, Unknown
from openclaw.errors import (
    ChildFailed,
    OpenClawError,
    PeerClosed,
    PhoneUnusable,
    RequestFailed,
    RequestTimedOut,
    WireError,
)
from openclaw.imessage.command import ImsgCommand
from openclaw.imessage.results import refusal, result_of_answer, result_of_error

COMMAND = ImsgCommand("imsg", None, is_remote=True)


def failed(code: int | None, data: object) -> RequestFailed:
    """An error answer to ``send``."""
    return RequestFailed("send", code, "message", data)


@pytest.mark.parametrize(
    "error",
    [
        PeerClosed("gone", written=False),
        ChildFailed("no such file"),
        PhoneUnusable("permission-denied", "banner"),
        failed(-32602, "unknown chat_id 7"),
        failed(-32601, "send"),
        failed(-32603, "Attachment not found at /x"),
        failed(-32603, "⚠️  Permission Error: cannot open /x. imsg needs Full Disk Access"),
        failed(-32603, 'permissionDenied(path: "/x", underlying: authorization denied (code: 23))'),
        failed(-32603, "AppleScript failed: Sending requires Messages.app automation"),
        failed(-32603, "AppleScript failed: Not authorized to send Apple events to Messages. (-1743)"),
        failed(-32000, "Server busy"),
        failed(-32002, {"retry_safe": True, "detail": "unavailable"}),
        failed(-32004, {"retry_safe": True, "disposition": "not_started"}),
    ],
)
def test_a_proven_miss_is_not_sent(error: OpenClawError) -> None:
    """Never written, refused before sending, or never started (design 4)."""
    assert isinstance(result_of_error(error, COMMAND), NotSent)


@pytest.mark.parametrize(
    "error",
    [
        PeerClosed("gone", written=True),
        RequestTimedOut("late"),
        WireError("odd"),
        failed(-32603, "AppleScript failed: Messages got an error: AppleEvent timed out. (-1712)"),
        failed(-32603, "AppleScript failed: Not authorized"),
        failed(-32603, None),
        failed(-32001, {"retry_safe": False, "disposition": "may_have_completed"}),
        failed(None, "odd"),
    ],
)
def test_every_doubt_is_unknown(error: OpenClawError) -> None:
    """A second copy is worse than a look at the history (promise 2)."""
    assert isinstance(result_of_error(error, COMMAND), Unknown)


def test_acceptance_without_a_guid_is_normal() -> None:
    """imsg finds its own row only when the text is in the text column (imsg contract 4.5)."""
    assert result_of_answer({"ok": True}) == Sent()
    assert isinstance(result_of_answer({"ok": False}), Unknown)
    assert isinstance(result_of_answer(None), Unknown)


def test_a_refusal_is_named() -> None:
    """Automation −1743 is the one that people meet (demand F4)."""
    assert str(refusal(failed(-32603, "Not authorized. (-1743)"))).startswith(
        "refused: Automation permission"
    )
    assert refusal(failed(-32603, "AppleScript failed: odd")) == "refused: AppleScript failed: odd"
    assert refusal(failed(-32602, "text or file is required")) is None
    assert refusal(RequestTimedOut("late")) is None
