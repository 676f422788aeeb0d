"""Reload: keeps the running configuration in step with its files, and says what of them is not in force.

A change is judged whole before anything of it counts. One that breaks rules leaves the running configuration in force
and the files alone; it is told in the log, in ``openclaw status`` and on the page, and looked at again when it changes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import structlog
import watchfiles

from openclaw.assembly import Plan, make_plan
from openclaw.config.exposure import load_to_serve
from openclaw.config.load import Loaded
from openclaw.config.overlay import Overlay
from openclaw.config.restarts import restart_keys
from openclaw.config.sources import Fingerprint, fingerprint, source_files
from openclaw.config.standing import ConfigStanding
from openclaw.errors import ConfigError, ConfigInvalid, ConfigIssue, ConfigUnreadable

log = structlog.get_logger("openclaw.reload")

# Where changes are not announced (a network file system, the moment between two watches), they are looked for.
_LOOK_MS = 1000
# How soon the watch ends when the gateway stops.
_STEP_MS = 50
# A file that is still being written is waited for, but not for ever.
_MOST_SETTLING = 20


class Reloader:
    """Takes changes of the configuration's files into force.

    ``take`` puts a plan into force in the place of the one before; ``restart`` is asked when a change needs a new
    start, and may take its time. ``changed`` is told of every new :attr:`standing`; ``overlay`` lies
    over the files, and may change between two looks.
    """

    def __init__(
        self,
        plan: Plan,
        environ: Mapping[str, str],
        take: Callable[[Plan, Plan], Awaitable[None]],
        restart: Callable[[], None],
        now: Callable[[], datetime],
        changed: Callable[[ConfigStanding], None] = lambda standing: None,
        overlay: Overlay | None = None,
    ) -> None:
        self._plan = plan
        self._environ = environ
        self._take = take
        self._restart = restart
        self._now = now
        self._changed = changed
        self._overlay = overlay
        self._looking = asyncio.Lock()
        self._seen: Fingerprint = ()
        self._standing = ConfigStanding(plan.loaded.path, now())

    @property
    def plan(self) -> Plan:
        """What is in force."""
        return self._plan

    @property
    def standing(self) -> ConfigStanding:
        """How what is in force stands to the files."""
        return self._standing

    async def run(self) -> None:
        """Watch the files, unless ``gateway.reload.mode`` is ``off``, until cancelled."""
        if self._is_off:
            return
        # What was edited since the start read it is not announced any more.
        await self._note_and_look(await self._files())
        while not self._is_off:
            await self._watch(await self._files())

    async def look(self) -> ConfigStanding:
        """Read the files now, and take what changed into force; how it went is in the standing."""
        async with self._looking:
            before = self._plan
            try:
                locations = before.loaded.config.locations
                loaded = await asyncio.to_thread(load_to_serve, locations, self._environ, self._overlay)
                plan = make_plan(loaded)
            except ConfigError as error:
                self._refuse(error)
            except Exception:
                # Whatever is in the file, and whatever mistake is ours: what runs goes on.
                log.exception("config.unjudged", path=str(self._standing.path))
                self._refuse(
                    ConfigUnreadable("the edit could not be judged; the log has the cause. Take it back")
                )
            else:
                await self._go_on(plan)
            return self._standing

    async def _watch(self, files: Collection[Path]) -> None:
        """Wait for a change of ``files`` and look at it; returns when other files are to be watched."""
        places = {path.parent for path in files if path.parent.is_dir()}
        names = {str(path) for path in files}
        # The library names types of another one that is not installed.
        async for _ in watchfiles.awatch(  # pyright: ignore[reportUnknownMemberType]
            *places,
            watch_filter=lambda _change, path: path in names,
            step=_STEP_MS,
            rust_timeout=_LOOK_MS,
            yield_on_timeout=True,
            recursive=False,
        ):
            if fingerprint(files) != self._seen:
                await self._settle(files)
                await self._note_and_look(files)
                return

    @property
    def _is_off(self) -> bool:
        return self._plan.loaded.config.gateway.reload.mode == "off"

    async def _files(self) -> tuple[Path, ...]:
        return await asyncio.to_thread(source_files, self._plan.loaded.config.locations)

    async def _note_and_look(self, files: Collection[Path]) -> None:
        # In this order: what changes during the look is a change again.
        self._seen = fingerprint(files)
        await self.look()

    async def _settle(self, files: Collection[Path]) -> None:
        """Wait until nobody writes the files any more."""
        quiet_s = self._plan.loaded.config.gateway.reload.debounce_ms / 1000
        seen = fingerprint(files)
        for _ in range(_MOST_SETTLING):
            await asyncio.sleep(quiet_s)
            before, seen = seen, fingerprint(files)
            if seen == before:
                return

    def _refuse(self, error: ConfigError) -> None:
        issues = error.issues if isinstance(error, ConfigInvalid) else (ConfigIssue("", str(error)),)
        if issues == self._standing.issues:
            return
        log.error("config.refused", path=str(self._standing.path), cause=str(error))
        self._stand(replace(self._standing, refused_at=self._now(), issues=issues))

    async def _go_on(self, plan: Plan) -> None:
        before = self._plan.loaded
        if _same(before, plan.loaded):
            if self._standing.refused_at is not None:
                log.info("config.mended", path=str(self._standing.path))
                self._stand(replace(self._standing, refused_at=None, issues=()))
            return
        mode = before.config.gateway.reload.mode
        waiting = tuple(restart_keys(before.config, plan.loaded.config))
        if mode == "restart" or (waiting and mode == "hybrid"):
            log.info("config.restarting", keys=list(waiting))
            self._restart()
            return
        await self._take(self._plan, plan)
        self._plan = plan
        kept = tuple(dict.fromkeys((*self._standing.awaits_restart, *waiting)))
        log.info("config.reloaded", path=str(plan.loaded.path), awaits_restart=list(kept))
        self._stand(ConfigStanding(plan.loaded.path, self._now(), awaits_restart=kept))

    def _stand(self, standing: ConfigStanding) -> None:
        self._standing = standing
        self._changed(standing)


def _same(before: Loaded, after: Loaded) -> bool:
    return (before.config, before.environment) == (after.config, after.environment)
