"""launchd's manager of one logged-in user's agents, by way of ``launchctl``."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from pathlib import Path

from openclaw.config.private_file import write_private
from openclaw.daemon.launchd_plist import LABEL, read_plist, render_plist
from openclaw.daemon.manager import Outcome, Standing, make_directories, read_file, run_tool
from openclaw.daemon.plan import Plan
from openclaw.errors import ServiceUnusable

# What launchctl exits with when no such service is loaded (print and bootout each in their own way), and when nobody
# is logged in.
_NOT_LOADED, _NO_DOMAIN = (3, 113), 125
# bootout answers so while the service still ends; it has been told.
_IN_PROGRESS = 36
# The service has as long to end as its file says, and launchd a moment more.
_END_LIMIT_S, _LOOK_S = 70.0, 0.2
_PID = re.compile(r"^\s*pid = (\d+)$", re.MULTILINE)
_STATE = re.compile(r"^\s*state = (.+)$", re.MULTILINE)
_LAST_EXIT = re.compile(r"^\s*last exit code = ([1-9].*)$", re.MULTILINE)
# macOS 13 and newer write "disabled", older ones "true".
_DISABLED = re.compile(rf'"{re.escape(LABEL)}" => (?:disabled|true)')


class Launchd:
    """The gateway as an agent of this user. It runs while the user is logged in at the Mac, as Messages does."""

    name = "launchd"

    def __init__(self, home: Path, environ: Mapping[str, str], end_limit_s: float = _END_LIMIT_S) -> None:
        self.path = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
        self._domain = f"gui/{os.getuid()}"
        self._target = f"{self._domain}/{LABEL}"
        self._environ = environ
        self._end_limit_s = end_limit_s

    def write(self, plan: Plan) -> None:
        """Put the agent's file in place; launchd reads it when it is loaded, so one that is loaded is let go of."""
        make_directories(plan)
        write_private(self.path, render_plist(plan))
        self._let_go()

    def enable(self) -> None:
        """Have it started at login."""
        self._do("enable", self._target)

    def remove(self) -> None:
        """Stop it, and take its file away."""
        self._let_go()
        self.path.unlink(missing_ok=True)

    def start(self) -> None:
        """Load it, which starts it, and have it loaded at login."""
        self.enable()
        if self._is_loaded():
            self._do("kickstart", self._target)
        else:
            self._do("bootstrap", self._domain, str(self.path))

    def stop(self) -> None:
        """Stop it, and keep it from being loaded at the next login: it would be started again at once otherwise."""
        self._do("disable", self._target)
        self._let_go()

    def restart(self) -> None:
        """Stop and start it."""
        if self._is_loaded():
            self._do("kickstart", "-k", self._target)
        else:
            self.start()

    def standing(self) -> Standing:
        """What the file and ``launchctl print`` say."""
        data = read_file(self.path)
        plan = None if data is None else read_plist(data)
        try:
            told = self._ask("print", self._target)
            enabled = not _DISABLED.search(self._ask("print-disabled", self._domain).output)
        except ServiceUnusable as error:
            return Standing(installed=data is not None, plan=plan, problem=str(error))
        pid, state, last = (
            _PID.search(told.output),
            _STATE.search(told.output),
            _LAST_EXIT.search(told.output),
        )
        detail = state[1] if told.code == 0 and state else "not loaded"
        return Standing(
            installed=data is not None,
            plan=plan,
            enabled=data is not None and enabled,
            pid=int(pid[1]) if told.code == 0 and pid else None,
            detail=f"{detail}, ended last with {last[1]}" if last else detail,
        )

    def _is_loaded(self) -> bool:
        return self._ask("print", self._target).code == 0

    def _let_go(self) -> None:
        """Unload it and wait for its end: loading it again fails before."""
        outcome = self._ask("bootout", self._target)
        if outcome.code in (*_NOT_LOADED, _NO_DOMAIN):
            return
        if outcome.code not in (0, _IN_PROGRESS):
            raise _error(outcome)
        deadline = time.monotonic() + self._end_limit_s
        while self._is_loaded():
            if time.monotonic() > deadline:
                raise ServiceUnusable(f"the gateway did not end within {self._end_limit_s:g} s; see its log")
            time.sleep(_LOOK_S)

    def _ask(self, *words: str) -> Outcome:
        return run_tool(["launchctl", *words], self._environ)

    def _do(self, *words: str) -> None:
        outcome = self._ask(*words)
        if outcome.code != 0:
            raise _error(outcome)


def _error(outcome: Outcome) -> ServiceUnusable:
    if outcome.code == _NO_DOMAIN:
        return ServiceUnusable(
            "nobody of this name is logged in at the Mac's screen, where Messages and the gateway have to run; "
            "log in there (automatic login keeps it so after a restart)"
        )
    return ServiceUnusable(f"launchd says: {outcome.said or f'error {outcome.code}'}")
