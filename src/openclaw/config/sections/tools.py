"""``tools``: what every agent may use at most; ``agents.list[].tools`` says the same of one."""

from __future__ import annotations

from dataclasses import dataclass

from openclaw.config.sections.imessage import ToolPolicy
from openclaw.domain.tools import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools(ToolPolicy):
    """The lists, and a profile that they start from."""

    profile: Profile | None = None
