"""``/acp cancel``, ``steer`` and ``close``: what is done with a session that is there."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from openclaw.domain.acp import AcpSession
from openclaw.domain.ids import MessageId, SessionKey
from openclaw.errors import AgentError, CommandRefused, StoreError
from openclaw.store import Tx, acp_bindings, acp_sessions, checkpoints, session_settings, sessions
from openclaw.turns.commands.acp.actions import SESSION
from openclaw.turns.commands.acp.call import Call
from openclaw.turns.commands.acp.refusals import done, failed, wrong
from openclaw.turns.commands.acp.spawn import said_since
from openclaw.turns.commands.acp.targets import target
from openclaw.turns.commands.lane import stop

log = structlog.get_logger("openclaw.commands.acp")

_ECHOED = 800
_CONFIGURED = ":acp:binding:"


async def cancel(call: Call) -> str:
    """End the turn that runs, and what the agent is told by a steer; what waits is answered next."""
    session = await _target(call)
    if call.lane.cancel(session.key) | call.underway.stop(session.key):
        return done(f"Stopped. Session: {session.key}")
    return "There is nothing to stop."


async def steer(call: Call) -> str:
    """End the turn that runs, and tell the agent something; what it answers is told, shortened.

    They are an agent's words: what may not leave in a reply does not leave here, nor where nothing of it may be heard.
    """
    if not (call.settings.enabled and call.settings.dispatches):
        raise failed("ACP_DISPATCH_DISABLED", "messages do not reach outside agents at the moment.")
    session = await _target(call, call.wish.options.get(SESSION, ""))
    if await call.ledger.write(lambda tx: _said_before(tx, call)):
        raise wrong("The gateway stopped while the agent was told this. Say it again if it has not heard it.")
    call.lane.cancel(session.key)
    try:
        heard = await call.underway.steer(session.key, lambda: call.outside.ask(session.key, call.wish.text))
    except AgentError as error:
        log.warning("acp.not_steered", session=session.key, cause=str(error))
        raise failed("ACP_TURN_FAILED", "the agent did not answer.") from error
    if heard is None:
        raise wrong("It was stopped before the agent answered.")
    said = call.order.rules.sayable(heard)
    if not said or await call.ledger.read(lambda tx: _is_silenced(tx, call, session)):
        return done("The agent has heard it.")
    return done(said if len(said) <= _ECHOED else f"{said[:_ECHOED]}…")


def _is_silenced(tx: Tx, call: Call, session: AcpSession) -> bool:
    """Whether the agent may not be heard here: by what holds for its session, or for that of this conversation."""
    order = call.order
    return any(
        order.rules.silenced(key, order.held.is_group, session_settings.load(tx, key).send) is not None
        for key in (session.key, order.session)
    )


def _said_before(tx: Tx, call: Call) -> bool:
    """Whether this very order was begun once before; an agent that has acted on it must not do so twice."""
    order = call.order
    if checkpoints.story(tx, "steering", order.held.id):
        return True
    checkpoints.record(tx, "steering", [order.held.id], "begun", order.now)
    return False


async def hush(call: Call) -> None:
    """End what the agent is told by steers, also by those in line: it is about to be closed."""
    try:
        session = await _target(call)
    except (CommandRefused, StoreError):
        # Whoever closes looks again, and says so then.
        return
    call.underway.close(session.key, call.order)


@dataclass(frozen=True, slots=True)
class _Closed:
    session: SessionKey
    told: str
    again: list[MessageId]


async def close(call: Call) -> str:
    """Forget the session and who was bound to it, and end the program. Doing it twice does no more than once.

    Forgotten first: the turn that is stopped frees the lane, and what waits in it must not start the program anew.
    """
    closed = await call.ledger.write(lambda tx: _forget(tx, call))
    call.lane.cancel(closed.session)
    call.underway.stop(closed.session)
    try:
        await call.outside.close(closed.session)
    except AgentError as error:
        # What is left of the program ends with the gateway.
        log.warning("acp.not_closed", session=closed.session, cause=str(error))
    await call.lane.judge(closed.again)
    return closed.told


def _forget(tx: Tx, call: Call) -> _Closed:
    """What was forgotten, and how that is told; of an order that was cut off behind it, the same again."""
    order, now = call.order, call.order.now
    if before := checkpoints.story(tx, "closing", order.held.id):
        key, _, told = before[0].reason.partition("\n")
        return _Closed(SessionKey(key), told, said_since(tx, call))
    key = target(tx, order, call.wish.word(0)).key
    again, released = said_since(tx, call), acp_bindings.release_session(tx, key)
    acp_sessions.remove(tx, [key])
    if (talk := sessions.find(tx, key)) is not None:
        # The next session may have the same key, and its agent has heard nothing of this talk.
        sessions.reset(tx, talk, now, "closed")
    told = _told(key, len(released), stop(tx, key, now, "its agent was closed"))
    checkpoints.record(tx, "closing", [order.held.id], "closed", now, f"{key}\n{told}")
    return _Closed(key, told, again)


def _told(key: SessionKey, released: int, dropped: int) -> str:
    lines = [done(f"Closed {key}; {_many(released, 'conversation')} released.")]
    if dropped:
        lines.append(f"{_many(dropped, 'message')} that waited for it will not be answered.")
    if _CONFIGURED in key:
        lines.append(
            "The configuration binds this conversation to it: the next message begins a new session."
        )
    return "\n".join(lines)


async def _target(call: Call, token: str | None = None) -> AcpSession:
    named = call.wish.word(0) if token is None else token
    return await call.ledger.read(lambda tx: target(tx, call.order, named))


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
