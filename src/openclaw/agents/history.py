"""How much of a session's transcript a model gets: the newest whole exchanges that fit. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from openclaw.domain.sessions import SUMMARY, TranscriptEntry
from openclaw.domain.shortening import shortened

BYTES_PER_TOKEN = 2
"""Counted in UTF-8 bytes: English runs at four a token, Chinese at three, emoji at two, so two is the cautious figure.
Too little history is a shorter memory, too much is a refused request."""

ENTRY_TOKENS = 8
"""What the markers around one message cost in any chat template."""


def estimate_tokens(text: str) -> int:
    """How many tokens ``text`` takes at most, by its length in UTF-8."""
    return -(-len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN)


def fit_words(about: str, text: str, budget_tokens: int) -> tuple[str, str]:
    """What stands beside what was said, and what was said, both within the budget.

    What was said is cut in its middle, with a mark; what stands beside it goes altogether once it would take more than
    half of the room.
    """
    if estimate_tokens(about) + estimate_tokens(text) <= budget_tokens:
        return about, text
    if estimate_tokens(about) > budget_tokens // 2:
        about = ""
    most = len(text)
    room = budget_tokens - estimate_tokens(about)
    while most and estimate_tokens(shortened(text, most)) > room:
        most = most * 3 // 4
    return about, shortened(text, most)


def fit_history(entries: Sequence[TranscriptEntry], budget_tokens: int) -> tuple[TranscriptEntry, ...]:
    """The longest run of newest whole exchanges within the budget: it starts with ``user`` and splits no exchange.

    An exchange is what the user said in a row and what was answered to it. Answers before any question are dropped.
    A summary in front stays there if it fits at all: nothing else remembers what it stands for.
    """
    kept: list[TranscriptEntry] = []
    summary = [entry for entry in entries[:1] if entry.role == SUMMARY and _cost(entry) <= budget_tokens]
    entries = [entry for entry in entries if entry.role != SUMMARY]
    left = budget_tokens - sum(_cost(entry) for entry in summary)
    for exchange in reversed(_exchanges(entries)):
        left -= sum(_cost(entry) for entry in exchange)
        if left < 0:
            break
        kept[:0] = exchange
    return (*summary, *kept)


def _cost(entry: TranscriptEntry) -> int:
    return estimate_tokens(entry.text) + ENTRY_TOKENS


def _exchanges(entries: Sequence[TranscriptEntry]) -> list[list[TranscriptEntry]]:
    found: list[list[TranscriptEntry]] = []
    previous = "assistant"
    for entry in entries:
        if entry.role == "user" and previous != "user":
            found.append([])
        if found:
            found[-1].append(entry)
        previous = entry.role
    return found
