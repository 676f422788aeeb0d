"""``bindings[]``: which agent answers where. Matching is the routing's work; here are the words, and their reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from openclaw.config.grammar import normalise_id, not_blank_error
from openclaw.config.sections.agents import AcpMode
from openclaw.config.sections.session import DmScope
from openclaw.config.shape import Check
from openclaw.domain.ids import DEFAULT_ACCOUNT

ANY = "*"
"""Every account, or every conversation."""

_CHANNEL = "imessage"

NotBlank = Annotated[str, Check(not_blank_error)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerMatch:
    """The other side of a conversation; the id in any documented spelling, or ``*``."""

    kind: Literal["direct", "group", "channel", "dm"]
    id: str

    @property
    def is_direct(self) -> bool:
        """Whether one person is meant; a channel is a group here."""
        return self.kind in ("direct", "dm")

    @property
    def is_any(self) -> bool:
        """Whether every conversation of the kind is meant."""
        return self.id.strip() == ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a conversation must be; every field that is set must hold. No ``account_id`` means the default account."""

    channel: NotBlank
    account_id: str | None = None
    peer: PeerMatch | None = None
    guild_id: str | None = None
    team_id: str | None = None
    roles: tuple[str, ...] | None = None

    @property
    def is_ours(self) -> bool:
        """Whether it is about this channel."""
        return self.channel.strip().lower() == _CHANNEL

    @property
    def account(self) -> str:
        """The account that is meant, as ids are compared, or ``*``."""
        said = (self.account_id or "").strip() or DEFAULT_ACCOUNT
        return said if said == ANY else normalise_id(said)

    @property
    def names_guild(self) -> bool:
        """Whether it asks for what only other channels have, and so means nothing here."""
        return bool(self.guild_id or self.team_id or self.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingSession:
    """Session rules for what the binding matches."""

    dm_scope: DmScope | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingAcp:
    """How the bound ACP session is run; what is unset comes from the agent's runtime."""

    mode: AcpMode | None = None
    label: str | None = None
    cwd: NotBlank | None = None
    backend: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One entry of ``bindings``."""

    type: Literal["route", "acp"] = "route"
    agent_id: NotBlank
    comment: str | None = None
    match: Match
    session: BindingSession | None = None
    acp: BindingAcp | None = None

    def conflicts(self) -> list[tuple[str, str, str]]:
        """Refuse keys of the other type, and an ACP binding without its conversation."""
        broken: list[tuple[str, str, str]] = []
        if self.type == "acp" and (self.match.peer is None or not self.match.peer.id.strip()):
            broken.append(
                ("match.peer.id", "is required for an ACP binding", "name the chat, like chat_id:123")
            )
        if self.type == "acp" and self.session is not None:
            broken.append(("session", "belongs to route bindings only", "remove it, or change type to route"))
        if self.type == "route" and self.acp is not None:
            broken.append(("acp", "belongs to ACP bindings only", "remove it, or change type to acp"))
        return broken
