"""``logging``: how much is written, where, and what is kept out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from openclaw.config.sections.imessage import NotBlank
from openclaw.config.shape import Positive

Level = Literal["silent", "fatal", "error", "warn", "info", "debug", "trace"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Logging:
    """The whole section; no ``file`` means one for each day in the state directory's ``logs``."""

    level: Level = "info"
    file: NotBlank | None = None
    max_file_bytes: Positive = 100 * 1024 * 1024
    console_level: Level | None = None
    console_style: Literal["pretty", "compact", "json"] = "pretty"
    redact_sensitive: Literal["off", "tools"] = "tools"
    redact_patterns: tuple[str, ...] = ()
