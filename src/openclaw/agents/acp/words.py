"""What an agent is told in a turn: what was said, and in a session that is new to it, what it cannot know. Pure."""

from __future__ import annotations

from openclaw.domain.turns import Prompt

HISTORY_CHARS = 8_000
"""Of what was said before, told to an agent that has lost its session: the newest that fits."""


def first_words(prompt: Prompt, *, is_fresh: bool) -> str:
    """The text of a turn; with instructions, and with what was said before, where the agent's session is new.

    One of the agent's own commands goes alone, or it would not be one.
    """
    if prompt.text.lstrip().startswith("/"):
        return prompt.text.lstrip()
    if not is_fresh:
        return prompt.user_turn
    return "\n\n".join(filter(None, [prompt.instructions, _before(prompt), prompt.user_turn]))


def _before(prompt: Prompt) -> str:
    lines: list[str] = []
    left = HISTORY_CHARS
    for entry in reversed(prompt.history):
        line = f"{entry.role}: {entry.text}"
        if len(line) > left:
            break
        left -= len(line)
        lines.append(line)
    return "\n".join(["This was said before in this conversation:", *reversed(lines)]) if lines else ""
