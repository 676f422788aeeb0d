"""Trials: whether the programs of outside agents are here, start, and speak the protocol."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from openclaw.agents.acp.ports import Opening
from openclaw.agents.acp.program import missing, program
from openclaw.agents.loader import load_acp_trial
from openclaw.config.acp import AcpSettings
from openclaw.config.harnesses import Argv, Harness
from openclaw.config.installed import way_of
from openclaw.domain.acp import AcpOptions, AgentAbilities, outside_agent
from openclaw.domain.ids import SessionKey
from openclaw.errors import OpenClawError

AT_ONCE = 4
"""Programs that are tried at a time: most of them are Node, and start with all of a processor."""

_FETCHES = "npx"


class Standing(StrEnum):
    """How it stands with a program."""

    STARTS = "starts"
    FETCHED = "fetched when needed"
    MISSING = "not installed"
    BROKEN = "does not start"


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one: its command line, ``None`` where there is none here; what it said, or why it does not start.

    ``is_allowed`` is false where ``acp.allowedAgents`` leaves it out.
    """

    name: str
    argv: Argv | None
    standing: Standing
    says: str = ""
    is_allowed: bool = True


async def try_out(
    settings: AcpSettings, environ: Mapping[str, str], names: Sequence[str], *, fetch: bool, seconds: float
) -> list[Trial]:
    """Start each of the harnesses ``names``, greet it and end it; none is waited for longer than ``seconds`` a step.

    One that npx would have to fetch is started only with ``fetch``.
    """
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(name: str) -> Trial:
        harness = settings.harnesses.get(name) or Harness(name, ())
        async with slots:
            return await _tried(settings, harness, environ, fetch=fetch, seconds=seconds)

    return list(await asyncio.gather(*(one(name) for name in names)))


async def _tried(
    settings: AcpSettings, harness: Harness, environ: Mapping[str, str], *, fetch: bool, seconds: float
) -> Trial:
    argv, is_allowed = way_of(harness, environ), settings.may_run(harness.name)
    if argv is None:
        says = settings.install_command or harness.install or missing(harness)
        return Trial(harness.name, None, Standing.MISSING, says, is_allowed)
    if Path(argv[0]).name == _FETCHES and not fetch:
        return Trial(harness.name, argv, Standing.FETCHED, harness.install, is_allowed)
    try:
        with tempfile.TemporaryDirectory() as folder:
            said = await (await load_acp_trial())(_opening(settings, harness, environ, folder, seconds))
    except OpenClawError as error:
        return Trial(harness.name, argv, Standing.BROKEN, str(error), is_allowed)
    return Trial(harness.name, argv, Standing.STARTS, _named(said), is_allowed)


def _opening(
    settings: AcpSettings, harness: Harness, environ: Mapping[str, str], folder: str, seconds: float
) -> Opening:
    cwd = Path(folder)
    return Opening(
        key=SessionKey(f"trial:{harness.name}"),
        agent=outside_agent(harness.name),
        harness=harness.name,
        program=program(harness, cwd, environ),
        cwd=cwd,
        outside_id="",
        options=AcpOptions(),
        seconds=seconds,
    )


def _named(said: AgentAbilities) -> str:
    return f"{said.name} {said.version}".strip()
