"""The command words, and recognising them in a text. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from openclaw.domain.commands import Command

COMMANDS = (
    Command(
        "/new", "start a new conversation; text after it is the first message", in_lane=True, takes_rest=True
    ),
    Command("/reset", "the same as /new", in_lane=True, takes_rest=True),
    Command("/stop", "stop the answer that is being written"),
    Command("/status", "how this conversation is doing"),
    Command("/whoami", "what your address looks like from here", aliases=("/id",)),
    Command("/help", "this list", aliases=("/commands",)),
)

_RESET = "/reset"


def command_of(text: str, reset_triggers: Sequence[str] = ()) -> Command | None:
    """The command that the whole of ``text`` is, or ``None``. A ``:`` may follow the word; case does not matter.

    ``reset_triggers`` are further texts that mean ``/reset`` (``session.resetTriggers``).
    """
    word, rest = _split(text)
    for command in COMMANDS:
        if word in (command.word, *command.aliases) and (command.takes_rest or not rest):
            return command
    if word in {trigger.strip().lower() for trigger in reset_triggers}:
        return next(command for command in COMMANDS if command.word == _RESET)
    return None


def rest_of(text: str) -> str:
    """What follows the command word."""
    return _split(text)[1]


def _split(text: str) -> tuple[str, str]:
    # Objects and marks that phones put in front of what was typed.
    word, _, rest = text.replace("\ufffc", "").strip().partition(" ")
    if "\n" in word:
        word, _, more = word.partition("\n")
        rest = f"{more} {rest}"
    return word.rstrip(":").lower(), rest.strip()
