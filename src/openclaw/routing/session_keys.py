"""Session keys: the names of an agent's conversations, spelled as the original spells them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openclaw.domain.ids import AccountId, AgentId, SessionKey
from openclaw.domain.sessions import Peer, PeerKind

_CHANNEL = "imessage"


def session_key(
    agent: AgentId,
    account: AccountId,
    peer: Peer,
    dm_scope: str,
    identity_links: Mapping[str, Sequence[str]] | None = None,
) -> SessionKey:
    """The session in which ``agent`` talks to ``peer`` (behaviour facts A.12).

    Groups are always on their own; direct messages share the main session unless ``dm_scope`` keeps them apart.
    """
    prefix = f"agent:{agent}"
    if peer.kind is PeerKind.GROUP:
        return SessionKey(f"{prefix}:{_CHANNEL}:group:{peer.id}".lower())
    name = _linked(peer.id, identity_links or {})
    match dm_scope:
        case "per-peer":
            key = f"{prefix}:direct:{name}"
        case "per-channel-peer":
            key = f"{prefix}:{_CHANNEL}:direct:{name}"
        case "per-account-channel-peer":
            key = f"{prefix}:{_CHANNEL}:{account}:direct:{name}"
        case _:
            key = f"{prefix}:main"
    return SessionKey(key.lower())


def _linked(handle: str, links: Mapping[str, Sequence[str]]) -> str:
    wanted = {handle.lower(), f"{_CHANNEL}:{handle}".lower()}
    return next((name for name, ids in links.items() if wanted & {one.lower() for one in ids}), handle)
