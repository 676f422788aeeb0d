"""Manners: by what an agent is called in a conversation, and how much is kept of what is said beside it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from openclaw.inbound.mentions import MentionPatterns


@dataclass(frozen=True, slots=True)
class Manners:
    """How one conversation meets what nobody said to its agent.

    ``patterns`` are what the agent is called by. At most ``context_limit`` messages of a group are kept for the agent's
    next answer there.
    """

    patterns: MentionPatterns
    context_limit: int = 0

    def is_called(self, text: str, *, required: bool) -> bool:
        """Whether ``text`` is for the agent; ``required`` says whether it has to be called by name.

        Where no pattern exists, nothing can be required (ruling 14).
        """
        return not required or self.patterns.is_empty or self.patterns.occur_in(text)


NO_MANNERS = Manners(MentionPatterns(()))
"""Of a conversation without a route: nothing is required, and nothing kept."""
