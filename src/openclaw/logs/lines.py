"""One line of the log as a value, and which lines somebody wants to see. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

LEVELS = ("trace", "debug", "info", "warn", "error", "fatal")
"""The levels of ``logging.level``, the least urgent first."""

_ALIASES = {"warning": "warn", "critical": "fatal", "exception": "error", "notset": "trace"}
_OWN_KEYS = ("timestamp", "level", "logger", "event")
# What happens at the phone's edge, and on the way of its messages.
_OF_THE_CHANNEL = ("openclaw.imessage", "openclaw.inbox", "openclaw.jsonrpc", "openclaw.outbound")
_ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class LogLine:
    """What one line says. ``time`` is ISO 8601 in UTC; a line that is no event of ours has only ``event``."""

    raw: str
    time: str
    level: str
    subsystem: str
    event: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which lines to show. ``level`` is the least urgent one, ``text`` stands anywhere, whatever its case."""

    level: str = "trace"
    text: str = ""
    channel_only: bool = False
    account: str = ""

    def takes(self, raw: str) -> bool:
        """Whether the line ``raw`` is one of them."""
        if self.text and self.text.casefold() not in raw.casefold():
            return False
        line = parse_line(raw)
        if self.account and line.fields.get(_ACCOUNT) != self.account:
            return False
        return rank(line.level) >= rank(self.level) and (not self.channel_only or _is_of_channel(line))


def parse_line(raw: str) -> LogLine:
    """What ``raw`` says; anything is a line."""
    try:
        event: Any = json.loads(raw)
    except ValueError:
        event = None
    if not isinstance(event, dict):
        return LogLine(raw, "", "info", "", raw, {})
    known = cast("dict[str, Any]", event)
    level = str(known.get("level", "info"))
    fields = {name: value for name, value in known.items() if name not in _OWN_KEYS}
    return LogLine(
        raw=raw,
        time=str(known.get("timestamp", "")),
        level=_ALIASES.get(level, level),
        subsystem=str(known.get("logger", "")),
        event=str(known.get("event", "")),
        fields=fields,
    )


def render_line(line: LogLine, *, local_time: bool) -> str:
    """``line`` for a person: time, level, subsystem, event, and its fields as name=value."""
    fields = " ".join(f"{name}={_value(value)}" for name, value in line.fields.items())
    parts = (_time(line.time, local_time), line.level, line.subsystem, line.event, fields)
    return " ".join(part for part in parts if part.strip()) if line.time else line.raw


def rank(level: str) -> int:
    """How urgent a level is; an unknown one is shown rather than hidden."""
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)


def _is_of_channel(line: LogLine) -> bool:
    return _ACCOUNT in line.fields or line.subsystem.startswith(_OF_THE_CHANNEL)


def _time(text: str, local: bool) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if local:
        return moment.astimezone().isoformat(timespec="milliseconds")
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _value(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return json.dumps(text, ensure_ascii=False) if " " in text or not text else text
