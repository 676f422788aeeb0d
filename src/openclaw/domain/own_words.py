"""Our own words coming back: is this row something that we said? Pure; design section 4, "Matching our own words".

One match serves two ends: it acknowledges a delivery, and it keeps us from answering ourselves (demand A1 to A8).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from openclaw.domain.admission import Held, Ours, Reason
from openclaw.domain.delivery import OutboundFile
from openclaw.domain.ids import DeliveryId, MessageGuid
from openclaw.domain.messages import InboundMessage, canonical_text, is_undecoded

# How far a bubble and its own row may lie apart: an Apple event may take two minutes.
_OWN_WINDOW = timedelta(seconds=120)
# How long after a confirmed bubble the same words from the peer look like an echo rather than a person.
_ECHO_WINDOW = timedelta(minutes=10)
# Fewer words than this are what people say too: "ok", "see you tomorrow".
_ECHO_WORDS = 4
# Bytes of the stored form that old imsg versions leave in front of a body.
_STRAY = 8
_LINK = "://"


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A bubble of ours in the chat of the message. ``open`` while no row has confirmed it.

    ``at`` is when it changed last, ``since`` when it was queued: it left between the two, if it left. One with a
    ``file`` has no text.
    """

    delivery: DeliveryId
    text: str
    at: datetime
    open: bool
    guid: str = ""
    since: datetime | None = None
    file: OutboundFile | None = None


def match_own(message: InboundMessage, own: Sequence[OwnWords], now: datetime) -> Ours | Held | None:
    """What ``message`` is if it is ours or looks like it; ``None`` for somebody else's words."""
    by_guid = _by_guid(message.guid, own)
    if by_guid is not None:
        return Ours(Reason.OWN_GUID, by_guid)
    if message.from_me and (sent := file_of_ours(message, own, now)):
        return Ours(Reason.OWN_FILE, sent)
    text = canonical_text(message.text)
    if not text:
        return Held(Reason.SUSPECT_ECHO) if not message.from_me and repeats_us(message, own) else None
    matching = [words for words in own if _same(text, canonical_text(words.text))]
    if message.from_me or len(text.split()) >= _ECHO_WORDS:
        for words in matching or _only_candidate(message, own, now):
            if words.open and _near(message, words, now):
                return Ours(Reason.OWN_TEXT, words.delivery)
    if message.from_me:
        return _of_a_link(message, text, own, now)
    return Held(Reason.SUSPECT_ECHO) if repeats_us(message, own) else None


def may_be_ours(message: InboundMessage, own: Sequence[OwnWords], now: datetime) -> bool:
    """Whether ``message`` says what a bubble says whose own row is still missing, be it ever so short.

    macOS may show an own row as the peer's for a moment (imsg#80), so its direction is worth a second look.
    """
    text = canonical_text(message.text)
    return file_of_ours(message, own, now) is not None or any(
        words.open and text and _same(text, canonical_text(words.text)) and _near(message, words, now)
        for words in own
    )


def repeats_us(message: InboundMessage, own: Sequence[OwnWords]) -> bool:
    """Whether ``message`` says what we said and saw arrive lately, and people do not say by chance."""
    if any(_has_file(message, words.file, exactly=True) and _echoes(message, words) for words in own):
        return True
    text = canonical_text(message.text)
    return len(text.split()) >= _ECHO_WORDS and any(
        _same(text, canonical_text(words.text)) and _echoes(message, words) for words in own
    )


def file_of_ours(message: InboundMessage, own: Sequence[OwnWords], now: datetime) -> DeliveryId | None:
    """The oldest file of ours without a row that ``message`` seems to carry, whoever it is from by its direction."""
    fitting = (words for words in own if words.open and _has_file(message, words.file))
    return next((words.delivery for words in fitting if _near(message, words, now)), None)


def _by_guid(guid: MessageGuid, own: Sequence[OwnWords]) -> DeliveryId | None:
    return next((words.delivery for words in own if guid and words.guid == guid), None)


def _has_file(message: InboundMessage, file: OutboundFile | None, *, exactly: bool = False) -> bool:
    """Whether a file of that name and size came with ``message``.

    A size of 0 is one that the phone does not know yet: nothing empty is sent. With ``exactly`` it proves nothing.
    """
    if file is None:
        return False
    sizes = (file.size,) if exactly else (file.size, 0)
    name = _canonical_name(file.name)
    return any(_canonical_name(one.name) == name and one.size in sizes for one in message.attachments)


def _canonical_name(name: str) -> str:
    # A Mac keeps names decomposed, and may change their case on the way.
    return unicodedata.normalize("NFC", name).casefold()


def _same(seen: str, said: str) -> bool:
    if not said:
        return False
    if seen == said:
        return True
    longer, shorter = (seen, said) if len(seen) > len(said) else (said, seen)
    return longer.endswith(shorter) and len(longer) - len(shorter) <= _STRAY


def _near(message: InboundMessage, words: OwnWords, now: datetime) -> bool:
    # The phone's clock and ours may differ, so either distance will do. A row that comes after the doubt about its
    # bubble was given up bears the time of the sending, not that of the giving up.
    begun = min(words.since or words.at, words.at)
    return begun - _OWN_WINDOW <= message.sent_at <= words.at + _OWN_WINDOW or now - words.at <= _OWN_WINDOW


def _echoes(message: InboundMessage, words: OwnWords) -> bool:
    return not words.open and abs(message.sent_at - words.at) <= _ECHO_WINDOW


def _of_a_link(message: InboundMessage, text: str, own: Sequence[OwnWords], now: datetime) -> Ours | None:
    """Messages makes two rows of a bubble with a link: the words and the link, or the same link twice (demand D7)."""
    for words in own:
        said = canonical_text(words.text)
        is_part = said.startswith(f"{text} ") or said.endswith(f" {text}") or said == text
        if _LINK in said and is_part and _near(message, words, now):
            return Ours(Reason.OWN_TEXT, words.delivery)
    return None


def _only_candidate(message: InboundMessage, own: Sequence[OwnWords], now: datetime) -> list[OwnWords]:
    if not (message.from_me and is_undecoded(message.text)):
        return []
    waiting = [words for words in own if words.open and words.text and _near(message, words, now)]
    return waiting if len(waiting) == 1 else []
