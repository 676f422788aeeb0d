"""The desk: what chat commands may reach of the configuration and the state directory, for the running gateway.

It reads and writes on behalf of people on a phone; whether they may is decided before.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import structlog

from openclaw.config.change import Change, change_file
from openclaw.config.include import read_with_includes
from openclaw.config.load import load_config
from openclaw.config.locations import Locations
from openclaw.config.overlay import Overlay
from openclaw.config.paths import KeyPath, render_path, value_at
from openclaw.config.private_file import write_private
from openclaw.config.restarts import restart_keys
from openclaw.config.secrets import is_secret_path, mask_secrets
from openclaw.config.sections.root import Config
from openclaw.errors import ConfigInvalid, ConfigIssue, ConfigUnreadable, ExportFailed

log = structlog.get_logger("openclaw.desk")


class FileDesk:
    """The configuration at ``locations``. ``overlay`` is shared with whoever loads it, ``reload`` has that done."""

    def __init__(
        self,
        locations: Locations,
        environ: Mapping[str, str],
        overlay: dict[KeyPath, object],
        reload: Callable[[], Awaitable[object]],
    ) -> None:
        self._locations = locations
        self._environ = environ
        self._overlay = overlay
        self._reload = reload

    def read(self, path: KeyPath) -> object:
        """What the file has at ``path``, secrets masked.

        Raises:
            NotFound: nothing stands there.
            ConfigUnreadable: the file cannot be read.
        """
        exists = os.path.lexists(self._locations.config_path)
        raw: object = read_with_includes(self._locations.config_path) if exists else dict[str, Any]()
        if not isinstance(raw, dict):
            raise ConfigUnreadable(f"{self._locations.config_path} is no object; write it in braces")
        return value_at(cast("dict[str, Any]", mask_secrets(raw)), path)

    async def change(self, edits: Sequence[Change], by: str) -> bool:
        """Write ``edits``; the watch on the file brings them into force.

        Raises:
            ConfigError: they were not written.
        """
        done = await asyncio.to_thread(change_file, self._locations, self._environ, edits, by=by)
        return done.changed

    def overlay(self) -> Mapping[str, object]:
        """What is laid over the file, secrets masked."""
        return {render_path(path): _masked(path, value) for path, value in self._overlay.items()}

    async def lay_over(self, edits: Sequence[Change]) -> None:
        """Let ``edits`` hold until the next restart.

        Raises:
            ConfigInvalid: the result would break rules, or count from the next start on alone; nothing changed.
            ConfigUnreadable: the file cannot be read now.
        """
        wanted = dict(self._overlay)
        for edit in edits:
            wanted.pop(edit.path, None)
            if not edit.remove:
                wanted[edit.path] = edit.value
        before, after = [
            await asyncio.to_thread(load_config, self._locations, self._environ, overlay)
            for overlay in (self._overlay, wanted)
        ]
        if late := _counts_too_late(before.config, after.config):
            raise ConfigInvalid(str(self._locations.config_path), [late])
        await self._take(wanted)

    async def uncover(self) -> None:
        """Let the file alone hold."""
        await self._take({})

    async def _take(self, wanted: Overlay) -> None:
        self._overlay.clear()
        self._overlay.update(wanted)
        log.warning("config.overlay", paths=[render_path(path) for path in wanted])
        await self._reload()


class FileExports:
    """Files of transcripts in one directory that nobody but the operator can read."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def write(self, name: str, text: str) -> None:
        """Keep ``text`` as the file ``name``; the log tells where it is.

        Raises:
            ExportFailed: the disk refused.
        """
        path = self._directory / Path(name).name
        await asyncio.to_thread(self._put, path, text)
        log.info("session.exported", path=str(path))

    def _put(self, path: Path, text: str) -> None:
        try:
            write_private(path, text)
        except OSError as error:
            raise ExportFailed(f"{path} cannot be written ({error.strerror}); see who owns it") from error


def _counts_too_late(before: Config, after: Config) -> ConfigIssue | None:
    """Why what differs would be gone before it counted: a new start takes away what is laid over the file."""
    gone = "what is laid over the file is gone then"
    if before.gateway.reload.mode == "restart":
        return ConfigIssue(
            "gateway.reload.mode", f'is "restart", so every change begins the gateway anew; {gone}'
        )
    found = next(restart_keys(before, after), None)
    return ConfigIssue(found, f"counts from a new start on; {gone}", fix="use /config") if found else None


def _masked(path: KeyPath, value: object) -> object:
    return cast("object", mask_secrets(value, secret=is_secret_path(path)))
