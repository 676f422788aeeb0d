"""Carrying out commands that do not wait for their lane: authority asked for again, done once, answered once.

A command's end, its answer and what it changes in the ledger are one commit. What it changes elsewhere is done before
that commit and may be done a second time when the gateway is killed in between: such changes say what is to be, not
what is to be turned over, so that twice is once. A restart alone comes after it, or it would be asked for for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from openclaw.domain.admission import Reason
from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import Cause, OutboundMessage
from openclaw.domain.ids import AccountId
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.errors import ConfigError, StoreError
from openclaw.store import Ledger, Tx, deliveries, messages
from openclaw.turns.commands import answers, settings, words
from openclaw.turns.commands.acp import Underway, acp
from openclaw.turns.commands.allowlist import allowlist
from openclaw.turns.commands.approving import approve
from openclaw.turns.commands.configuration import config, debug
from openclaw.turns.commands.context import context
from openclaw.turns.commands.exporting import export
from openclaw.turns.commands.lane import STOPPED, Lane, place_of, stop
from openclaw.turns.commands.order import Order, order_of
from openclaw.turns.commands.ports import Ports
from openclaw.turns.commands.rules import CommandRules

log = structlog.get_logger("openclaw.commands")

Say = Callable[[AccountId, ChatRef, str], Sequence[OutboundMessage]]
"""Makes bubbles of a plain text, as it is."""

_FAILED = "That could not be done; the gateway's log says why."
_RESTARTING = "Restarting."


class CommandRunner:
    """Carries out the commands of all sessions."""

    def __init__(self, ledger: Ledger, ports: Ports, lane: Lane, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._ports = ports
        self._lane = lane
        self._now = now
        self._underway = Underway()

    async def carry_out(self, held: LedgerMessage, rules: CommandRules, say: Say) -> None:
        """Do what ``held`` commands, once, and queue its answer as ``say`` makes bubbles of it.

        A refusal is told to nobody but the operator.

        Raises:
            StoreError: the ledger refused; nothing of it is settled, and it is to be tried again.
        """
        order = order_of(held, rules, self._now())
        if refusal := order.refusal:
            log.warning("command.refused", message=held.id, command=held.command, reason=refusal)
            await self._ledger.write(
                lambda tx: messages.settle(tx, [held.id], MessageState.DROPPED, order.now, refusal)
            )
            return
        if order.is_switched_off:
            told = f"{order.command.word} is off here; {order.command.flag} switches it on."
            await self._ledger.write(lambda tx: _end(tx, order, say, told, Reason.COMMAND_DISABLED))
            return
        order = self._with_moment(order)
        reason, told = await self._elsewhere(order)
        await self._ledger.write(
            lambda tx: _end(tx, order, say, within(tx, order) if told is None else told, reason)
        )
        if order.command.word == words.RESTART and self._ports.restart is not None:
            log.warning("restart.asked_for", message=held.id)
            self._ports.restart()

    def _with_moment(self, order: Order) -> Order:
        place = place_of(order.held.message)
        stopped = (
            order.command.word == words.STOP
            and place is not None
            and self._lane.interrupt(order.session, *place, STOPPED) | self._underway.stop(order.session)
        )
        running = self._lane.is_running(order.session) and not stopped
        return replace(order, running=running, stopped=stopped)

    async def _elsewhere(self, order: Order) -> tuple[str, str | None]:
        """What is done outside the ledger's commit, with its reason and answer; no answer when it is done inside."""
        try:
            return order.command.word, await self._outside(order)
        except (ConfigError, StoreError) as error:
            # The text may name paths, which are the operator's.
            log.warning("command.failed", message=order.held.id, command=order.command.word, cause=str(error))
            return Reason.COMMAND_FAILED, _FAILED

    async def _outside(self, order: Order) -> str | None:
        ports = self._ports
        match order.command.word:
            case words.CONFIG:
                return await config(ports.desk, order)
            case words.DEBUG:
                return await debug(ports.desk, order)
            case words.ALLOWLIST:
                return await allowlist(ports.desk, self._ledger, order)
            case words.ACP:
                return await acp(ports.outside, self._ledger, self._lane, self._underway, order)
            case words.APPROVE:
                return await approve(ports.approvals, self._ledger, order)
            case words.EXPORT:
                return await export(ports.exports, self._ledger, order)
            case words.RESTART:
                return _RESTARTING if ports.restart else "Nothing can restart the gateway from here."
            case _:
                return None


_SETTINGS: Mapping[str, Callable[[Tx, Order], str]] = {
    words.MODEL: settings.directives,
    words.THINK: settings.directives,
    words.VERBOSE: settings.directives,
    words.MODELS: settings.models,
    words.USAGE: settings.tokens,
    words.QUEUE: settings.queue,
    words.ACTIVATION: settings.activation,
    words.SEND: settings.send,
    words.CONTEXT: context,
}


def within(tx: Tx, order: Order) -> str:
    """Carry out what needs nothing but the ledger, and return the answer."""
    match order.command.word:
        case words.STOP:
            place = place_of(order.held.message)
            waiting = stop(tx, order.session, order.now, place=place) if place else 0
            stopped = waiting or order.stopped
            return "Stopped." if stopped else "There is nothing to stop."
        case word if word in _SETTINGS:
            return _SETTINGS[word](tx, order)
        case _:
            return answers.shortcuts(tx, order)


def _end(tx: Tx, order: Order, say: Say, text: str, reason: str) -> None:
    message, chat = order.held.message, order.held.message.chat
    if chat is not None:
        deliveries.queue(tx, Cause.COMMAND, order.held.id, say(message.account, chat, text), order.now)
    messages.carried_out(tx, order.held.id, order.now, reason)
