"""What is answered about the conversation and whoever asks: help, status, address. Pure but for what it looks up.

Only those who may command get here, and still nothing internal is said: no paths, no errors, no other people.
"""

from __future__ import annotations

from openclaw.domain.acp import outside_name
from openclaw.domain.admission import command_refusal
from openclaw.domain.commands import Standing
from openclaw.domain.ids import AgentId
from openclaw.domain.sessions import SessionSettings
from openclaw.store import Tx, messages, session_settings, sessions
from openclaw.turns.commands.acp.telling import here
from openclaw.turns.commands.order import Order, usage
from openclaw.turns.commands.recognise import listen
from openclaw.turns.commands.rules import CommandRules
from openclaw.turns.commands.words import COMMANDS, COMMANDS_LIST

# Enough to count what waits; a longer queue is shown as this many.
_MOST = 1000


def help_text(order: Order, *, full: bool) -> str:
    """The commands that are the sender's to give; ``full`` with what may follow each."""
    held = order.held
    standing = Standing(held.authorised, held.owner, held.approver)
    yours = [
        command
        for command in COMMANDS
        if command_refusal(command, standing) is None
        and (command.flag is None or command.flag in order.rules.flags)
        and (held.is_group or not command.group_only)
    ]
    if not full:
        return "\n".join(f"{command.word}: {command.summary}" for command in yours)
    return "\n".join(
        f"{usage(command)}: {command.summary}"
        + (f" (also {', '.join(command.aliases)})" if command.aliases else "")
        for command in yours
    )


def whoami(order: Order) -> str:
    """How the sender is known here."""
    held, message = order.held, order.held.message
    lines = [f"You write as {message.sender}, over iMessage account {message.account}."]
    if order.handle != message.sender:
        lines.append(f"In lists that is {order.handle}.")
    if held.is_group and message.chat is not None:
        lines.append(f"This group is chat_id:{message.chat.row_id}.")
    if held.owner:
        lines.append("You are the owner.")
    return "\n".join(lines)


def status(tx: Tx, order: Order) -> str:
    """How the conversation is doing."""
    session = sessions.find(tx, order.session)
    settings = session_settings.load(tx, order.session)
    model = "" if order.is_outside else order.model(settings)
    agent = outside_name(AgentId(order.held.agent)) or order.held.agent
    lines = [f"Agent: {agent}" + (f" ({model})" if model else "")]
    if order.is_outside:
        lines += here(tx, order)
    elif not model:
        lines.append("No model is set up yet; messages are kept until there is one.")
    if session is not None:
        since, said = session.started_at.astimezone(), len(sessions.history(tx, session))
        lines.append(f"Conversation since {since:%Y-%m-%d %H:%M}, {said} messages.")
    if told := in_force(settings):
        lines.append(f"Set here: {told}")
    lines.append(f"Queue: {queue_text(settings, order.rules)}")
    if order.running:
        lines.append("An answer is being written.")
    if waiting := len(messages.waiting(tx, order.session, _MOST)):
        lines.append(f"Waiting: {waiting}")
    return "\n".join(lines)


def in_force(settings: SessionSettings) -> str:
    """What was set for a session, in words; "" when nothing was."""
    told = {
        "model": settings.model,
        "thinking": settings.thinking,
        "verbose": settings.verbose,
        "usage": settings.usage,
        "activation": settings.activation,
        "send": settings.send,
    }
    return ", ".join(f"{name} {value}" for name, value in told.items() if value)


def queue_text(settings: SessionSettings, rules: CommandRules) -> str:
    """How messages of a session queue: what was set for it, else what is configured."""
    default = rules.queue
    debounce = default.debounce_ms if settings.queue_debounce_ms is None else settings.queue_debounce_ms
    return (
        f"{settings.queue or default.mode}, debounce:{debounce / 1000:g}s,"
        f" cap:{settings.queue_cap or default.cap}, drop:{settings.queue_drop or default.drop}"
    )


def shortcuts(tx: Tx, order: Order) -> str:
    """The answers to the shortcuts in a text that is nothing else; to the command itself when it holds none."""
    heard = listen(order.held.message.text, order.rules.catalog.names)
    asked = dict.fromkeys(heard.shortcuts) or {order.command.word: None}
    return "\n\n".join(shortcut(tx, order, word) for word in asked)


def shortcut(tx: Tx, order: Order, word: str) -> str:
    """The answer to one of the commands that may stand inside a text."""
    match word:
        case "/help" | "/commands":
            return help_text(order, full=word == COMMANDS_LIST)
        case "/whoami":
            return whoami(order)
        case _:
            return status(tx, order)
