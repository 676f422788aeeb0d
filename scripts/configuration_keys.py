"""Writes docs/configuration-keys.md: every key of the original that touches this channel, and our own.

Run it as ``python scripts/configuration_keys.py`` after a key was added, served or dropped; a test compares.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from openclaw.config.later import waits_for
from openclaw.config.original import listed_keys
from openclaw.config.sections.root import Config
from openclaw.config.shape import keys_of

TARGET = Path(__file__).parent.parent / "docs" / "configuration-keys.md"

# Sections whose keys stand one by one; every other root has one row.
NEIGHBOURS = (
    "channels.imessage", "channels.defaults", "agents", "models", "bindings", "messages",
    "commands", "session", "gateway", "logging", "acp", "plugins.entries.acpx", "mcp", "tools", "env",
)  # fmt: skip

APPLIED_BEFORE_READING = ("env.vars", "env.<key>", "channels.imessage.accounts.<key>")

# Why a key has no effect here; the longest matching beginning decides.
REASONS = {
    "$schema": "accepted in silence",
    "meta": "book-keeping of the original; accepted in silence",
    "wizard": "book-keeping of the original; accepted in silence",
    "env.shellEnv": "the login shell is never run; use .env in the state directory",
    "channels.bluebubbles": "a second channel, later; until then one warning with the way on",
    "channels.modelByChannel": "an agent's model is chosen by its binding",
    "channels": "another channel",
    "channels.imessage.capabilities": "free tags that nothing reads",
    "channels.imessage.heartbeat": "no scheduled turns",
    "channels.defaults.heartbeat": "no scheduled turns",
    "agents": "tuning of the original's own agent",
    "agents.defaults.heartbeat": "no scheduled turns",
    "agents.list[].heartbeat": "no scheduled turns",
    "agents.defaults.sandbox": "tools that need a sandbox come through MCP servers, which bring their own",
    "agents.list[].sandbox": "tools that need a sandbox come through MCP servers, which bring their own",
    "agents.defaults.memorySearch": "no memory index; an MCP server can bring one",
    "agents.list[].memorySearch": "no memory index; an MCP server can bring one",
    "agents.defaults.subagents": "an agent does not start others",
    "agents.list[].subagents": "an agent does not start others",
    "agents.list[].tts": "no speech output",
    "agents.list[].tools": "only profile, allow, alsoAllow and deny are known",
    "models": "tuning of the original's own model client",
    "messages": "has no meaning on this channel",
    "messages.statusReactions": "one tapback says that a message was seen; what is done meanwhile is not shown",
    "messages.messagePrefix": "meant for another channel",
    "messages.tts": "no speech output",
    "messages.suppressToolErrors": "a contact never sees errors of tools",
    "commands": "the command it opens does not exist here",
    "commands.native": "the channel has no native commands",
    "commands.nativeSkills": "the channel has no native commands",
    "commands.ownerDisplay": "no handle is shown to a model for ownership",
    "session": "kept by our own ledger",
    "session.mainKey": "always main",
    "session.agentToAgent": "agents do not talk to each other",
    "gateway": "the control page listens on loopback only, with a token",
    "gateway.channelStaleEventThresholdMinutes": "what arrived is compared with the phone each minute",
    "gateway.nodes": "no companion devices",
    "gateway.push": "no companion devices",
    "gateway.http": "no model endpoint is offered",
    "gateway.remote": "commands talk to the gateway of this machine",
    "secrets": "secrets come from the environment, from .env, or stand in the file",
    "plugins": "there are no plugins; of their settings those of acpx count, for outside agents",
    "plugins.entries.acpx": "belongs to the original's own way of running outside agents",
    "plugins.entries.acpx.config.pluginToolsMcpBridge": "an outside agent gets mcpServers alone",
    "plugins.entries.acpx.config.openClawToolsMcpBridge": "an outside agent gets mcpServers alone",
    "plugins.entries.acpx.config.probeAgent": "openclaw doctor looks at every outside agent",
    "plugins.entries.acpx.config.strictWindowsCmdWrapper": "no Windows",
    "tools": "other tools come through MCP servers",
    "cron": "no scheduled turns",
    "mcp": "not part of a server's description here",
}
DEFAULT_REASON = "not part of this program"


def patterns(hint: Any = Config, place: str = "") -> Iterator[str]:
    """Yield every key our sections have, written like the original's list."""
    origin = get_origin(hint)
    if origin is Annotated:
        yield from patterns(get_args(hint)[0], place)
    elif origin in (Union, types.UnionType):
        for option in get_args(hint):
            yield from patterns(option, place)
    elif origin is tuple:
        yield from patterns(get_args(hint)[0], place + "[]")
    elif origin is Literal or hint is types.NoneType:
        yield from [place] if origin is Literal else []
    elif origin is not None:
        yield from patterns(get_args(hint)[1], place + ".<key>")
    elif hasattr(hint, "__dataclass_fields__") and not hasattr(hint, "from_text"):
        for name, key in keys_of(hint).items():
            if not place.endswith("accounts.<key>"):
                yield from patterns(key.hint, f"{place}.{name}" if place else name)
    else:
        yield place


def status(key: str, ours: set[str]) -> str:
    """Return what the table says of one key."""
    if key in ours or key.startswith(APPLIED_BEFORE_READING):
        capability = waits_for(key)
        return f"later ({capability})" if capability else "served"
    return f"not served ({_reason(key)})"


def rows() -> list[tuple[str, str]]:
    """Return (key, status) of every row, in the order of the alphabet, our own keys apart."""
    ours = set(patterns())
    listed = {_row_key(key) for key in listed_keys()}
    return [(key, status(key, ours)) for key in sorted(listed)]


def own_rows() -> list[tuple[str, str]]:
    """Return (key, status) of the keys that the original does not have."""
    ours, listed = set(patterns()), set(listed_keys())
    return [(key, status(key, ours)) for key in sorted(ours - listed)]


def render() -> str:
    """Return the page."""
    return (
        "# Configuration keys\n\n"
        "What this program does with each key of the original's `openclaw.json`. `<key>` is a free name, `[]` an\n"
        "element of a list. Every account under `channels.imessage.accounts.<key>` takes every key of\n"
        "`channels.imessage` but `accounts` and `defaultAccount`, and inherits what it does not set.\n\n"
        "- **served**: it does what the manual says.\n"
        "- **later**: it is read and checked; setting it gives a warning that names the capability it waits for.\n"
        "- **not served**: it is accepted, with one warning per section, and has no effect.\n\n"
        "A key that stands in neither table is an error. The page is written by `scripts/configuration_keys.py`.\n\n"
        f"## Keys of our own\n\n{_table(own_rows())}\n## Keys of the original\n\n{_table(rows())}"
    )


def _table(entries: list[tuple[str, str]]) -> str:
    return "| key | status |\n|---|---|\n" + "".join(f"| `{key}` | {said} |\n" for key, said in entries)


def _row_key(key: str) -> str:
    if any(key == root or key.startswith((f"{root}.", f"{root}[")) for root in NEIGHBOURS):
        return key
    parts = key.split(".")
    return ".".join(parts[:2]) if parts[0] == "channels" else parts[0].removesuffix("[]")


def _reason(key: str) -> str:
    fitting = [start for start in REASONS if key == start or key.startswith((f"{start}.", f"{start}["))]
    return REASONS[max(fitting, key=len)] if fitting else DEFAULT_REASON


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
