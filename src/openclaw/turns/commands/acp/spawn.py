"""``/acp spawn``: a new session of an outside agent, and the conversation bound to it.

Session and binding are one commit, before the program is started; what was said here after the command is judged anew
behind it, so that it never reaches the agent of before. Doing it twice does no more than once: the session is named by
the message that asked for it. What cannot be started leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import uuid
from dataclasses import dataclass

import structlog

from openclaw.config.acp import SessionSpec
from openclaw.config.grammar import normalise_id
from openclaw.config.installed import way_of
from openclaw.domain.acp import AcpBinding, AcpSession, outside_agent
from openclaw.domain.ids import MessageId, SessionKey
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.errors import AgentError, CommandRefused
from openclaw.store import Tx, acp_bindings, acp_sessions, messages
from openclaw.turns.commands.acp.actions import BIND, CWD, LABEL, MODE, THREAD
from openclaw.turns.commands.acp.call import Call
from openclaw.turns.commands.acp.refusals import done, failed, wrong
from openclaw.turns.commands.acp.targets import bound_here
from openclaw.turns.commands.lane import stop

log = structlog.get_logger("openclaw.commands.acp")

_LONGEST_LABEL, _LONGEST_PATH = 64, 4096
_MOST_WAITING = 5000
_MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class _Begun:
    """What the first commit made: the session, what the conversation was bound to before, what is to be judged anew."""

    session: AcpSession
    before: AcpBinding | None
    again: list[MessageId]


async def spawn(call: Call) -> str:
    """Begin a session and start its program, and return what is answered.

    Raises:
        CommandRefused: it may not be, or the program could not be started; nothing is left of it.
        StoreError: the ledger refused.
    """
    call.chosen_only()
    name, spec = _asked(call)
    binds = call.wish.options.get(BIND, call.wish.options.get(THREAD)) in ("here", "auto")
    key = _key(name, call.order.held)
    _has_room(call, key)
    begun = await call.ledger.write(
        lambda tx: _begin(
            tx,
            call,
            AcpSession(key, outside_agent(name), spec.harness, spec.mode, str(spec.cwd), spec.label),
            binds=binds,
        )
    )
    await call.lane.judge(begun.again)
    try:
        await call.outside.start(key)
    except AgentError as error:
        log.warning("acp.not_started", session=key, harness=spec.harness, cause=str(error))
        raise await _undo(call, name, spec, begun, binds=binds) from error
    return _told(call, name, begun.session, binds=binds)


def _asked(call: Call) -> tuple[str, SessionSpec]:
    """Which agent is wanted, and how its session is made.

    Raises:
        CommandRefused: there is none of that name, or it may not be asked so.
    """
    settings, options = call.settings, call.wish.options
    if not settings.enabled:
        raise failed("ACP_BACKEND_UNAVAILABLE", "outside agents are switched off here.")
    named = normalise_id(call.wish.word(0)) if call.wish.word(0) else settings.default_agent
    if not named:
        raise wrong(f"Which agent? There are: {_known(call)}.")
    if named not in settings.names:
        raise wrong(f"No outside agent is called {named}. There are: {_known(call)}.")
    if not settings.may_run(named):
        raise failed(
            "ACP_SESSION_INIT_FAILED", f"{named} is not among the agents that may be asked here.", "/acp help"
        )
    if CWD in options:
        call.owner_only()
        if len(options[CWD]) > _LONGEST_PATH or not os.path.isabs(options[CWD]):
            raise wrong("The folder must be an absolute path.")
    label = options.get(LABEL, "")
    if len(label) > _LONGEST_LABEL:
        raise wrong(f"A label has at most {_LONGEST_LABEL} characters.")
    made = settings.spec(named)
    mode = "oneshot" if options.get(MODE, made.mode) == "oneshot" else "persistent"
    cwd = type(made.cwd)(options[CWD]) if CWD in options else made.cwd
    return named, SessionSpec(made.harness, cwd, mode, label)


def _known(call: Call) -> str:
    names = [name for name in sorted(call.settings.names) if call.settings.may_run(name)]
    return ", ".join(names[:_MOST_LISTED]) or "none"


def _key(name: str, held: LedgerMessage) -> SessionKey:
    """The name of the session that this message asks for, however often that is carried out."""
    said = f"{held.message.account}:{held.message.guid}:{held.id}:{held.received_at.isoformat()}"
    digest = hashlib.sha256(said.encode()).digest()[:16]
    return SessionKey(f"agent:{name}:acp:{uuid.UUID(bytes=digest, version=4)}")


def _has_room(call: Call, key: SessionKey) -> None:
    # One that rests makes room when the program is started.
    busy = {one.session for one in call.outside.live() if one.busy} - {key}
    most = call.settings.most_sessions
    if most is not None and len(busy) >= most:
        raise failed(
            "ACP_SESSION_INIT_FAILED",
            f"as many agents are at work as may run ({len(busy)}/{most}).",
            "wait until one is done, or /acp close it",
        )


def _begin(tx: Tx, call: Call, session: AcpSession, *, binds: bool) -> _Begun:
    """The first commit."""
    order = call.order
    if session.label and any(one.key != session.key for one in acp_sessions.named(tx, session.label)):
        raise wrong(f"A session is called {session.label} already.")
    before = _may_bind(tx, call) if binds else None
    made = acp_sessions.begin(tx, session, order.now)
    if not binds:
        return _Begun(made, None, [])
    account, chat = order.held.message.account, call.chat.key
    binding = AcpBinding(account, chat, session.key, session.agent, order.handle, order.now, order.now)
    acp_bindings.bind(tx, binding)
    log.info("binding.made", account=account, chat=chat, session=session.key)
    return _Begun(made, before if before and before.session != session.key else None, said_since(tx, call))


def _may_bind(tx: Tx, call: Call) -> AcpBinding | None:
    """What the conversation is bound to, by somebody whose place the sender may take.

    Raises:
        CommandRefused: they may not, or nothing is bound here at all.
    """
    if call.order.rules.outside.lifetime is None:
        raise wrong("Conversations are not bound here (session.threadBindings.enabled).")
    before, _ = bound_here(tx, call.order), call.chat
    if before is not None and before.by != call.order.handle and not call.is_owner:
        raise wrong("Somebody else bound this conversation; they or the owner can bind it anew.")
    return before


def said_since(tx: Tx, call: Call) -> list[MessageId]:
    """Put back what was said here after the command and waits, and return it: it is judged by what holds now."""
    place = (call.order.held.message.account, call.chat.key)
    later = [
        one.id
        for state in (MessageState.WAITING, MessageState.LATE)
        for one in messages.in_state(tx, state, account=place[0], limit=_MOST_WAITING)
        if one.id > call.order.held.id and one.message.chat and one.message.chat.key == place[1]
    ]
    messages.put_back(tx, later, MessageState.RECEIVED, call.order.now)
    return later


async def _undo(call: Call, name: str, spec: SessionSpec, begun: _Begun, *, binds: bool) -> CommandRefused:
    """Take session and binding back, and say what is answered then."""
    call.lane.cancel(begun.session.key)
    dropped = await call.ledger.write(lambda tx: _taken_back(tx, call, begun, binds=binds))
    lost = "\nWhat was written meanwhile is not answered; please send it again." if dropped else ""
    harness = call.settings.harnesses.get(spec.harness)
    missing = harness is not None and await asyncio.to_thread(way_of, harness, os.environ) is None
    if harness is None or missing:
        hint = harness.install if harness and call.is_owner else ""
        text = f"the program of {name} is not installed here.{lost}"
        return failed("ACP_BACKEND_UNAVAILABLE", text, f"install it with: {hint}" if hint else "")
    return failed("ACP_SESSION_INIT_FAILED", f"{name} could not be started.{lost}")


def _taken_back(tx: Tx, call: Call, begun: _Begun, *, binds: bool) -> int:
    key = begun.session.key
    if binds:
        acp_bindings.release_session(tx, key)
        # It may have been closed meanwhile.
        if begun.before is not None and acp_sessions.find(tx, begun.before.session) is not None:
            acp_bindings.bind(tx, begun.before)
    acp_sessions.remove(tx, [key])
    return stop(tx, key, call.order.now, "its agent could not be started")


def _told(call: Call, name: str, session: AcpSession, *, binds: bool) -> str:
    lines = [done(f"{name} has begun. Session: {session.key} ({session.mode}).")]
    lines.append(
        "It answers in this conversation from now on; /acp close ends that."
        if binds
        else f"This conversation goes on as before; /acp steer --session {session.label or session.key} speaks to it."
    )
    if not call.settings.dispatches:
        lines.append("Messages do not reach outside agents at the moment (acp.dispatch.enabled); they wait.")
    return "\n".join(lines)
