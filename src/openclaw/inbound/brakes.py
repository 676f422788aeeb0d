"""Brakes: from when on a message is late, what becomes of late ones, and how many turns a chat may have in a minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class Brakes:
    """What keeps a backlog or a loop from running away, as ``messages.late`` and ``messages.loop`` say."""

    late_after: timedelta = timedelta(minutes=10)
    late_policy: Literal["answer", "digest", "hold"] = "digest"
    turns_a_minute: int = 30
