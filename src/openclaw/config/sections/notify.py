"""``notify``: who may be told of trouble on a phone."""

from __future__ import annotations

from dataclasses import dataclass

from openclaw.config.sections.imessage import NotBlank


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """The whole section: one handle, or nobody."""

    owner: NotBlank | None = None
