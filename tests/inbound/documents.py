"""Generated configurations and messages, and who may not get in by the requirements, written down a second time.

The oracle reads the file itself. It knows nothing of how the program compiles lists or resolves accounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from tests.making import ANN, BOB, direct_chat, group_chat, inbound

from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import ChatRowId
from openclaw.domain.messages import InboundMessage

CHATS: Mapping[str, ChatRef] = {
    "ann": direct_chat(ANN, 1),
    "bob": direct_chat(BOB, 2, "SMS"),
    "seven": group_chat(7),
    "eight": ChatRef(ChatRowId(8), "any;+;chat8", "chat8"),
}
# What an entry of a list names: a person, a chat, everybody, or nobody that there is.
NAMES: Mapping[str, tuple[str | None, int | None]] = {
    "*": (None, None),
    ANN: (ANN, None),
    "(555) 010-0001": (ANN, None),
    f"sms:{BOB}": (BOB, None),
    "\u200eann@EXAMPLE.com\u200f": ("ann@example.com", None),
    "chat_id:7": (None, 7),
    "imessage:CHATID: 1": (None, 1),
    "chat_guid:iMessage;+;chat8": (None, 8),
    "guid:any;-;+15550100002": (None, 2),
    "chat_identifier:chat7": (None, 7),
    "chatident:chat8": (None, 8),
    "chat_id:0": ("", None),
    "chat_id:seven": ("", None),
    "nobody@example.com": ("nobody@example.com", None),
}
GROUPS: Mapping[str, int] = {
    **{"7": 7, "chat_id:8": 8, "chat_identifier:chat7": 7, "2": 2, "*": 0},
    **{"guid:SMS;+;chat8": 8, "chat: 007": 7, "chat_guid:iMessage;-;+15550100001": 1, "chat_id:seven": 0},
}

lists = st.lists(st.sampled_from(sorted(NAMES)), max_size=3)
entries = st.fixed_dictionaries({}, optional={"requireMention": st.booleans()})
sections = st.fixed_dictionaries(
    {},
    optional={
        "dmPolicy": st.sampled_from(["pairing", "allowlist", "open", "disabled"]),
        "allowFrom": lists,
        "groupPolicy": st.sampled_from(["allowlist", "open", "disabled"]),
        "groupAllowFrom": lists,
        "groups": st.dictionaries(st.sampled_from(sorted(GROUPS)), entries, max_size=3),
        "services": st.sampled_from(["both", "imessage", "sms"]),
        "requireMentionInDms": st.booleans(),
    },
)


def _valid(section: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """``over`` with the lists that its policy asks for, so that the file may be used."""
    policy = over.get("dmPolicy", section.get("dmPolicy"))
    allowed = over.get("allowFrom", section.get("allowFrom", []))
    if policy == "open" and "*" not in allowed:
        return {**over, "allowFrom": [*allowed, "*"]}
    if policy == "allowlist" and not allowed:
        return {**over, "allowFrom": [ANN]}
    return over


def _document(
    channel: dict[str, Any], own: dict[str, Any] | None, group_policy: str | None, commands: dict[str, Any]
) -> dict[str, Any]:
    channel = _valid({}, channel)
    if own is not None:
        channel = {**channel, "accounts": {"default": _valid(channel, own)}}
    defaults = {} if group_policy is None else {"groupPolicy": group_policy}
    return {
        "channels": {"defaults": defaults, "imessage": {**channel, "settleMs": 0}},
        "commands": commands,
        "session": {"dmScope": "per-channel-peer"},
        "agents": {"list": [{"id": "main", "groupChat": {"mentionPatterns": ["claw"]}}, {"id": "family"}]},
        "bindings": [
            {
                "agentId": "family",
                "match": {"channel": "imessage", "peer": {"kind": "group", "id": "chat_id:7"}},
            }
        ],
    }


documents = st.builds(
    _document,
    sections,
    st.none() | sections,
    st.sampled_from([None, "open", "disabled", "allowlist"]),
    st.fixed_dictionaries({}, optional={"ownerAllowFrom": lists, "useAccessGroups": st.booleans()}),
)
rows = st.builds(
    lambda chat, sender, text, members: replace(
        inbound(1, text, sender=sender), chat=CHATS[chat], participants=members
    ),
    st.sampled_from(sorted(CHATS)),
    st.sampled_from([ANN, BOB, "ann@example.com"]),
    st.sampled_from(["hello", "hello claw", "/status", ""]),
    st.sampled_from([(), (ANN,), (ANN, BOB)]),
)


def said(document: dict[str, Any], key: str, default: Any = None) -> Any:
    """What the one account's key is: its own, else the channel's (ruling 2)."""
    channel = document["channels"]["imessage"]
    own = channel.get("accounts", {}).get("default", {})
    return own.get(key, channel.get(key, default))


def must_not_enter(document: dict[str, Any], row: InboundMessage, *, granted: bool) -> bool:
    """Whether the rules refuse the sender of ``row``: access by policy, lists and registry, and by service."""
    chat = row.chat
    assert chat is not None
    wanted = {"imessage": ["iMessage", "any"], "sms": ["SMS", "any"]}.get(said(document, "services", "both"))
    if wanted is not None and chat.guid.partition(";")[0] not in wanted:
        return True
    registry = said(document, "groups", {})
    named = any(GROUPS[key] == chat.row_id for key in registry)
    allow = said(document, "allowFrom", [])
    if named or ";+;" in chat.guid or len(row.participants) > 1:
        default = document["channels"]["defaults"].get("groupPolicy", "allowlist")
        policy = said(document, "groupPolicy", default)
        senders = said(document, "groupAllowFrom", allow)
        outside = bool(registry) and not named and "*" not in registry
        return policy == "disabled" or outside or (policy == "allowlist" and not _named(senders, row))
    policy = said(document, "dmPolicy", "pairing")
    let_in = _named(allow, row) or (policy == "pairing" and granted)
    return policy == "disabled" or (policy != "open" and not let_in)


def _named(entries: list[str], row: InboundMessage) -> bool:
    chat = row.chat
    assert chat is not None
    return any(
        entry == "*" or row.sender == NAMES[entry][0] or NAMES[entry][1] == chat.row_id for entry in entries
    )
