"""The lines below an answer: what the agent did for it, and what it took. Only where a person asked for them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from openclaw.domain.sessions import SessionSettings
from openclaw.domain.turns import Finished
from openclaw.turns.commands.catalog import Catalog

# A name of a tool fits; what else a runtime tells of it is for the log.
_LONGEST_NAME = 40
_MOST_NAMES = 12


def footer(settings: SessionSettings, finished: Finished, did: Sequence[str], catalog: Catalog) -> str:
    """The lines, or "" when none were asked for."""
    lines: list[str] = []
    if settings.verbose == "on" and did:
        lines.append(f"Did: {_names(did)}")
    if settings.usage:
        lines.append(_usage(settings.usage, finished, catalog))
    return "\n".join(lines)


def _names(did: Sequence[str]) -> str:
    names = list(dict.fromkeys(_name(what) for what in did))
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more


def _name(what: str) -> str:
    first = what.strip().partition("\n")[0]
    return first if len(first) <= _LONGEST_NAME else f"{first[:_LONGEST_NAME]}…"


def _usage(level: str, finished: Finished, catalog: Catalog) -> str:
    taken, given = finished.input_tokens, finished.output_tokens
    counted = f"Tokens: {taken} in, {given} out" if taken or given else "Tokens: the model does not tell"
    if level == "tokens":
        return counted
    price = catalog.price(finished.model, taken, given)
    cost = "Cost: not known" if price is None else f"Cost: ${price:.4f}"
    return f"{cost} ({counted})" if level == "cost" else f"{counted}. Model: {finished.model}. {cost}"
