"""What can be said while no gateway runs: what the configuration holds, and what the phones answer when asked directly.

In the shapes of the running gateway, so that a reader of the JSON needs no second way of reading.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from openclaw import __version__
from openclaw.config.accounts import AccountConfig, resolve_accounts
from openclaw.config.agents import resolve_agents
from openclaw.config.exposure import load_guarded
from openclaw.config.load import Loaded
from openclaw.config.locations import Locations
from openclaw.config.review import review
from openclaw.control.probes import probe_all
from openclaw.control.shapes import CHANNEL, Json, issue_shape, probe_shape
from openclaw.domain.health import AccountState, Probe, ProbeCode
from openclaw.domain.ids import AccountId
from openclaw.errors import ConfigError, ConfigInvalid, ConfigIssue
from openclaw.imessage.probe import probe_phone

FIX = "start it: openclaw gateway"


def channels(locations: Locations, environ: Mapping[str, str], probe_limit_s: float | None) -> dict[str, Any]:
    """Every configured account; with ``probe_limit_s`` each enabled one's imsg is asked, in that many seconds.

    Raises:
        ConfigError: the configuration cannot be used.
    """
    loaded = load_guarded(locations, environ)
    accounts = resolve_accounts(loaded.config)
    probes = {} if probe_limit_s is None else asyncio.run(_probe(accounts, probe_limit_s))
    return {
        "gatewayReachable": False,
        "error": f"no gateway runs on {locations.state_dir}",
        "fix": FIX,
        "configOnly": probe_limit_s is None,
        "config": {"path": str(loaded.path), "mode": loaded.config.gateway.mode},
        "configuredChannels": [CHANNEL] if loaded.config.channels.imessage else [],
        "channelOrder": [CHANNEL],
        "channelAccounts": {CHANNEL: [_account(one, loaded, probes.get(one.id)) for one in accounts]},
    }


def status(locations: Locations, environ: Mapping[str, str]) -> dict[str, Any]:
    """What is configured, and what is wrong with it; never raises for a configuration that cannot be used."""
    known: dict[str, Any] = {
        "running": False,
        "version": __version__,
        "config": {"path": str(locations.config_path), "valid": True, "issues": []},
        "accounts": [],
        "agents": [],
        "warnings": [],
    }
    try:
        loaded = load_guarded(locations, environ)
    except ConfigError as error:
        known["config"] |= {"valid": False, "issues": [issue_shape(issue) for issue in issues_of(error)]}
        return known
    known["accounts"] = [_account(one, loaded, None) for one in resolve_accounts(loaded.config)]
    known["agents"] = [
        {"id": agent.id, "model": agent.model_primary or ""} for agent in resolve_agents(loaded.config)
    ]
    known["warnings"] = [issue_shape(issue) for issue in warnings_of(loaded)]
    return known


def warnings_of(loaded: Loaded) -> tuple[ConfigIssue, ...]:
    """Everything its owner should know about a configuration that can be used."""
    return (*loaded.warnings, *review(loaded.config))


def issues_of(error: ConfigError) -> tuple[ConfigIssue, ...]:
    """Everything that keeps a configuration from being used."""
    return error.issues if isinstance(error, ConfigInvalid) else (ConfigIssue("", str(error)),)


async def _probe(accounts: tuple[AccountConfig, ...], limit_s: float) -> dict[AccountId, Probe]:
    enabled = {account.id: account for account in accounts if account.enabled}

    async def probe(name: AccountId) -> Probe:
        account = enabled[name]
        return await probe_phone(account.cli_path, account.db_path, account.remote_host)

    return await probe_all(probe, enabled, limit_s)


def _account(account: AccountConfig, loaded: Loaded, probe: Probe | None) -> Json:
    shape: Json = {
        "accountId": account.id,
        "name": account.name,
        "enabled": account.enabled,
        "configured": loaded.config.channels.imessage is not None,
        "running": False,
        "connected": False,
        "state": AccountState.STOPPED,
    }
    if account.enabled:
        not_running = Probe(ProbeCode.GATEWAY_NOT_RUNNING, "no gateway runs", FIX)
        shape["probe"] = probe_shape(probe or not_running)
    return shape
