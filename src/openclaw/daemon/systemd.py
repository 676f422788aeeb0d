"""systemd's manager of one user's services, by way of ``systemctl --user``."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from openclaw.config.private_file import write_private
from openclaw.daemon.manager import Outcome, Standing, make_directories, read_file, run_tool
from openclaw.daemon.plan import Plan
from openclaw.daemon.systemd_unit import UNIT, read_unit, render_unit, settings_of
from openclaw.errors import ServiceUnusable

_ASKED = "ActiveState,SubState,MainPID,UnitFileState,Result,NRestarts"
_VERSION = re.compile(r"systemd (\d+)")
_NOT_IN_PROGRAMS = frozenset("\"'\\$")
_NO_MANAGER = ("Failed to connect to bus", "Failed to connect to user scope bus")


class Systemd:
    """The gateway as a unit of this user."""

    name = "systemd"

    def __init__(self, home: Path, environ: Mapping[str, str]) -> None:
        base = environ.get("XDG_CONFIG_HOME", "")
        self.path = (Path(base) if os.path.isabs(base) else home / ".config") / "systemd" / "user" / UNIT
        self._environ = environ

    def write(self, plan: Plan) -> None:
        """Put the unit in place."""
        if odd := sorted(_NOT_IN_PROGRAMS & set(plan.program[0])):
            raise ServiceUnusable(
                f"systemd starts no program whose path holds {' '.join(odd)}: {plan.program[0]}; "
                "move this installation to another folder"
            )
        make_directories(plan)
        write_private(self.path, render_unit(plan, self._version()).encode())
        self._do("daemon-reload")

    def enable(self) -> None:
        """Have it started when the user's manager starts."""
        self._do("enable", UNIT)

    def remove(self) -> None:
        """Stop it, and take the unit away; a manager that cannot be reached runs nothing."""
        stopped = self._ask("disable", "--now", UNIT)
        self.path.unlink(missing_ok=True)
        if stopped.code == 0 or not _is_unreachable(stopped):
            self._do("daemon-reload")

    def start(self) -> None:
        """Start it, and have it started with the user's manager."""
        self._do("enable", "--now", UNIT)

    def stop(self) -> None:
        """Stop it; it starts again with the user's manager."""
        self._do("stop", UNIT)

    def restart(self) -> None:
        """Stop and start it."""
        self._do("restart", UNIT)

    def standing(self) -> Standing:
        """What the file and ``systemctl show`` say."""
        data = read_file(self.path)
        plan = None if data is None else read_unit(data.decode("utf-8", "replace"))
        try:
            asked = self._ask("show", UNIT, f"--property={_ASKED}")
        except ServiceUnusable as error:
            return Standing(installed=data is not None, plan=plan, problem=str(error))
        if asked.code != 0:
            return Standing(installed=data is not None, plan=plan, problem=str(self._error(asked)))
        told = settings_of(asked.output)
        return Standing(
            installed=data is not None,
            plan=plan,
            enabled=told.get("UnitFileState") == "enabled",
            pid=int(told.get("MainPID") or 0) or None,
            detail=_detail(told),
        )

    def _version(self) -> int:
        found = _VERSION.search(self._ask("--version").output)
        return int(found[1]) if found else 0

    def _ask(self, *words: str) -> Outcome:
        return run_tool(["systemctl", "--user", *words], self._environ)

    def _do(self, *words: str) -> None:
        outcome = self._ask(*words)
        if outcome.code != 0:
            raise self._error(outcome)

    def _error(self, outcome: Outcome) -> ServiceUnusable:
        if not _is_unreachable(outcome):
            return ServiceUnusable(f"systemd says: {outcome.said}")
        return ServiceUnusable(
            f"this user's systemd cannot be reached ({outcome.said.splitlines()[0]}); log in as this user itself, "
            "not through su or sudo, or let it run without a login: loginctl enable-linger"
        )


def _is_unreachable(outcome: Outcome) -> bool:
    return any(words in outcome.said for words in _NO_MANAGER)


def _detail(told: Mapping[str, str]) -> str:
    state = f"{told.get('ActiveState', 'unknown')} ({told.get('SubState', 'unknown')})"
    if told.get("Result", "success") != "success":
        state += f", ended last with {told['Result']}"
    restarts = told.get("NRestarts", "0")
    return state if restarts in ("", "0") else f"{state}, started again {restarts} times"
