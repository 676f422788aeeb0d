"""What an agent is told in a turn: what was said, and in a session that is new to it, what it cannot know. Pure."""

from __future__ import annotations

from openclaw.domain.turns import Prompt

NO_COMMAND = "Message:"
"""What stands before a text that must not be taken for a command."""

HISTORY_CHARS = 8_000
"""Of what was said before, told to an agent that has lost its session: the newest that fits."""


def first_words(prompt: Prompt, *, is_fresh: bool) -> str:
    """The text of a turn; with instructions, and with what was said before, where the agent's session is new.

    One of the agent's own commands goes alone, or it would not be one. Whoever may give no commands here gives none to
    the agent either: a text of theirs that looks like one is told as what they said.
    """
    if prompt.text.lstrip().startswith("/") and prompt.by_commanders:
        return prompt.text.lstrip()
    if not is_fresh:
        said = prompt.user_turn
        return f"{NO_COMMAND} {said}" if said.lstrip().startswith("/") else said
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
