"""``/acp status``, ``sessions``, ``doctor`` and ``install``: what is told of outside agents, without what is inside."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime, timedelta

from openclaw.config.acp import AcpSettings
from openclaw.config.grammar import normalise_id
from openclaw.config.installed import way_of
from openclaw.domain.acp import AcpBinding, AcpSession, LiveAgent, outside_name
from openclaw.store import Tx, acp_bindings, acp_sessions
from openclaw.store.acp_bindings import Lifetime
from openclaw.turns.commands.acp.call import Call
from openclaw.turns.commands.acp.targets import bound_here, session_here, target, visible
from openclaw.turns.commands.order import Order

_NO_HINT = "Its program has to be installed on the gateway's computer; the manual's page on outside agents tells how."
CONFIGURED = ":acp:binding:"


async def status(call: Call) -> str:
    """How one session is doing, a line for each thing that is known."""
    session, bindings = await call.ledger.read(lambda tx: _found(tx, call))
    live = {one.session: one for one in call.outside.live()}.get(session.key)
    lines = [
        f"session: {session.key}",
        f"agent: {outside_name(session.agent) or session.agent} ({session.harness})",
        f"mode: {session.mode}",
        f"state: {_state(session, live)}",
        f"bound conversations: {len(bindings)}",
    ]
    lines += [f"label: {session.label}"] if session.label else []
    lines += [f"agent's own name for it: {session.outside_id}"] if session.outside_id else []
    lines += [f"set: {told}"] if (told := _set(session)) else []
    lines += [f"folder: {session.cwd}"] if call.is_owner else []
    lines += [f"last used: {_minute(session.active_at)}"] if session.active_at else []
    if (known := call.outside.abilities(session.key)) is not None:
        lines += [f"program: {known.name} {known.version}".rstrip()] if known.name else []
        lines += [f"modes: {', '.join(known.modes)}"] if known.modes else []
        lines += [f"options: {', '.join(known.options)}"] if known.options else []
    return "\n".join(lines)


def _found(tx: Tx, call: Call) -> tuple[AcpSession, list[AcpBinding]]:
    session = target(tx, call.order, call.wish.word(0))
    return session, acp_bindings.of_session(tx, session.key)


def _state(session: AcpSession, live: LiveAgent | None) -> str:
    if live is not None:
        return "answering" if live.busy else "running"
    return (
        "failed last time; the gateway's log says why" if session.last_error else "asleep until it is needed"
    )


def _set(session: AcpSession) -> str:
    options = session.options
    told = {
        "mode": options.mode,
        "model": options.model,
        "thinking": options.thinking,
        "permissions": options.permissions,
        "timeout": f"{options.timeout_s} s" if options.timeout_s else "",
        **options.extras,
    }
    return ", ".join(f"{name} {value}" for name, value in told.items() if value)


async def sessions(call: Call) -> str:
    """The sessions that may be named, the one of here marked."""
    here, found = await call.ledger.read(lambda tx: (session_here(tx, call.order), visible(tx, call.order)))
    if not found:
        return "There are no sessions of outside agents here."
    live = {one.session for one in call.outside.live()}
    return "\n".join(
        _line(one, is_here=bool(here and here.key == one.key), is_live=one.key in live) for one in found
    )


def _line(session: AcpSession, *, is_here: bool, is_live: bool) -> str:
    label = f" [{session.label}]" if session.label else ""
    state = "running" if is_live else session.state
    return f"{'* ' if is_here else '  '}{session.key}{label} {session.mode}, {state}"


async def doctor(call: Call) -> str:
    """Whether outside agents can answer, in short."""
    settings, live = call.settings, call.outside.live()
    wanted = await call.ledger.read(lambda tx: sorted({one.harness for one in acp_sessions.newest(tx)}))
    names = sorted(
        {*wanted, *(spec.harness for spec in settings.specs.values()), settings.default_agent} - {""}
    )
    most = f"/{settings.most_sessions}" if settings.most_sessions else ""
    lines = [
        f"outside agents: {'on' if settings.enabled else 'off (acp.enabled)'}",
        f"messages reach them: {'yes' if settings.dispatches else 'no (acp.dispatch.enabled)'}",
        f"running: {len(live)}{most}",
    ]
    for name in names:
        lines.append(f"{name}: {await _health(settings, name)}")
    return "\n".join(lines)


async def _health(settings: AcpSettings, name: str) -> str:
    harness = settings.harnesses.get(name)
    if harness is None:
        return "not known"
    if not settings.may_run(name):
        return "not allowed (acp.allowedAgents)"
    found = await asyncio.to_thread(way_of, harness, os.environ)
    return "its program is there" if found else "its program is not installed; see /acp install"


async def install(call: Call) -> str:
    """How to get a program: what the operator wrote for it, else what its makers say."""
    settings = call.settings
    if settings.install_command:
        return f"On the gateway's computer: {settings.install_command}"
    name = normalise_id(call.wish.word(0)) if call.wish.word(0) else settings.default_agent
    harness = settings.harnesses.get(settings.spec(name).harness) if name else None
    if harness is None or not harness.install:
        return _NO_HINT
    return f"On the gateway's computer: {harness.install}"


def here(tx: Tx, order: Order) -> list[str]:
    """What ``/status`` says of the outside agent that answers in a conversation."""
    session, bound, lifetime = session_here(tx, order), bound_here(tx, order), order.rules.outside.lifetime
    if session is None:
        return []
    label = f", {session.label}" if session.label else ""
    lines = [f"Session: {session.key}{label}, {session.state}"]
    if bound is not None:
        lines.append(f"Bound here by {bound.by} since {_minute(bound.bound_at)}; {_lasts(bound, lifetime)}.")
    elif CONFIGURED in session.key:
        lines.append("Bound by the configuration, for good.")
    return lines


def _lasts(bound: AcpBinding, lifetime: Lifetime | None) -> str:
    ends = [
        since + length
        for since, length in (
            (bound.active_at, lifetime.idle if lifetime else None),
            (bound.bound_at, lifetime.most if lifetime else None),
        )
        if length is not None and length < timedelta(days=36_000)
    ]
    return f"unless something is said, until {_minute(min(ends))}" if ends else "for good"


def _minute(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}"
