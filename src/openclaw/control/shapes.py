"""Domain values as JSON: the one place that knows the key names of what the interface and ``--json`` print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from openclaw.config.standing import ConfigStanding
from openclaw.domain.access import Grant, PairingRequest
from openclaw.domain.acp import LiveAgent, PermissionRequest, plea
from openclaw.domain.chats import ChatRef
from openclaw.domain.health import AccountHealth, AccountState, Probe, ProbeCode
from openclaw.domain.ids import AccountId, RowId
from openclaw.domain.messages import KnownChat
from openclaw.errors import ConfigIssue
from openclaw.store.accounts import Pause

Json = dict[str, object]
"""An object on its way out."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the ledger knows of an account: the last row of its phone that is kept, and whether it is paused."""

    cursor: RowId | None = None
    paused: bool = False


CHANNEL = "imessage"

# An account in one of these is on its way, or as its operator wants it; in any other something does not work.
_FINE = (AccountState.STARTING, AccountState.CONNECTED, AccountState.PAUSED, AccountState.STOPPED)
_READS = (AccountState.CONNECTED, AccountState.DEGRADED)


def iso(moment: datetime) -> str:
    """``moment`` in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def config_shape(standing: ConfigStanding) -> Json:
    """Whether the files are what runs; ``issues`` are of an edit that was refused."""
    return {
        "path": str(standing.path),
        "valid": standing.refused_at is None,
        "since": iso(standing.since),
        "refusedAt": iso(standing.refused_at) if standing.refused_at else None,
        "issues": [issue_shape(issue) for issue in standing.issues],
        "awaitsRestart": list(standing.awaits_restart),
    }


def approval_shape(request: PermissionRequest) -> Json:
    """What an agent asks to be allowed; ``says`` puts it into one sentence."""
    question = request.question
    return {
        "code": request.code,
        "state": request.state,
        "agent": question.agent,
        "session": question.session,
        "accountId": request.account,
        "chatKey": request.chat,
        "kind": question.kind,
        "title": question.title,
        "target": question.target,
        "says": plea(question),
        "mayAlways": question.may_always,
        "askedAt": iso(request.asked_at),
        "expiresAt": iso(request.expires_at),
    }


def live_shape(agent: LiveAgent) -> Json:
    """A program that runs as an agent; what the system does not tell of it is ``null``."""
    return {
        "session": agent.session,
        "harness": agent.harness,
        "pid": agent.pid,
        "since": iso(agent.since),
        "busy": agent.busy,
        "cpuSeconds": None if agent.cpu_s is None else round(agent.cpu_s, 2),
        "memoryBytes": agent.memory_bytes,
    }


def request_shape(request: PairingRequest) -> Json:
    """A pairing request in the shape of the original; values of ``meta`` are texts."""
    return {
        "id": request.handle,
        "code": request.code,
        "createdAt": iso(request.created_at),
        "lastSeenAt": iso(request.last_seen_at),
        "expiresAt": iso(request.expires_at),
        "meta": {
            "accountId": request.account,
            "sender": request.handle,
            "chatId": str(request.chat.row_id),
        },
    }


def grant_shape(grant: Grant) -> Json:
    """Who was let in."""
    return {
        "channel": CHANNEL,
        "id": grant.handle,
        "accountId": grant.account,
        "scope": grant.scope,
        "grantedAt": iso(grant.granted_at),
        "grantedBy": grant.granted_by,
    }


def chat_shape(chat: KnownChat) -> Json:
    """A conversation that wrote to us."""
    return {
        "accountId": chat.account,
        **place_shape(chat.chat),
        "name": chat.name,
        "isGroup": chat.is_group,
        "lastMessageAt": iso(chat.last_message_at),
        "paused": chat.paused,
    }


_UNKNOWN = Standing()


def account_shape(account: AccountId, health: AccountHealth, standing: Standing = _UNKNOWN) -> Json:
    """An account of the gateway; reading and sending are told apart because either can fail alone."""
    ahead = None
    if health.newest_row is not None and standing.cursor is not None:
        ahead = max(health.newest_row - standing.cursor, 0)
    enabled = health.state is not AccountState.STOPPED
    return {
        "accountId": account,
        "enabled": enabled,
        "configured": True,
        "running": enabled,
        "connected": health.state is AccountState.CONNECTED,
        "state": health.state,
        "since": iso(health.since),
        "cause": health.cause,
        "lastError": None if health.state in _FINE else health.cause or health.state,
        "nextTry": iso(health.next_try) if health.next_try else None,
        "reading": "works" if health.state in _READS else health.state,
        "sending": health.sending,
        "version": health.version,
        "newestRow": health.newest_row,
        "lagRows": ahead,
        "paused": standing.paused,
    }


def probe_shape(probe: Probe) -> Json:
    """What a probe found."""
    return {
        "ok": probe.code is ProbeCode.WORKS,
        "code": probe.code,
        "detail": probe.detail,
        "fix": probe.fix,
        "version": probe.version,
        "latencyMs": probe.latency_ms,
        "newestRow": probe.newest_row,
        "files": probe.files,
    }


def issue_shape(issue: ConfigIssue) -> Json:
    """One thing about the configuration; ``allowedValues`` and ``fix`` only when there are any."""
    shape: Json = {"path": issue.path, "message": issue.message}
    if issue.allowed:
        shape["allowedValues"] = list(issue.allowed)
    if issue.fix:
        shape["fix"] = issue.fix
    return shape


def pause_shape(pause: Pause) -> Json:
    """What is paused, why, and the command that ends it. ``reason`` is "" when the operator asked for it."""
    return {
        "accountId": pause.account or None,
        "chatKey": pause.chat or None,
        "since": iso(pause.since),
        "reason": pause.reason,
        "resume": _resume(pause),
    }


def _resume(pause: Pause) -> str:
    # A key begins with a hyphen, which a command line would take for an option; what follows names the chat as well.
    name = pause.chat.partition(";")[2] or pause.chat.replace("row:", "chat_id:")
    words = ["openclaw", "resume", *([name] if name else []), *_account(pause)]
    return " ".join(words)


def _account(pause: Pause) -> list[str]:
    return ["--account", pause.account] if pause.account else []


def place_shape(chat: ChatRef) -> Json:
    """The names of a chat, as the phone has them now."""
    return {"chatId": chat.row_id, "chatGuid": chat.guid, "chatIdentifier": chat.identifier}
