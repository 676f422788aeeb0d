"""What the running gateway says of itself, and what is there when none runs."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openclaw import __version__
from openclaw.config.sections.gateway import DEFAULT_PORT
from openclaw.control.address import HOST, ControlAddress, address_of_the_dead, running_gateway
from openclaw.control.client import ask
from openclaw.control.token import VARIABLE, gateway_token, kept_token
from openclaw.doctor.checks.running import RunningFacts
from openclaw.doctor.gather.traffic import Traffic
from openclaw.doctor.visit import Visit
from openclaw.errors import ConfigError, OpenClawError, TokenRefused

_ANSWER_S = 5.0
_CONNECT_S = 1.0


@dataclass(frozen=True, slots=True)
class Heard:
    """The gateway that runs, and its answers; ``failure`` is why there are none, which ``is_refusal`` of the token."""

    gateway: ControlAddress | None = None
    status: Mapping[str, Any] | None = None
    attention: Mapping[str, int] | None = None
    failure: str = ""
    is_refusal: bool = False


def hear(visit: Visit) -> Heard:
    """Ask the running gateway how it is and what waits, each within a few seconds."""
    gateway = running_gateway(visit.locations.state_dir)
    if gateway is None:
        return Heard()
    tokens = list(_tokens(visit))
    try:
        status = ask(gateway, "/api/status", {}, tokens, timeout_s=_ANSWER_S)
        waiting = ask(gateway, "/api/attention", {"limit": 1}, tokens, timeout_s=_ANSWER_S)
    except OpenClawError as error:
        return Heard(gateway, failure=str(error), is_refusal=isinstance(error, TokenRefused))
    return Heard(gateway, status, waiting["counts"])


def running(visit: Visit, heard: Heard, traffic: Traffic) -> RunningFacts:
    """Everything about the gateway of this state directory."""
    state_dir, gateway = visit.locations.state_dir, heard.gateway
    dead = address_of_the_dead(state_dir)
    port = visit.loaded.config.gateway.port if visit.loaded else DEFAULT_PORT
    return RunningFacts(
        state_dir,
        __version__,
        port,
        pid=gateway.pid if gateway else None,
        their_version=gateway.version if gateway else "",
        status=heard.status,
        attention=heard.attention,
        failure=heard.failure,
        is_refusal=heard.is_refusal,
        dead=dead.pid if dead else None,
        last_in=_newest(one.last_in for one in traffic.signs.values()),
        last_out=_newest(one.last_out for one in traffic.signs.values()),
        # Which port it would be, a file that cannot be used does not say.
        port_taken=gateway is None and visit.loaded is not None and _answers(port),
        token=_token_source(visit),
        config_usable=visit.loaded is not None,
    )


def _tokens(visit: Visit) -> Iterator[str]:
    """Those the gateway may have been started with, the cheapest to find first."""
    state_dir = visit.locations.state_dir
    found = [visit.environ.get(VARIABLE, "").strip(), kept_token(state_dir)]
    if visit.loaded is not None and visit.loaded.config.gateway.auth.token is not None:
        configured = visit.loaded.config.gateway.auth.token
        # One that names a variable without a value opens nothing; the gateway itself would not start with it.
        with suppress(ConfigError):
            found.append(gateway_token(configured, visit.loaded.environment, state_dir))
    yield from dict.fromkeys(filter(None, found))


def _token_source(visit: Visit) -> str:
    if visit.loaded is not None and visit.loaded.config.gateway.auth.token is not None:
        return "stands in the configuration (gateway.auth.token)"
    if visit.environ.get(VARIABLE, "").strip():
        return f"comes from the environment ({VARIABLE})"
    return "was generated and is kept in the state directory" if kept_token(visit.locations.state_dir) else ""


def _newest(moments: Iterator[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=_CONNECT_S):
            return True
    except OSError:
        return False
