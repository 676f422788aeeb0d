"""Reaching the state of this installation: through the running gateway, else straight in its ledger.

Loads neither the configuration nor the ledger while a gateway answers.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from openclaw.config.locations import Locations, locate
from openclaw.control.address import ControlAddress, running_gateway
from openclaw.control.client import ANSWER_LIMIT_S, ask
from openclaw.control.token import VARIABLE, gateway_token, kept_token
from openclaw.domain.ids import AccountId
from openclaw.errors import ConfigError, ControlUnreachable, StateDirectoryBusy

# Another command holds the ledger for a fraction of a second; a gateway that starts says where it is within one.
_PATIENCE_S = 5.0
_PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to an operator's request; ``online`` says that a running gateway gave it."""

    body: dict[str, Any]
    online: bool


def here() -> Locations:
    """Where this installation is."""
    return locate(os.environ)


def perform(name: str, **params: object) -> Reply:
    """The answer to a look of the operator; ``name`` is one of ``control.operations.OPERATIONS``.

    Raises:
        ControlUnreachable: a gateway runs and does not answer.
        StoreError: no gateway runs and the ledger cannot be used.
        NotFound, BadRequest: a value is wrong.
    """
    return reach(name, params, change=False)


def change(name: str, **params: object) -> Reply:
    """Like ``perform``, for a request that changes something."""
    return reach(name, params, change=True)


def ask_gateway(
    gateway: ControlAddress, path: str, timeout_s: float = ANSWER_LIMIT_S, **params: object
) -> dict[str, Any]:
    """What the running gateway says at ``path``; raises as ``control.client.ask``."""
    return ask(gateway, path, params, _tokens(here()), timeout_s=timeout_s)


def order_gateway(gateway: ControlAddress, path: str, **params: object) -> dict[str, Any]:
    """Have the running gateway do something at ``path``; raises as ``control.client.ask``."""
    return ask(gateway, path, params, _tokens(here()), change=True)


def page_code(gateway: ControlAddress) -> dict[str, Any]:
    """A one-time code of the running gateway for its page; raises as ``control.client.ask``."""
    return order_gateway(gateway, "/api/page-code")


def reach(name: str, params: Mapping[str, object], *, change: bool, patience_s: float = _PATIENCE_S) -> Reply:
    """The answer to the request ``name``; waits ``patience_s`` for whoever holds the ledger, then raises."""
    locations, deadline = here(), time.monotonic() + patience_s
    while True:
        if gateway := running_gateway(locations.state_dir):
            tokens = _tokens(locations)
            return Reply(ask(gateway, f"/api/{name}", params, tokens, change=change), online=True)
        try:
            return Reply(_offline(name, params, locations), online=False)
        except StateDirectoryBusy as error:
            if time.monotonic() > deadline:
                raise ControlUnreachable(
                    f"process {error.pid} works on {locations.state_dir} and does not answer; "
                    "try again in a moment, or look at the gateway's log"
                ) from error
        time.sleep(_PAUSE_S)


def _offline(name: str, params: Mapping[str, object], locations: Locations) -> dict[str, Any]:
    from openclaw.control.offline import perform_offline
    from openclaw.control.operation import Informed, Judged
    from openclaw.control.operations import NO_ACCOUNTS, OPERATIONS
    from openclaw.logs.unopened import warn_on_stderr

    warn_on_stderr()
    given = {key: value for key, value in params.items() if value is not None}
    run, now = OPERATIONS[name].run, datetime.now(UTC)
    accounts = _configured_accounts(locations) if isinstance(run, Informed) else NO_ACCOUNTS
    judging = _judging(locations, optional=run.optional) if isinstance(run, Judged) else None
    return perform_offline(name, given, locations.state_dir, now, accounts, judging)


def _configured_accounts(locations: Locations) -> dict[AccountId, Any]:
    from openclaw.config.accounts import resolve_accounts
    from openclaw.config.load import load_config

    return {account.id: account for account in resolve_accounts(load_config(locations, os.environ).config)}


def _judging(locations: Locations, *, optional: bool) -> Any:
    from openclaw.assembly import judging, make_plan
    from openclaw.config.load import load_config

    try:
        return judging(make_plan(load_config(locations, os.environ)))
    except ConfigError:
        # What happened can be told without it; what would happen cannot.
        if not optional:
            raise
        return None


def _tokens(locations: Locations) -> Iterator[str]:
    """The tokens the gateway may have been started with, the cheapest to find first."""
    quick = [
        token for token in (os.environ.get(VARIABLE, "").strip(), kept_token(locations.state_dir)) if token
    ]
    yield from quick
    if (configured := _configured_token(locations)) and configured not in quick:
        yield configured


def _configured_token(locations: Locations) -> str:
    from openclaw.config.load import load_config

    try:
        loaded = load_config(locations, os.environ)
        return gateway_token(loaded.config.gateway.auth.token, loaded.environment, locations.state_dir)
    except ConfigError:
        # The file may have broken after the gateway had started; what was found before has been tried.
        return ""
