"""Tools by name: what an agent may use in a turn, and the words in which a configuration says so. Pure values.

Our own tools have fixed names; the tool ``t`` of the MCP server ``s`` is called ``s__t``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

READ_FILE = "read_file"
WRITE_FILE = "write_file"
LIST_FILES = "list_files"
CONVERSATION = "conversation"
SEND_FILE = "send_file"
EDIT_MESSAGE = "edit_message"
UNSEND_MESSAGE = "unsend_message"
REACT = "react"

SHOWN_AT_ONCE = frozenset({EDIT_MESSAGE, UNSEND_MESSAGE, REACT})
"""What people in the chat see while the turn still runs."""

OWN_TOOLS = frozenset({READ_FILE, WRITE_FILE, LIST_FILES, CONVERSATION, SEND_FILE}) | SHOWN_AT_ONCE
"""The tools that come with the program."""

OF_SERVER = "__"
"""Stands between the name of an MCP server and that of its tool, and in no name of our own."""

Profile = Literal["minimal", "coding", "messaging", "full"]
"""A set of tools by one word, as the original has them."""

_REMOTE = f"*{OF_SERVER}*"
_FILES = frozenset({READ_FILE, WRITE_FILE, LIST_FILES})
_SPEECH = SHOWN_AT_ONCE | {SEND_FILE}
_PROFILES: Mapping[Profile, frozenset[str]] = {
    "minimal": frozenset({CONVERSATION}),
    "messaging": _SPEECH | {CONVERSATION, _REMOTE},
    "coding": _FILES | _SPEECH | {CONVERSATION, _REMOTE},
    "full": frozenset({"*"}),
}
_GROUPS: Mapping[str, frozenset[str]] = {
    "group:fs": _FILES,
    "group:sessions": frozenset({CONVERSATION}),
    "group:messaging": _SPEECH,
    "message": _SPEECH,
    "group:openclaw": OWN_TOOLS,
    "group:plugins": frozenset({_REMOTE}),
    "bundle-mcp": frozenset({_REMOTE}),
    "read": frozenset({READ_FILE}),
    "write": frozenset({WRITE_FILE}),
}
# What these do in the original our write_file can do as well, and more: to forbid them forbids it, to allow them does
# not allow it.
_FORBIDS_TOO: Mapping[str, frozenset[str]] = {
    "edit": frozenset({WRITE_FILE}),
    "apply_patch": frozenset({WRITE_FILE}),
}
_ELSEWHERE = frozenset(
    {
        *(
            "exec",
            "bash",
            "process",
            "browser",
            "canvas",
            "nodes",
            "cron",
            "gateway",
            "image",
            "tts",
        ),
        *(
            "agents_list",
            "sessions_list",
            "sessions_history",
            "sessions_send",
            "sessions_spawn",
            "session_status",
        ),
        *("web_search", "web_fetch", "memory_search", "memory_get", "subagents", "code_execution"),
        *("group:runtime", "group:web", "group:ui", "group:automation", "group:memory"),
        *("group:nodes", "group:agents", "group:media"),
    }
)
"""Tools and groups of the original that have no counterpart here."""


@dataclass(frozen=True, slots=True)
class ToolRule:
    """One condition: a name matches ``allow`` (``None`` admits any) and not ``deny``; ``*`` stands for anything."""

    allow: frozenset[str] | None = None
    deny: frozenset[str] = frozenset()

    def permits(self, name: str) -> bool:
        """Whether the tool of this name passes."""
        return (self.allow is None or _matches(name, self.allow)) and not _matches(name, self.deny)

    def may_permit(self, beginning: str) -> bool:
        """Whether a tool whose name begins so could pass; ``False`` is certain, ``True`` is not."""
        if self.allow is not None and not any(_could_match(beginning, pattern) for pattern in self.allow):
            return False
        # What such a pattern matches it matches with anything behind it.
        return not _matches(beginning, (pattern for pattern in self.deny if pattern.endswith("*")))


@dataclass(frozen=True, slots=True)
class ToolRights:
    """What a turn may use: the tools that pass every rule. More rules never give more tools."""

    rules: frozenset[ToolRule]

    def permits(self, name: str) -> bool:
        """Whether the tool of this name may be used."""
        return all(rule.permits(name) for rule in self.rules)

    def may_permit(self, beginning: str) -> bool:
        """Whether a tool whose name begins so could be permitted; ``False`` is certain, ``True`` is not."""
        return all(rule.may_permit(beginning) for rule in self.rules)

    def __and__(self, other: ToolRights) -> ToolRights:
        return ToolRights(self.rules | other.rules)


NO_TOOLS = ToolRights(frozenset({ToolRule(allow=frozenset())}))
"""Nothing may be used."""

EVERY_TOOL = ToolRights(frozenset())
"""Anything may be used."""

UNSEEN_TOOLS = ToolRights(frozenset({ToolRule(deny=SHOWN_AT_ONCE)}))
"""Anything that people in the chat do not see at once."""


def profile_names(profile: Profile) -> frozenset[str]:
    """The names that a profile stands for."""
    return _PROFILES[profile]


def allowed_names(words: Iterable[str]) -> frozenset[str]:
    """The names that a list of ``allow`` or ``alsoAllow`` means."""
    return frozenset(name for word in words for name in _GROUPS.get(_folded(word), {_folded(word)}))


def denied_names(words: Iterable[str]) -> frozenset[str]:
    """The names that a list of ``deny`` means."""
    folded = [_folded(word) for word in words]
    return allowed_names(folded).union(*(_FORBIDS_TOO.get(word, frozenset()) for word in folded))


def is_known(word: str, servers: Iterable[str]) -> bool:
    """Whether a word of a tool list means anything: of ours, of the original, or of one of these MCP servers."""
    name = _folded(word)
    if name in _GROUPS or name in _FORBIDS_TOO or name in _ELSEWHERE:
        return True
    if any(_matches(own, {name}) for own in OWN_TOOLS):
        return True
    return any(_could_match(server_prefix(server), name) for server in servers)


def server_prefix(server: str) -> str:
    """The beginning of the names of an MCP server's tools."""
    return f"{tool_word(server)[:_SERVER_PART]}{OF_SERVER}"


def remote_name(server: str, tool: str) -> str:
    """The name of an MCP server's tool, in the form that every model API takes."""
    return f"{server_prefix(server)}{tool_word(tool)}"[:_LONGEST]


def tool_word(text: str) -> str:
    """``text`` with everything that is not an ASCII letter, a digit, ``_`` or ``-`` replaced."""
    clean = "".join(char if char.isascii() and (char.isalnum() or char in "_-") else "-" for char in text)
    return clean or "-"


# Model APIs take names of 64 characters; a server must leave room for its tools.
_LONGEST = 64
_SERVER_PART = 30


def _folded(word: str) -> str:
    return word.strip().lower()


def _matches(name: str, patterns: Iterable[str]) -> bool:
    folded = name.lower()
    # Only the star is special here.
    return any(fnmatchcase(folded, p.replace("[", "[[]").replace("?", "[?]")) for p in patterns)


def _could_match(beginning: str, pattern: str) -> bool:
    fixed, star, _ = pattern.partition("*")
    folded = beginning.lower()
    return fixed.startswith(folded) or bool(star and folded.startswith(fixed))
