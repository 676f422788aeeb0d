"""Where agents say in their own way what the protocol has no word for: failures as data, remarks that are no answer.

Measured with the releases named; an agent that changes its ways is at worst quoted too much in the log. Imported with
the protocol's library alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

from acp.schema import AgentMessageChunk

# codex-acp 2.6 and claude-agent-acp 0.101 put a failure of their model into the answer as text, which a contact would
# read, unless the client says that it takes failures as data.
TYPED_FAILURES: Mapping[str, Any] = MappingProxyType(
    {"jetbrains": {"air": {"version": 1, "capabilities": ["sessionFailure"]}}}
)
"""What a client says of itself to be told failures as data."""

# codex-acp 2.6 names each message of an answer; its warnings about configuration and models have no name.
_NAMES_ITS_MESSAGES = frozenset({"@agentclientprotocol/codex-acp"})


def failure_of(meta: Mapping[str, Any] | None) -> str:
    """The failure that an answer to a prompt tells of beside its end, "" when there is none."""
    failure = _inside(meta, "jetbrains", "air", "sessionFailure")
    return str(failure.get("title") or failure.get("category") or "unknown") if failure else ""


def is_aside(agent: str, chunk: AgentMessageChunk) -> bool:
    """Whether a chunk is a remark of the agent's own program about itself, and nothing that was answered."""
    if _inside(chunk.field_meta, "claudeCode").get("kind") == "informational":
        return True
    return agent in _NAMES_ITS_MESSAGES and chunk.message_id is None


def _inside(meta: Any, *steps: str) -> Mapping[str, Any]:
    for step in steps:
        meta = cast("Mapping[str, Any]", meta).get(step) if isinstance(meta, Mapping) else None
    return cast("Mapping[str, Any]", meta) if isinstance(meta, Mapping) else {}
