"""``store``: where the ledger is and how long it remembers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from openclaw.config.shape import Check, Positive

_SCHEMES = ("postgresql://", "sqlite://")


def _url_error(text: str) -> str | None:
    return None if text.startswith(_SCHEMES) else "must begin with postgresql:// or sqlite://"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The whole section; unset means SQLite in the state directory, and everything is kept."""

    url: Annotated[str, Check(_url_error, "leave it out to use SQLite")] | None = None
    retention_days: Positive | None = None
