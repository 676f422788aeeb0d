"""Adding an agent to a document, taking one out, naming one, binding accounts to one. Pure: documents in and out.

A document is the file's plain data, variables not put in.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from openclaw.config.grammar import normalise_id
from openclaw.domain.ids import DEFAULT_ACCOUNT, DEFAULT_AGENT, AccountId
from openclaw.errors import BadRequest, NotFound

Document = dict[str, Any]

EVERY_ACCOUNT = "*"
_ROUTE = "route"
# What a binding of a whole account has beside its agent; one that says more is left to whoever wrote it.
_PLAIN = frozenset({"type", "agentId", "match", "comment"})


@dataclass(frozen=True, slots=True)
class Bound:
    """What is bound as a whole: a channel, and in it an account, ``*`` for every one, "" for ``default``."""

    channel: str
    account: str = ""

    def __str__(self) -> str:
        return f"{self.channel}:{self.account}" if self.account else self.channel


def parse_bound(text: str, channels: Sequence[str], accounts: Sequence[AccountId], usual: AccountId) -> Bound:
    """What ``channel`` or ``channel:account`` names; a bare channel is its ``usual`` account.

    Raises NotFound for a channel or account that is not there.
    """
    channel, colon, account = text.strip().partition(":")
    if channel not in channels:
        raise NotFound(f"there is no channel {channel}; known: {', '.join(channels)}")
    if account == EVERY_ACCOUNT:
        return Bound(channel, EVERY_ACCOUNT)
    if not colon:
        return Bound(channel, "" if usual == DEFAULT_ACCOUNT else usual)
    name = normalise_id(account)
    if not account.strip() or name not in accounts:
        raise NotFound(f"there is no account {account or '(empty)'}; configured: {', '.join(accounts)}")
    return Bound(channel, name)


def with_agent(document: Mapping[str, Any], agent: str, entry: Mapping[str, Any]) -> Document:
    """The document with one agent more. Raises BadRequest when it is there, or is the reserved ``main``.

    Without a list there is one agent called ``main``; it stays, and stays the default, by being listed first.
    """
    _refuse_reserved(agent)
    result, listed = _listed(document)
    if _position(listed, agent) is not None:
        raise BadRequest(f"there is an agent {agent} already; change it with: openclaw config set")
    if not listed:
        listed.append({"id": DEFAULT_AGENT})
    listed.append({"id": agent, **entry})
    return result


def without_agent(document: Mapping[str, Any], agent: str) -> Document:
    """The document without the agent and its bindings.

    Raises NotFound when it is not listed, BadRequest when it is the reserved ``main`` or the only one.
    """
    _refuse_reserved(agent)
    result, listed = _listed(document)
    position = _position(listed, agent)
    if position is None:
        raise _unknown(agent, listed)
    if len(listed) == 1:
        raise BadRequest(f"{agent} is the only agent; without a list there is one called {DEFAULT_AGENT}")
    del listed[position]
    bindings = _bindings(result)
    kept = [one for one in bindings if normalise_id(str(one.get("agentId", ""))) != agent]
    if len(kept) != len(bindings):
        result["bindings"] = kept
    return result


def with_identity(document: Mapping[str, Any], agent: str, identity: Mapping[str, str]) -> Document:
    """The document with ``identity`` laid over that of the agent. Raises NotFound when there is no such agent."""
    result, listed = _listed(document)
    if not listed and agent == DEFAULT_AGENT:
        listed.append({"id": DEFAULT_AGENT})
    position = _position(listed, agent)
    if position is None:
        raise _unknown(agent, listed)
    known = cast("dict[str, Any]", listed[position].get("identity") or {})
    listed[position]["identity"] = {**known, **identity}
    return result


def with_bound(document: Mapping[str, Any], agent: str, bound: Bound) -> Document:
    """The document with ``bound`` answered by the agent; the same document when it is already.

    A binding that names no account means ``default`` (facts A.13); naming it now is written into that binding. Raises
    BadRequest when another agent has it.
    """
    result = copy.deepcopy(dict(document))
    bindings = _bindings(result)
    for binding in bindings:
        found = _whole(binding)
        if found is None or _meant(found) != _meant(bound):
            continue
        holder = normalise_id(str(binding.get("agentId", "")))
        if holder != agent:
            raise BadRequest(
                f"{bound} is bound to {holder}; take it from there first: "
                f"openclaw agents unbind --agent {holder} --bind {found}"
            )
        if bound.account and not found.account:
            binding["match"]["accountId"] = bound.account
        return result
    match = {"channel": bound.channel} | ({"accountId": bound.account} if bound.account else {})
    result["bindings"] = [*bindings, {"agentId": agent, "match": match}]
    return result


def without_bound(document: Mapping[str, Any], agent: str, bound: Bound) -> Document:
    """The document in which the agent no longer answers ``bound`` as a whole.

    Raises NotFound when it does not now.
    """
    result = copy.deepcopy(dict(document))
    bindings = _bindings(result)
    kept = [one for one in bindings if not _is_of(one, agent) or not _binds(one, bound)]
    if len(kept) == len(bindings):
        raise NotFound(f"{bound} is not bound to {agent}; see: openclaw agents bindings")
    result["bindings"] = kept
    return result


def without_bindings(document: Mapping[str, Any], agent: str) -> tuple[Document, int]:
    """The document in which the agent answers no account as a whole any more, and how many it did.

    Bindings of single conversations stay.
    """
    result = copy.deepcopy(dict(document))
    bindings = _bindings(result)
    kept = [one for one in bindings if not _is_of(one, agent) or _whole(one) is None]
    if len(kept) != len(bindings):
        result["bindings"] = kept
    return result, len(bindings) - len(kept)


def _is_of(binding: Document, agent: str) -> bool:
    return normalise_id(str(binding.get("agentId", ""))) == agent


def _binds(binding: Document, bound: Bound) -> bool:
    found = _whole(binding)
    return found is not None and _meant(found) == _meant(bound)


def _whole(binding: Document) -> Bound | None:
    """What the binding binds as a whole; ``None`` for one conversation, or with rules of its own."""
    match = cast("dict[str, Any]", binding.get("match") or {})
    if binding.get("type", _ROUTE) != _ROUTE or not binding.keys() <= _PLAIN:
        return None
    if not match.keys() <= {"channel", "accountId"}:
        return None
    account = str(match.get("accountId") or "")
    known = account if account in ("", EVERY_ACCOUNT) else normalise_id(account)
    return Bound(str(match.get("channel", "")), known)


def _meant(bound: Bound) -> tuple[str, str]:
    return bound.channel, bound.account or DEFAULT_ACCOUNT


def _listed(document: Mapping[str, Any]) -> tuple[Document, list[Document]]:
    """A copy of the document, and its list of agents, which is made when there is none."""
    result = copy.deepcopy(dict(document))
    agents = result.setdefault("agents", {})
    return result, agents.setdefault("list", [])


def _bindings(document: Document) -> list[Document]:
    return cast("list[Document]", document.get("bindings") or [])


def _position(listed: Sequence[Document], agent: str) -> int | None:
    names = [normalise_id(str(one.get("id", ""))) for one in listed]
    return names.index(agent) if agent in names else None


def _refuse_reserved(agent: str) -> None:
    if agent == DEFAULT_AGENT:
        raise BadRequest(
            f"{DEFAULT_AGENT} is reserved: it is there whenever no agent is listed; choose another name"
        )


def _unknown(agent: str, listed: Sequence[Document]) -> NotFound:
    known = ", ".join(normalise_id(str(one.get("id", ""))) for one in listed) or DEFAULT_AGENT
    return NotFound(f"there is no agent {agent}; configured: {known}")
