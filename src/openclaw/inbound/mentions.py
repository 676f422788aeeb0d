"""Mentions: was the agent called by a name it answers to? iMessage has no mention data, so patterns decide.

What a pattern may be is told in ``domain.patterns``; one that cannot be used is refused when the configuration is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import re2

from openclaw.domain.patterns import PatternFault, compile_pattern, name_pattern, sign_pattern, visible_text
from openclaw.errors import ConfigInvalid, ConfigIssue

# Nobody's name is longer.
_LONGEST_CALL = 100


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
        seen = visible_text(text)
        return any(pattern.search(seen) for pattern in self.compiled)

    def without(self, text: str) -> str:
        """``text`` without what any pattern finds in it, nor the ``@`` before or the comma after it."""
        seen = visible_text(text)
        for pattern in self.compiled:
            seen = pattern.sub(" ", seen)
        return seen.strip(" \t\n@,:")

    def after_call(self, text: str) -> str:
        """What stands behind nothing but a name, from its ``/`` on; "" when ``text`` does not begin so."""
        called, slash, said = text[:_LONGEST_CALL].partition("/")
        if not slash or not self.occur_in(called) or self.without(called):
            return ""
        return slash + said + text[_LONGEST_CALL:]


def compile_mentions(patterns: Sequence[str], path: str) -> MentionPatterns:
    """Compile configured ``patterns``; ``path`` names their key.

    Raises:
        ConfigInvalid: a pattern is not one that RE2 takes; the issue names it.
    """
    issues: list[ConfigIssue] = []
    compiled: list[re2.Pattern] = []
    for index, pattern in enumerate(patterns):
        match compile_pattern(pattern):
            case PatternFault(message, fix):
                issues.append(ConfigIssue(f"{path}[{index}]", message, pattern, fix))
            case usable:
                compiled.append(usable)
    if issues:
        raise ConfigInvalid(path, issues)
    return MentionPatterns(tuple(compiled))


def derive_mentions(name: str, emoji: str) -> MentionPatterns:
    """Patterns made from an agent's identity: its name, with or without ``@``, and its emoji."""
    derived = (name_pattern(name), sign_pattern(emoji))
    return MentionPatterns(tuple(pattern for pattern in derived if pattern is not None))
