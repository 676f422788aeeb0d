"""Bindings: which agent answers a conversation. Pure; the tiers are those of behaviour facts A.13 and H.4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openclaw.config.sections.bindings import ANY, Binding, Match
from openclaw.domain.chats import ChatRef, parse_selector
from openclaw.domain.handles import parse_handle
from openclaw.domain.ids import AccountId
from openclaw.domain.sessions import Peer, PeerKind

_TIERS = ("peer", "any peer", "account", "channel")
_ACP_TIERS = ("acp", "acp, any account")


@dataclass(frozen=True, slots=True)
class Found:
    """The binding that decides: its place in the file, and the tier that made it the one."""

    position: int
    tier: str

    def __str__(self) -> str:
        """As a route tells it: ``bindings[2] (peer)``."""
        return f"bindings[{self.position}] ({self.tier})"


def find_binding(
    bindings: Sequence[Binding], account: AccountId, peer: Peer, chat: ChatRef, region: str
) -> Found | None:
    """The route binding for a conversation and the tier that decided; ``None`` leaves it to the default agent.

    Inside a tier the order of the file decides.
    """
    tiers = ((number, _tier(one, account, peer, chat, region)) for number, one in enumerate(bindings))
    matching = [Found(number, tier) for number, tier in tiers if tier is not None]
    return min(matching, key=lambda found: _TIERS.index(found.tier), default=None)


def find_outside(
    bindings: Sequence[Binding], account: AccountId, peer: Peer, chat: ChatRef, region: str
) -> Found | None:
    """The binding of a conversation to an outside agent; one of this account goes before one of any account."""
    tiers = ((number, _acp_tier(one, account, peer, chat, region)) for number, one in enumerate(bindings))
    matching = [Found(number, tier) for number, tier in tiers if tier is not None]
    return min(matching, key=lambda found: _ACP_TIERS.index(found.tier), default=None)


def _tier(binding: Binding, account: AccountId, peer: Peer, chat: ChatRef, region: str) -> str | None:
    match = binding.match
    if binding.type == "acp" or not _is_here(match, account):
        return None
    if match.peer is None:
        return "channel" if match.account == ANY else "account"
    kind = PeerKind.DIRECT if match.peer.is_direct else PeerKind.GROUP
    if kind is not peer.kind:
        return None
    if match.peer.is_any:
        return "any peer"
    return "peer" if _names(match.peer.id, peer, chat, region) else None


def _acp_tier(binding: Binding, account: AccountId, peer: Peer, chat: ChatRef, region: str) -> str | None:
    match = binding.match
    if binding.type != "acp" or match.peer is None or not _is_here(match, account):
        return None
    # The kind is not compared: such a binding names one conversation, whatever it is called.
    if not _names(match.peer.id, peer, chat, region):
        return None
    return "acp, any account" if match.account == ANY else "acp"


def _is_here(match: Match, account: AccountId) -> bool:
    return match.is_ours and not match.names_guild and match.account in (ANY, account)


def _names(text: str, peer: Peer, chat: ChatRef, region: str) -> bool:
    selector = parse_selector(text)
    if selector is not None:
        return selector.matches(chat)
    return text.strip() == peer.id or (peer.kind is PeerKind.DIRECT and parse_handle(text, region) == peer.id)
