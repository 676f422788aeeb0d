"""Kept back: why a message that the gates let in gets no answer all the same, as far as settings decide it."""

from __future__ import annotations

from openclaw.control.judging import Judging
from openclaw.domain.commands import Command, Flag
from openclaw.domain.ids import SessionKey
from openclaw.domain.messages import LedgerMessage
from openclaw.domain.reasons import Reason
from openclaw.routing.send_policy import send_refusal
from openclaw.store import Tx, session_settings
from openclaw.turns.commands.recognise import command_of
from openclaw.turns.commands.rules import switched_on
from openclaw.turns.commands.words import BY_WORD


def kept_back(
    tx: Tx, judging: Judging, session: SessionKey, command: Command | None, *, is_group: bool
) -> Reason | None:
    """Why nothing of it would be carried out or said; ``None`` when something would.

    A command is answered by the gateway itself, which the send policy for agents does not concern.
    """
    config = judging.loaded.config
    if command is not None:
        is_off = command.flag is not None and command.flag not in switched_on(config)
        return Reason.COMMAND_DISABLED if is_off else None
    said = session_settings.load(tx, session).send
    return send_refusal(config.session.send_policy, session, is_group=is_group, said=said)


def flag_of(held: LedgerMessage, judging: Judging | None) -> Flag | None:
    """What switches the command on that ``held`` was; by its word alone where its text was forgotten."""
    if not held.command:
        return None
    triggers = judging.loaded.config.session.reset_triggers if judging else ()
    said = command_of(held.message.text, triggers)
    command = said if said is not None and said.word == held.command else BY_WORD.get(held.command)
    return command.flag if command else None
