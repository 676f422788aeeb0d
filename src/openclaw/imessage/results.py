"""What an answer to ``send``, or the lack of one, says about the fate of a bubble. Pure.

Only proof of a miss makes ``NotSent``; every doubt is ``Unknown`` (design, "Unknown sends").
"""

from __future__ import annotations

from openclaw.domain.bridge import DeedResult, Doubtful, NotDone
from openclaw.domain.delivery import NotSent, SendResult, Sent, Unknown
from openclaw.domain.health import NOT_PERMITTED
from openclaw.errors import OpenClawError, PeerClosed, RequestFailed, WireError
from openclaw.imessage import wire
from openclaw.imessage.command import ImsgCommand
from openclaw.imessage.diagnosis import data_of, detail_of, diagnose_error

_INTERNAL, _INVALID_PARAMS = -32603, -32602
# Envelope, unknown method, invalid parameters; from 0.14: too many requests, no database. All come before any sending.
_REFUSED_BEFORE = (-32700, -32600, -32601, -32602, -32000, -32002)
# Of those, the ones that say that the request itself is wrong: it would be refused again.
_WRONG_REQUEST = (-32700, -32600, -32601, -32602)
# The helper looks both up before it does anything.
_NOT_THERE = ("chat not found", "message not found")
_NOT_READY = "imsg bridge not ready"
_REFUSED_BY_HELPER = "dylib error:"
_MISSING_FILE = "attachment not found"
_NO_MAC = "sending requires messages.app automation"
# macOS refuses an Apple event (errAEEventNotPermitted) before Messages hears of it, so the bubble waits for the
# permission and is sent then.
_FAILED_BEFORE = (_MISSING_FILE, _NO_MAC, NOT_PERMITTED)
_AUTOMATION = (NOT_PERMITTED, "not authorized", "not authorised", _NO_MAC)


def result_of_answer(answer: object) -> SendResult:
    """The fate of a bubble whose request was answered."""
    accepted, guid, row = wire.parse_accepted(answer)
    return Sent(guid, row) if accepted else Unknown("imsg answered, but not that it had accepted the message")


def result_of_error(error: OpenClawError, command: ImsgCommand) -> SendResult:
    """The fate of a bubble whose request failed with ``error``."""
    match error:
        case PeerClosed(written=False):
            return NotSent(str(error))
        case RequestFailed():
            if not _precedes_sending(error, command):
                return Unknown(str(error))
            return NotSent(str(error), final=_stays_refused(error))
        case WireError():
            return Unknown(str(error))
        case _:
            return NotSent(str(error))  # no child could be opened, so nothing was written


def is_about_this_one(error: RequestFailed) -> bool:
    """Whether a message or a chat is not there any more, which says nothing of the helper inside Messages."""
    said = str(error.data).lower()
    return error.code == _INVALID_PARAMS or any(mark in said for mark in _NOT_THERE)


def stayed_here(error: RequestFailed, command: ImsgCommand) -> bool:
    """Whether it is certain that the helper inside Messages sent nothing of what it was asked to send.

    What it does not find, and what imsg could not even hand over, did not leave; a failure of its own may come behind
    the sending, and so may a time-out (imsg contract 1.3, 4.6).
    """
    said = detail_of(error).lower()
    not_handed_over = error.code == _INTERNAL and _NOT_READY in said
    return not_handed_over or is_about_this_one(error) or _precedes_sending(error, command)


def is_about_message(error: OpenClawError) -> bool:
    """Whether the helper, which is there, would not do what it was asked with this very message."""
    if not isinstance(error, RequestFailed):
        return False
    return is_about_this_one(error) or detail_of(error).lower().startswith(_REFUSED_BY_HELPER)


def deed_result(error: OpenClawError, command: ImsgCommand) -> DeedResult:
    """What became of something that was asked of the helper and failed with ``error``."""
    match error:
        case RequestFailed():
            is_certain = is_about_message(error) or stayed_here(error, command)
        case _:
            is_certain = isinstance(result_of_error(error, command), NotSent)
    return NotDone(str(error)) if is_certain else Doubtful(str(error))


def refusal(error: OpenClawError) -> str | None:
    """Why Messages would not send, in words for the health; ``None`` when ``error`` says nothing about that."""
    if not isinstance(error, RequestFailed) or error.code != _INTERNAL:
        return None
    detail = " ".join(detail_of(error).split())
    if any(mark in detail.lower() for mark in _AUTOMATION):
        return f"refused: Automation permission for Messages is missing ({NOT_PERMITTED}): {detail}"
    return f"refused: {detail}"


def _stays_refused(error: RequestFailed) -> bool:
    return error.code in _WRONG_REQUEST or _MISSING_FILE in detail_of(error).lower()


def _precedes_sending(error: RequestFailed, command: ImsgCommand) -> bool:
    if error.code in _REFUSED_BEFORE:
        return True
    if data_of(error).get("retry_safe") is True:
        return True
    if error.code != _INTERNAL:
        return False
    # A start-up failure answers every request with its banner.
    known = diagnose_error(error, command) is not None
    return known or any(mark in detail_of(error).lower() for mark in _FAILED_BEFORE)
