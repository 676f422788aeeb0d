"""``/acp cancel``, ``steer`` and ``close``: what is done with a session that is there."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from openclaw.domain.acp import AcpSession
from openclaw.domain.ids import MessageId
from openclaw.errors import AgentError
from openclaw.store import Tx, acp_bindings, acp_sessions, checkpoints, session_settings
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
    """End the turn that runs; what waits is answered next."""
    session = await _target(call)
    if call.lane.cancel(session.key):
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
        said = call.order.rules.sayable(await call.outside.ask(session.key, call.wish.text))
    except AgentError as error:
        log.warning("acp.not_steered", session=session.key, cause=str(error))
        raise failed("ACP_TURN_FAILED", "the agent did not answer.") from error
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


@dataclass(frozen=True, slots=True)
class _Closed:
    released: int
    dropped: int
    again: list[MessageId]


async def close(call: Call) -> str:
    """End the program, and forget the session and who was bound to it. Doing it twice does no more than once."""
    session = await _target(call)
    call.lane.cancel(session.key)
    try:
        await call.outside.close(session.key)
    except AgentError as error:
        # The session is forgotten all the same: what is left of the program ends with the gateway.
        log.warning("acp.not_closed", session=session.key, cause=str(error))
    closed = await call.ledger.write(lambda tx: _forget(tx, call, session))
    await call.lane.judge(closed.again)
    lines = [done(f"Closed {session.key}; {_many(closed.released, 'conversation')} released.")]
    if closed.dropped:
        lines.append(f"{_many(closed.dropped, 'message')} that waited for it will not be answered.")
    if _CONFIGURED in session.key:
        lines.append(
            "The configuration binds this conversation to it: the next message begins a new session."
        )
    return "\n".join(lines)


def _forget(tx: Tx, call: Call, session: AcpSession) -> _Closed:
    again = said_since(tx, call)
    released = acp_bindings.release_session(tx, session.key)
    acp_sessions.remove(tx, [session.key])
    return _Closed(len(released), stop(tx, session.key, call.order.now, "its agent was closed"), again)


async def _target(call: Call, token: str | None = None) -> AcpSession:
    named = call.wish.word(0) if token is None else token
    return await call.ledger.read(lambda tx: target(tx, call.order, named))


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
