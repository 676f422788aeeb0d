"""Mentions: was the agent called by a name it answers to? iMessage has no mention data, so patterns decide.

Patterns come from people and run over what anybody writes, so they run on an engine whose time is linear in the text
(RE2); a pattern that it cannot take is reported when the configuration is loaded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import re2

from openclaw.errors import ConfigInvalid, ConfigIssue

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class MentionPatterns:
    """The compiled patterns of one agent; an empty set means that mentions cannot be told."""

    compiled: tuple[re2.Pattern, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is no pattern at all, so that nothing can be required of a message (ruling 14)."""
        return not self.compiled

    def occur_in(self, text: str) -> bool:
        """Whether any pattern matches, ignoring case and invisible characters."""
        seen = _visible(text).lower()
        return any(pattern.search(seen) for pattern in self.compiled)


def compile_mentions(patterns: Sequence[str], path: str) -> MentionPatterns:
    """Compile configured ``patterns``; ``path`` names their key.

    Raises:
        ConfigInvalid: a pattern is not one that RE2 takes; the issue names it.
    """
    issues: list[ConfigIssue] = []
    compiled: list[re2.Pattern] = []
    for index, pattern in enumerate(patterns):
        # A "\b" written in JSON arrives as a backspace character; nobody ever means that.
        source = unicodedata.normalize("NFC", pattern.replace("\x08", r"\b"))
        if not source.strip():
            fix = "Remove it, or write a name."
            issues.append(
                ConfigIssue(f"{path}[{index}]", "is empty and would match every text", pattern, fix)
            )
            continue
        try:
            compiled.append(re2.compile(f"(?i){source}"))
        except re2.error as error:
            reason = _words(error)
            fix = "Write it without look-around and back-references."
            issues.append(ConfigIssue(f"{path}[{index}]", f"is not a usable pattern: {reason}", pattern, fix))
    if issues:
        raise ConfigInvalid(path, issues)
    return MentionPatterns(tuple(compiled))


def derive_mentions(name: str, emoji: str) -> MentionPatterns:
    """Patterns made from an agent's identity: its name, with or without ``@``, and its emoji."""
    sources: list[str] = []
    if words := _visible(name).split():
        sources.append(
            r"(?:^|[^\pL\pN_])@?" + r"\s+".join(re.escape(word) for word in words) + r"(?:$|[^\pL\pN_])"
        )
    if picture := _visible(emoji).strip():
        sources.append(re.escape(picture))
    return MentionPatterns(tuple(re2.compile(f"(?i){source}") for source in sources))


def _visible(text: str) -> str:
    """``text`` without joiners and marks, which a name or emoji of the configuration must lose as texts do."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))


def _words(error: re2.error) -> str:
    reason = error.args[0]
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
