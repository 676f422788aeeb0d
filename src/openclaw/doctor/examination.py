"""The examination: every look and every check, all at once, each within its bound and apart from the others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

import structlog

from openclaw.doctor.findings import Finding, warning
from openclaw.doctor.names import Check

log = structlog.get_logger("openclaw.doctor")

_REPORT = "please report it, with what this prints: openclaw doctor --json"


@dataclass(frozen=True, slots=True)
class Theme:
    """One part of the examination: its name for people, and how its findings are come by."""

    name: str
    look: Callable[[], Awaitable[Iterable[Finding]]]


async def examine(parts: Iterable[Theme], limit_s: float) -> list[Finding]:
    """The findings of all ``parts``, in their order; one that fails or takes over ``limit_s`` says so in its place."""
    found = await asyncio.gather(*(_bounded(part, limit_s) for part in parts))
    return [finding for part in found for finding in part]


async def _bounded(theme: Theme, limit_s: float) -> list[Finding]:
    # Listed boundary: who asks what is wrong must be told the rest, whatever becomes of one look.
    try:
        async with asyncio.timeout(limit_s):
            return list(await theme.look())
    except TimeoutError:
        found = f"took over {limit_s:g} seconds and was given up"
        return [warning(Check.CRASHED, theme.name, found, _REPORT)]
    except Exception as error:
        log.exception("doctor.crashed", theme=theme.name)
        return [warning(Check.CRASHED, theme.name, f"failed: {type(error).__name__}: {error}", _REPORT)]
