"""Where the running gateway listens: a file in its state directory, written while it listens and removed at its end.

Imports only the standard library, so that quick commands find the gateway quickly.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from openclaw.config.private_file import write_private

HOST = "127.0.0.1"
FILE_NAME = "gateway.json"


@dataclass(frozen=True, slots=True)
class ControlAddress:
    """A gateway that listens on ``HOST``: its process, its port, since when (ISO 8601), and its release."""

    pid: int
    port: int
    started_at: str
    version: str


def publish(address: ControlAddress, state_dir: Path) -> None:
    """Tell the other programs of this user where the gateway listens; the file appears whole or not at all."""
    document = {
        "pid": address.pid,
        "port": address.port,
        "startedAt": address.started_at,
        "version": address.version,
    }
    write_private(state_dir / FILE_NAME, json.dumps(document) + "\n")


def withdraw(address: ControlAddress, state_dir: Path) -> None:
    """Take back what ``publish`` wrote; the file of another gateway stays."""
    if _read(state_dir) == address:
        with contextlib.suppress(FileNotFoundError):
            (state_dir / FILE_NAME).unlink()


def running_gateway(state_dir: Path) -> ControlAddress | None:
    """The gateway that runs on ``state_dir``; ``None`` when there is none, or only the file of a dead one."""
    address = _read(state_dir)
    return address if address and _is_alive(address.pid) else None


def address_of_the_dead(state_dir: Path) -> ControlAddress | None:
    """The address that a gateway left behind which was killed; ``None`` when there is none, or it lives."""
    address = _read(state_dir)
    return None if address is None or _is_alive(address.pid) else address


def forget_dead(state_dir: Path) -> None:
    """Remove the address of a gateway that is gone; that of a living one stays."""
    if dead := address_of_the_dead(state_dir):
        withdraw(dead, state_dir)


def _read(state_dir: Path) -> ControlAddress | None:
    try:
        document: Any = json.loads((state_dir / FILE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(document, dict):
        return None
    entries = cast("dict[str, object]", document)
    pid, port = entries.get("pid"), entries.get("port")
    if not (isinstance(pid, int) and isinstance(port, int) and pid > 0 and 0 < port < 65536):
        return None
    return ControlAddress(pid, port, str(entries.get("startedAt", "")), str(entries.get("version", "")))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (OSError, OverflowError):
        # Not there; or there and not ours to signal, which a gateway of this user would be.
        return False
    return True
