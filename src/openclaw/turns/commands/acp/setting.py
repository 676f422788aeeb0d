"""What ``/acp`` sets for a session: kept in the ledger first, then passed on to an agent that runs.

What widens what an agent may do unasked is the owner's: its folder, its permissions, its modes and its own options
(decision 027). A model, how hard it thinks, and how long it may take, up to an hour, are anybody's who
may give commands.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from openclaw.domain.acp import MOST_EXTRAS, AcpOptions, AcpSession, PermissionMode
from openclaw.errors import AgentError, CommandRefused
from openclaw.store import Tx, acp_sessions
from openclaw.turns.commands.acp.actions import ACTIONS
from openclaw.turns.commands.acp.call import Call
from openclaw.turns.commands.acp.refusals import done, failed, wrong
from openclaw.turns.commands.acp.targets import target

log = structlog.get_logger("openclaw.commands.acp")

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
_SECONDS = re.compile(r"[0-9]{1,5}")
_LONGEST = {"mode": 64, "model": 200, "permissions": 80, "cwd": 4096}
_LONGEST_VALUE = 512
_LONGEST_TURN_S = 86_400
_ANYBODYS_TURN_S = 3600
_ALIASES = {
    "model": "model",
    "thinking": "thinking",
    "thought_level": "thinking",
    "reasoning_effort": "thinking",
    "approval_policy": "permissions",
    "permission_profile": "permissions",
    "permissions": "permissions",
    "timeout": "timeout",
    "timeout_seconds": "timeout",
    "cwd": "cwd",
}
_ANYBODYS = frozenset({"model", "thinking", "timeout"})
_OF_ACTION = {
    "set-mode": "mode",
    "model": "model",
    "timeout": "timeout",
    "cwd": "cwd",
    "permissions": "permissions",
}


@dataclass(frozen=True, slots=True)
class _Setting:
    """One thing to set: ``name`` is one of our own, or ``extra`` with the agent's own ``key``."""

    name: str
    value: str
    key: str = ""


async def put(call: Call) -> str:
    """Carry out an action that sets one thing."""
    wish = call.wish
    if wish.action == "set":
        key, value, token = wish.word(0), wish.word(1), wish.word(2)
        setting = _Setting(_ALIASES.get(key.lower(), "extra"), value, key)
        if not _KEY.fullmatch(key):
            raise wrong(f"Which option? Usage: {ACTIONS['set'].usage}")
    else:
        value, token = wish.word(0), wish.word(1)
        setting = _Setting(_OF_ACTION[wish.action], value)
    if setting.name not in _ANYBODYS or _is_long(setting):
        call.owner_only()
    if not value or _CONTROL.search(value):
        raise wrong(f"What shall it be? Usage: {ACTIONS[wish.action].usage}")
    session = await call.ledger.write(lambda tx: _keep(tx, call, setting, token))
    told = done(f"{setting.key or setting.name}: {value}. Session: {session.key}")
    return f"{told}{await _pass_on(call, session, setting)}"


def _is_long(setting: _Setting) -> bool:
    """Whether a turn could hold its conversation up for longer than anybody but the owner may have it."""
    return (
        setting.name == "timeout"
        and _SECONDS.fullmatch(setting.value) is not None
        and int(setting.value) > _ANYBODYS_TURN_S
    )


def _keep(tx: Tx, call: Call, setting: _Setting, token: str) -> AcpSession:
    session = target(tx, call.order, token)
    options = _changed(session.options, setting)
    acp_sessions.set_options(tx, session.key, options)
    if setting.name == "cwd":
        acp_sessions.set_cwd(tx, session.key, setting.value)
    return session


def _changed(options: AcpOptions, setting: _Setting) -> AcpOptions:
    """The options with one more set.

    Raises:
        CommandRefused: it cannot be set so.
    """
    name, value = setting.name, setting.value
    if len(value) > _LONGEST.get(name, _LONGEST_VALUE):
        raise _invalid(f"{setting.key or name} has at most {_LONGEST.get(name, _LONGEST_VALUE)} characters.")
    match name:
        case "extra":
            extras = {**options.extras, setting.key: value}
            if len(extras) > MOST_EXTRAS:
                raise _invalid(f"a session has at most {MOST_EXTRAS} options of its agent's own.")
            return replace(options, extras=extras)
        case "timeout":
            if not _SECONDS.fullmatch(value) or not 1 <= int(value) <= _LONGEST_TURN_S:
                raise _invalid(f"the timeout is a whole number of seconds from 1 to {_LONGEST_TURN_S}.")
            return replace(options, timeout_s=int(value))
        case "permissions":
            if value not in set(PermissionMode):
                raise _invalid(f"permissions are one of {', '.join(PermissionMode)}.")
            return replace(options, permissions=value)
        case "cwd":
            if not os.path.isabs(value):
                raise _invalid("the folder must be an absolute path.")
            return replace(options, cwd=value)
        case "mode":
            return replace(options, mode=value)
        case "model":
            return replace(options, model=value)
        case _:
            return replace(options, thinking=value)


def _invalid(text: str) -> CommandRefused:
    return failed("ACP_INVALID_RUNTIME_OPTION", text)


async def _pass_on(call: Call, session: AcpSession, setting: _Setting) -> str:
    """Let the running agent know; what is added to the answer when it does not take it."""
    passed = {"model": "model", "thinking": "thought_level", "extra": setting.key}
    try:
        if setting.name == "mode":
            await call.outside.set_mode(session.key, setting.value)
        elif setting.name in passed:
            await call.outside.set_option(session.key, passed[setting.name], setting.value)
        elif setting.name == "cwd":
            return " It works there from its next message on, with a new conversation."
    except AgentError as error:
        log.warning("acp.not_set", session=session.key, option=setting.name, cause=str(error))
        refused = failed("ACP_BACKEND_UNSUPPORTED_CONTROL", "the running agent did not take it.")
        return f"\n{refused}"
    return ""


async def reset(call: Call) -> str:
    """Take back what was set; what is the owner's to set stays unless the owner asks.

    What a program was told cannot be untold one by one: it is started anew, with what is left.
    """
    session = await call.ledger.write(lambda tx: _take_back(tx, call))
    try:
        await call.outside.restart(session.key)
    except AgentError as error:
        log.warning("acp.not_restarted", session=session.key, cause=str(error))
        raise failed("ACP_TURN_FAILED", "the program could not be ended.", "/acp close") from error
    return done(f"What was set is taken back. Session: {session.key}")


def _take_back(tx: Tx, call: Call) -> AcpSession:
    session = target(tx, call.order, call.wish.word(0))
    kept = session.options
    left = AcpOptions() if call.is_owner else replace(kept, model="", thinking="", timeout_s=None)
    acp_sessions.set_options(tx, session.key, left)
    if kept.cwd and not left.cwd:
        acp_sessions.set_cwd(tx, session.key, str(_usual_folder(call)(session)))
    return session


def _usual_folder(call: Call) -> Callable[[AcpSession], object]:
    return lambda session: call.settings.spec(session.agent.partition(":")[2] or session.agent).cwd
