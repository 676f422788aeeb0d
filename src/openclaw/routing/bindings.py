"""Bindings: which agent answers a conversation. Pure; the tiers are those of behaviour facts A.13."""

from __future__ import annotations

from collections.abc import Sequence

from openclaw.config.grammar import normalise_id
from openclaw.config.sections.bindings import Binding
from openclaw.domain.chats import ChatRef, parse_selector
from openclaw.domain.handles import parse_handle
from openclaw.domain.ids import DEFAULT_ACCOUNT, AccountId
from openclaw.domain.sessions import Peer, PeerKind

_CHANNEL = "imessage"
# A conversation that is bound to an ACP agent is bound before any route is looked for (behaviour facts H.5).
ACP = "acp"
_TIERS = (ACP, "peer", "any peer", "account", "channel")


def find_binding(
    bindings: Sequence[Binding], account: AccountId, peer: Peer, chat: ChatRef, region: str
) -> tuple[Binding, str] | None:
    """The binding for a conversation and the tier that decided; ``None`` leaves it to the default agent.

    Inside a tier the order of the file decides.
    """
    matching = [(tier, one) for one in bindings if (tier := _tier(one, account, peer, chat, region))]
    if not matching:
        return None
    tier, binding = min(matching, key=lambda found: _TIERS.index(found[0]))
    return binding, tier


def _tier(binding: Binding, account: AccountId, peer: Peer, chat: ChatRef, region: str) -> str | None:
    match = binding.match
    if match.channel != _CHANNEL or match.guild_id or match.team_id or match.roles:
        return None
    wanted = match.account_id or DEFAULT_ACCOUNT
    if wanted != "*":
        wanted = normalise_id(wanted)
    if wanted not in ("*", account):
        return None
    if binding.type == "acp":
        # The kind is not compared: an ACP binding names one conversation, whatever it is called.
        return ACP if match.peer is not None and _names(match.peer.id, peer, chat, region) else None
    if match.peer is None:
        return "channel" if wanted == "*" else "account"
    kind = PeerKind.DIRECT if match.peer.kind in ("direct", "dm") else PeerKind.GROUP
    if kind is not peer.kind:
        return None
    if match.peer.id.strip() == "*":
        return "any peer"
    return "peer" if _names(match.peer.id, peer, chat, region) else None


def _names(text: str, peer: Peer, chat: ChatRef, region: str) -> bool:
    selector = parse_selector(text)
    if selector is not None:
        return selector.matches(chat)
    return text.strip() == peer.id or (peer.kind is PeerKind.DIRECT and parse_handle(text, region) == peer.id)
