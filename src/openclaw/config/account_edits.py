"""Adding a phone account to a document, switching one off, taking one out. Pure: documents in, documents out.

A document is the file's plain data, variables not put in. Knows the two layouts of ``channels.imessage``: the section
itself is the account ``default``, or ``accounts`` lists all of them.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, cast

from openclaw.config.grammar import normalise_id
from openclaw.domain.ids import DEFAULT_ACCOUNT
from openclaw.errors import BadRequest, NotFound

Document = dict[str, Any]

MOVED = (
    "name",
    "cliPath",
    "dbPath",
    "remoteHost",
    "service",
    "ownHandles",
    "defaultTo",
    "dmPolicy",
    "allowFrom",
    "groupPolicy",
    "groupAllowFrom",
    "groups",
    "dms",
    "attachmentRoots",
    "remoteAttachmentRoots",
)
"""What belongs to one phone and the people who may write to it, and so becomes the account ``default``'s own.

A second account would inherit it otherwise: the other one's database, or an open door. How the channel speaks, and
where it is stricter than usual, stays for both.
"""

_ACCOUNTS, _DEFAULT, _ENABLED = "accounts", "defaultAccount", "enabled"


def with_account(document: Mapping[str, Any], account: str, settings: Mapping[str, Any]) -> Document:
    """The document with ``settings`` in the account ``account``, which is made, and enabled, when it is not there.

    A second account beside a section that is an account itself makes that one ``accounts.default`` first (facts A.9).
    """
    result, channel = _opened(document)
    listed = cast("Document", channel.get(_ACCOUNTS) or {})
    is_first = not channel
    if not listed and account == DEFAULT_ACCOUNT:
        channel.update({_ENABLED: True, **settings})
        return result
    if not listed:
        if is_first:
            channel[_ENABLED] = True
        else:
            listed[DEFAULT_ACCOUNT] = _moved_out(channel)
        channel[_ACCOUNTS] = listed
    key = _key(listed, account) or account
    known = cast("dict[str, Any]", listed.get(key, {}))
    if known.get(_ENABLED) is False:
        known[_ENABLED] = True
    listed[key] = {**known, **settings}
    return result


def with_account_off(document: Mapping[str, Any], account: str) -> Document:
    """The document with the account switched off. Raises NotFound when there is no such account."""
    result, channel = _opened(document)
    _one(channel, account)[_ENABLED] = False
    return result


def without_account(document: Mapping[str, Any], account: str) -> Document:
    """The document without the account.

    Raises NotFound when there is no such account, BadRequest when it is the last one: the section that is left would
    be an account itself, with imsg's own database.
    """
    result, channel = _opened(document)
    _one(channel, account)
    listed = cast("dict[str, Any]", channel.get(_ACCOUNTS) or {})
    if len(listed) < 2:
        raise BadRequest(
            f"{account} is the only account, and without accounts the section itself is one; switch it off "
            f"(openclaw channels remove --account {account}), or take the whole section out: "
            "openclaw config unset channels.imessage"
        )
    del listed[_key(listed, account) or account]
    if normalise_id(str(channel.get(_DEFAULT, ""))) == account:
        del channel[_DEFAULT]
    return result


def is_moved_by(document: Mapping[str, Any], account: str) -> bool:
    """Whether adding ``account`` makes the section an account of a list first."""
    _, channel = _opened(document)
    return bool(channel) and not channel.get(_ACCOUNTS) and account != DEFAULT_ACCOUNT


def settings_of(document: Mapping[str, Any], account: str) -> Mapping[str, Any]:
    """What stands in the account itself, without what it inherits; empty when there is no such account."""
    try:
        return _one(_opened(document)[1], account)
    except NotFound:
        return {}


def bindings_of(document: Mapping[str, Any], account: str) -> int:
    """How many bindings name the account."""
    bindings = cast("list[dict[str, Any]]", document.get("bindings") or [])
    named = [str(one.get("match", {}).get("accountId") or "") for one in bindings]
    return sum(1 for name in named if name and normalise_id(name) == account)


def _opened(document: Mapping[str, Any]) -> tuple[Document, Document]:
    """A copy of the document, and the channel's section in it."""
    result = copy.deepcopy(dict(document))
    channels = result.setdefault("channels", {})
    return result, channels.setdefault("imessage", {})


def _moved_out(channel: Document) -> Document:
    own = {key: channel.pop(key) for key in MOVED if key in channel}
    if channel.get(_ENABLED) is False:
        own[_ENABLED] = channel.pop(_ENABLED)
    return own


def _one(channel: Document, account: str) -> Document:
    """The object that is the account."""
    listed = cast("dict[str, Any]", channel.get(_ACCOUNTS) or {})
    if not listed and channel and account == DEFAULT_ACCOUNT:
        return channel
    key = _key(listed, account)
    if key is None:
        known = ", ".join(sorted(map(normalise_id, listed))) or ("default" if channel else "none")
        raise NotFound(f"there is no account {account}; configured: {known}")
    return cast("dict[str, Any]", listed[key])


def _key(listed: Mapping[str, Any], account: str) -> str | None:
    return next((key for key in listed if normalise_id(key) == account), None)
