"""What an installed imsg is able to do, as far as it says: its release, and its own status report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from openclaw.domain.bridge import NO_BRIDGE, Bridge
from openclaw.imessage.command import ImsgCommand
from openclaw.imessage.release import reading_release
from openclaw.imessage.versions import (
    FIRST_WITH_METHODS,
    FIRST_WITH_PAGES,
    FIRST_WITH_RPC,
    Version,
    render_version,
)
from openclaw.jsonrpc.brief import run_briefly

_FIRST_WITH_STATUS: Version = (0, 6, 0)


class Ability(StrEnum):
    """Whether imsg can do a thing. ``NEEDS_HELPER`` means that Messages.app would have to be injected with one."""

    YES = "yes"
    NO = "no"
    NEEDS_HELPER = "needs the helper"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """``version`` is "" when it cannot be read; ``methods`` are those that imsg lists itself, empty before 0.7.3."""

    version: str
    abilities: Mapping[str, Ability]
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Feature:
    """Since which release there is a thing; ``method`` is the request that only works with the helper."""

    name: str
    since: Version
    method: str = ""


_FEATURES = (
    _Feature("read chats and history", FIRST_WITH_RPC),
    _Feature("watch for messages", FIRST_WITH_RPC),
    _Feature("read in pages by row", FIRST_WITH_PAGES),
    _Feature("send text", FIRST_WITH_RPC),
    _Feature("send files", (0, 4, 0)),
    _Feature("read attachments", FIRST_WITH_RPC),
    _Feature("read tapbacks", (0, 5, 0)),
    _Feature("typing indicator", (0, 7, 3), "typing"),
    _Feature("read receipts", (0, 7, 3), "read"),
    _Feature("send tapbacks", (0, 9, 0), "tapback"),
    _Feature("threaded replies", (0, 9, 0), "send.rich"),
    _Feature("edit and unsend", (0, 9, 0), "message.edit"),
)


async def read_capabilities(command: ImsgCommand, limit: float) -> Capabilities:
    """What ``command`` says of itself, after at most twice ``limit`` seconds. Never raises; opens no database."""
    async with reading_release(command) as release:
        version = await release.version()
    report: Mapping[str, Any] = {}
    if version is not None and version >= _FIRST_WITH_STATUS:
        outcome = await run_briefly(command.with_arguments("status", "--json"), limit)
        report = parse_report(outcome.output)
    return capabilities(version, report)


async def read_bridge(command: ImsgCommand, version: Version | None, limit: float) -> Bridge:
    """What the helper inside Messages can do for ``command``, after at most ``limit`` seconds. Never raises.

    Nothing is run for a ``version`` that cannot name its methods, and nothing is promised for an unknown one.
    """
    if version is None or version < FIRST_WITH_METHODS:
        return NO_BRIDGE
    outcome = await run_briefly(command.with_arguments("status", "--json"), limit)
    return bridge_of(capabilities(version, parse_report(outcome.output)))


def bridge_of(found: Capabilities) -> Bridge:
    """What of ``found`` needs the helper and has it; only what imsg names itself counts."""

    def has(feature: str, method: str) -> bool:
        return found.abilities[feature] is Ability.YES and method in found.methods

    return Bridge(
        typing=has("typing indicator", "typing"),
        read=has("read receipts", "read"),
        react=has("send tapbacks", "tapback"),
        reply=has("threaded replies", "send.rich"),
        edit=has("edit and unsend", "message.edit"),
        unsend=has("edit and unsend", "message.unsend"),
    )


def parse_report(output: str) -> Mapping[str, Any]:
    """The object that ``imsg status --json`` printed; empty when it printed none."""
    try:
        report: Any = json.loads(output)
    except ValueError:
        return {}
    return cast("dict[str, Any]", report) if isinstance(report, dict) else {}


def capabilities(version: Version | None, report: Mapping[str, Any]) -> Capabilities:
    """What a release can do whose status says ``report``."""
    listed: Any = report.get("rpc_methods")
    methods = tuple(str(name) for name in cast("list[object]", listed)) if isinstance(listed, list) else ()
    helped = report.get("advanced_features") is True or report.get("v2_ready") is True
    found = {one.name: _ability(one, version, methods, helped=helped) for one in _FEATURES}
    return Capabilities(render_version(version), found, methods)


def _ability(
    feature: _Feature, version: Version | None, methods: tuple[str, ...], *, helped: bool
) -> Ability:
    if version is None:
        return Ability.UNKNOWN
    if version < feature.since or (feature.method and methods and feature.method not in methods):
        return Ability.NO
    return Ability.NEEDS_HELPER if feature.method and not helped else Ability.YES
