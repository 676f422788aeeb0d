"""Session keys: the names of an agent's conversations, spelled as the original spells them. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from openclaw.domain.handles import parse_handle
from openclaw.domain.ids import AccountId, AgentId, SessionKey
from openclaw.domain.sessions import Peer, PeerKind, group_conversation

_CHANNEL = "imessage"


def session_key(
    agent: AgentId,
    account: AccountId,
    peer: Peer,
    dm_scope: str,
    identity_links: Mapping[str, Sequence[str]] | None = None,
    region: str = "US",
) -> SessionKey:
    """The session in which ``agent`` talks to ``peer`` (behaviour facts A.12).

    Groups are always on their own, also beside a group of another account that has the same number; direct messages
    share the main session unless ``dm_scope`` keeps them apart. ``region`` is that of the account, for numbers in
    ``identity_links`` that are written without a country code.
    """
    prefix = f"agent:{agent}"
    if peer.kind is PeerKind.GROUP:
        return SessionKey(f"{prefix}:{group_conversation(account, peer.id)}".lower())
    if dm_scope == "main" or not peer.id:
        return SessionKey(f"{prefix}:main".lower())
    name = linked_name(peer.id, identity_links or {}, region)
    match dm_scope:
        case "per-peer":
            key = f"{prefix}:direct:{name}"
        case "per-account-channel-peer":
            key = f"{prefix}:{_CHANNEL}:{account}:direct:{name}"
        case _:
            key = f"{prefix}:{_CHANNEL}:direct:{name}"
    return SessionKey(key.lower())


def bound_key(agent: str, account: AccountId, peer: Peer) -> SessionKey:
    """The session of an outside ``agent`` with ``peer`` where the configuration binds it (behaviour facts H.4)."""
    conversation = f"{_CHANNEL}:{account}:{peer.id}"
    digest = hashlib.sha256(conversation.encode()).hexdigest()[:16]
    return SessionKey(f"agent:{agent}:acp:binding:{_CHANNEL}:{account}:{digest}")


def linked_name(handle: str, links: Mapping[str, Sequence[str]], region: str) -> str:
    """The name under which ``handle`` stands in ``links``, in any spelling, bare or as ``imessage:…``; else itself."""
    return next(
        (
            name.strip()
            for name, spellings in links.items()
            if name.strip() and any(_means(spelling, handle, region) for spelling in spellings)
        ),
        handle,
    )


def _means(spelling: str, handle: str, region: str) -> bool:
    # What belongs to another channel keeps its prefix, and with it is no handle of this one.
    parsed = parse_handle(spelling, region)
    return parsed is not None and parsed.lower() == handle.lower()
