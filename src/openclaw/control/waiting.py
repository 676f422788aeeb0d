"""Waiting: what has to happen before a message goes on, and what a person can do about it, in plain words.

Knows the ledger and who answers; what already happened is the story's.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from openclaw.control import words
from openclaw.control.shapes import Json, pause_shape
from openclaw.domain.acp import outside_name
from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import Delivery, DeliveryState
from openclaw.domain.ids import AccountId, AgentId, SessionKey
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.domain.turns import TurnRecord, TurnState
from openclaw.store import Tx, accounts, deliveries, figures, turns

NO_AGENT_FIX = "Set agents.defaults.model.primary to provider/model; the message is answered then."

NO_PROGRAM_FIX = "See acp.enabled, acp.dispatch.enabled and acp.allowedAgents; openclaw doctor says more."


@dataclass(frozen=True, slots=True)
class Wait:
    """What is waited for, and what helps; "" when nothing does."""

    what: str
    fix: str = ""


NOTHING = Wait("")


def wait_of(
    tx: Tx,
    held: LedgerMessage,
    turn: TurnRecord | None,
    bubbles: Collection[Delivery],
    answering: Collection[AgentId] | None,
) -> Wait:
    """What ``held`` waits for now. ``answering`` are the agents that can run a turn; ``None`` when nobody knows."""
    match held.state:
        case MessageState.RECEIVED:
            return Wait("It waits to be judged, which a running gateway does.", "openclaw gateway")
        case MessageState.SUSPECT:
            return Wait("The phone is asked for it again, for a minute at most.")
        case MessageState.PAUSED:
            return paused_by(tx, held.message.account, held.message.chat)
        case MessageState.LATE:
            return Wait("The rest of what came late, or your decision.", _decide(held, "release", "drop"))
        case MessageState.HELD:
            return Wait("Your decision.", _decide(held, "release", "drop"))
        case MessageState.QUARANTINED:
            return Wait("Your decision.", _decide(held, "drop"))
        case MessageState.CHALLENGED:
            return Wait("Its sender has to be let in and to write again.", "openclaw pairing list imessage")
        case MessageState.COMMANDED:
            return Wait("The gateway carries it out.")
        case MessageState.WAITING:
            return waits_in_lane(
                tx, AgentId(held.agent), SessionKey(held.session), answering, mine=1
            ) or Wait("Its turn begins.")
        case MessageState.IN_TURN | MessageState.FAILED if turn is not None:
            return _of_turn(turn)
        case _:
            return _of_bubbles(bubbles)


def waits_in_lane(
    tx: Tx, agent: AgentId, session: SessionKey, answering: Collection[AgentId] | None, mine: int = 0
) -> Wait | None:
    """What keeps a message of ``session`` from its turn; ``None`` when nothing does.

    ``mine`` is how many of those that wait there are the message itself.
    """
    if answering is not None and agent not in answering:
        fix = NO_PROGRAM_FIX if outside_name(agent) else NO_AGENT_FIX
        return Wait(f"Agent {agent} has no model or program that could answer.", fix)
    if (going_on := turns.of_sessions(tx, [session]).get(session)) is not None:
        return Wait(f"Turn {going_on.turn.id} of the same session, which is {going_on.state}.")
    if (others := figures.waiting_by_session(tx).get(session, 0) - mine) > 0:
        many = "1 other message waits" if others == 1 else f"{others} other messages wait"
        return Wait(f"The next turn of its session, for which {many} too.")
    return None


def paused_by(tx: Tx, account: AccountId, chat: ChatRef | None) -> Wait:
    """The pauses that keep a message of ``chat``, with the command that ends the widest one."""
    covering = [
        pause
        for pause in accounts.pauses(tx)
        if pause.account in (accounts.EVERY_ACCOUNT, account)
        and pause.chat in (accounts.EVERY_CHAT, chat.key if chat else accounts.EVERY_CHAT)
    ]
    if not covering:
        return Wait("The end of a pause.", "openclaw resume")
    pause = min(covering, key=lambda one: (one.account != accounts.EVERY_ACCOUNT, one.chat != ""))
    shape: Json = pause_shape(pause)
    why = f" ({pause.reason})" if pause.reason else ""
    what = "the chat" if pause.chat else "the account" if pause.account else "everything"
    return Wait(f"The end of the pause of {what}{why}.", str(shape["resume"]))


def _decide(held: LedgerMessage, *verbs: str) -> str:
    return ", or ".join(f"openclaw messages {verb} {held.id}" for verb in verbs)


def _of_turn(record: TurnRecord) -> Wait:
    number = record.turn.id
    if record.state is TurnState.RUNNING:
        return Wait(f"The agent's answer, attempt {record.turn.attempts}.", f"openclaw turns cancel {number}")
    if record.state is TurnState.QUEUED:
        return Wait("The next attempt of its turn.", f"openclaw turns cancel {number}")
    fix = words.TURN_FIX.get(record.state, "")
    return Wait(
        "Your decision about its turn." if fix else "", f"openclaw turns retry {number}" if fix else ""
    )


def _of_bubbles(bubbles: Collection[Delivery]) -> Wait:
    open_one = next((one for one in bubbles if one.state is not DeliveryState.CONFIRMED), None)
    if open_one is None or open_one.state is DeliveryState.DROPPED:
        return NOTHING
    if open_one.state in deliveries.IN_DOUBT:
        fix = f"openclaw deliveries resend {open_one.id}, or openclaw deliveries drop {open_one.id}"
        return Wait("Your decision about an answer that may not have arrived.", fix)
    return Wait(f"Delivery {open_one.id}: {words.DELIVERY[open_one.state]}")
