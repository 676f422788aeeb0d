"""What the running gateway says of itself: its accounts, its agents, its open work and its warnings."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping

from openclaw import __version__
from openclaw.control.operations import perform
from openclaw.control.probes import probe_all
from openclaw.control.shapes import (
    CHANNEL,
    Json,
    Standing,
    account_shape,
    config_shape,
    iso,
    issue_shape,
    live_shape,
    probe_shape,
)
from openclaw.control.surface import Surface
from openclaw.domain.health import AccountHealth, AccountState
from openclaw.domain.ids import AccountId
from openclaw.store import Tx, accounts
from openclaw.store.trouble import Trouble


async def status(surface: Surface) -> Json:
    """Everything at a glance."""
    now, health = surface.now(), surface.health()
    trouble = surface.ledger.trouble
    in_force = surface.in_force()
    work = await surface.ledger.read(lambda tx: perform(tx, "overview", {}, now))
    standings = await _standings(surface, health)
    return {
        "running": True,
        "pid": os.getpid(),
        "version": __version__,
        "startedAt": iso(surface.started_at),
        "uptimeSeconds": round((now - surface.started_at).total_seconds()),
        "accounts": [account_shape(account, one, standings[account]) for account, one in health.items()],
        "agents": [{"id": agent, "model": model} for agent, model in in_force.agents.items()],
        "outside": [live_shape(agent) for agent in surface.live()],
        "config": config_shape(in_force.standing),
        "work": work.body,
        "ledger": trouble_shape(trouble) if trouble else None,
        "warnings": [issue_shape(warning) for warning in in_force.warnings],
    }


async def channels(surface: Surface, probe_limit_s: float | None) -> Json:
    """How each account is doing; with ``probe_limit_s`` each is asked now, and has that many seconds to answer."""
    health = surface.health()
    standings = await _standings(surface, health)
    shapes = {account: account_shape(account, one, standings[account]) for account, one in health.items()}
    if probe_limit_s is not None:
        probes = await probe_all(surface.probe, _enabled(health), probe_limit_s)
        for account, probe in probes.items():
            shapes[account]["probe"] = probe_shape(probe)
    return {
        "gatewayReachable": True,
        "config": config_shape(surface.in_force().standing),
        "ts": iso(surface.now()),
        "channelOrder": [CHANNEL],
        "channelAccounts": {CHANNEL: list(shapes.values())},
    }


def readiness(surface: Surface, *, causes: bool) -> tuple[bool, Json]:
    """Whether every enabled account is connected and the ledger works.

    ``causes`` adds what is known of the reasons, and an edit of the configuration that was refused, for which nothing
    is less ready. A gateway without an enabled account is not ready: it can neither hear nor say anything.
    """
    health = surface.health()
    running = {account: health[account] for account in _enabled(health)}
    trouble = surface.ledger.trouble
    connected = bool(running) and all(one.state is AccountState.CONNECTED for one in running.values())
    ready = connected and trouble is None
    states: Json = {account: one.state for account, one in running.items()}
    body: Json = {"ready": ready, "accounts": states}
    if causes:
        body["causes"] = {account: one.cause for account, one in running.items() if one.cause}
        if trouble is not None:
            body["ledger"] = trouble_shape(trouble)
        standing = surface.in_force().standing
        if standing.refused_at is not None:
            body["config"] = config_shape(standing)
    return ready, body


def trouble_shape(trouble: Trouble) -> Json:
    """What keeps the ledger from being used as it should."""
    return {"since": iso(trouble.since), "cause": trouble.cause, "fix": trouble.fix}


async def _standings(surface: Surface, known: Collection[AccountId]) -> dict[AccountId, Standing]:
    def look(tx: Tx) -> dict[AccountId, Standing]:
        paused = accounts.paused_chats(tx)
        return {
            one: Standing(accounts.cursor(tx, one), accounts.is_paused(paused, one, accounts.EVERY_CHAT))
            for one in known
        }

    return await surface.ledger.read(look)


def _enabled(health: Mapping[AccountId, AccountHealth]) -> list[AccountId]:
    return [account for account, one in health.items() if one.state is not AccountState.STOPPED]
