"""``gateway``: where the running program listens, who may control it, and how it watches itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from openclaw.config.secrets import Secret
from openclaw.config.shape import NotNegative, Positive, Range

DEFAULT_PORT = 18789


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """How a client proves itself."""

    mode: Literal["none", "token", "password", "trusted-proxy"] | None = None
    token: Secret | None = None
    password: Secret | None = None

    def conflicts(self) -> list[tuple[str, str, str]]:
        """Refuse two proofs with no word on which one counts."""
        if self.token is not None and self.password is not None and self.mode is None:
            return [("mode", "is required while both token and password are set", "add mode: token")]
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Reload:
    """What happens when the file changes under a running gateway."""

    mode: Literal["off", "restart", "hot", "hybrid"] = "hybrid"
    debounce_ms: NotNegative = 300
    deferral_timeout_ms: NotNegative = 300_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The whole section."""

    port: Annotated[int, Range(1, 65535)] = DEFAULT_PORT
    mode: Literal["local", "remote"] = "local"
    bind: Literal["auto", "lan", "loopback", "custom", "tailnet"] = "loopback"
    custom_bind_host: str | None = None
    auth: Auth = Auth()
    reload: Reload = Reload()
    channel_health_check_minutes: NotNegative = 5
    channel_max_restarts_per_hour: Positive = 10

    def conflicts(self) -> list[tuple[str, str, str]]:
        """Refuse an open door without a lock."""
        broken: list[tuple[str, str, str]] = []
        if self.bind != "loopback" and self.auth.mode == "none":
            broken.append(
                ("auth.mode", "must not be none while bind leaves this machine", "set auth.mode: token")
            )
        if self.bind == "custom" and not self.custom_bind_host:
            broken.append(
                ("customBindHost", "is required while bind is custom", "name the address to listen on")
            )
        return broken
