"""What the service is: which program, with which arguments and variables, where, and where its last words go. Pure."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace

from openclaw.config.locations import Locations
from openclaw.config.secrets import is_secret_key
from openclaw.errors import BadRequest

MARK = "Written by: openclaw gateway install"
"""Stands in every file of ours, so that no other's is written over."""

ERRORS_FILE = "gateway.stderr.log"
"""In the log directory: what the gateway says before its log is open, and how it crashed. Usually empty."""

_PREFIX, _PATH = "OPENCLAW_", "PATH"
# A mark that the gateway puts on its own children.
_NOT_OURS = frozenset({"OPENCLAW_CHILD_OF", "OPENCLAW_DEMO_DIR"})
_PORT = "--port"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One service. ``program`` is absolute; ``environment`` is all that is set for it; ``errors`` takes stderr."""

    program: tuple[str, ...]
    environment: Mapping[str, str]
    directory: str
    errors: str

    @property
    def port(self) -> int | None:
        """The port it is told to listen on; ``None`` leaves it to the configuration."""
        if _PORT not in self.program:
            return None
        given = self.program[self.program.index(_PORT) + 1 :][:1]
        return int(given[0]) if given and given[0].isdigit() else None


def plan_here(locations: Locations, environ: Mapping[str, str], port: int | None = None) -> Plan:
    """The service that starts this very installation, as this command was started.

    Of the variables only PATH and those named OPENCLAW_… are taken, and of these none that holds a secret: secrets
    are read from ``.env`` by the gateway itself. Raises BadRequest for a value that no unit file can hold.
    """
    # -P: a file of the working directory must not stand in for a module of ours.
    program = (sys.executable, "-P", "-m", "openclaw", "gateway", "--quiet")
    return Plan(
        program=(*program, _PORT, str(port)) if port else program,
        environment=_variables(environ),
        directory=str(locations.state_dir),
        errors=str(locations.logs / ERRORS_FILE),
    )


def withheld(environ: Mapping[str, str]) -> list[str]:
    """The variables of this program that are set and hold secrets, so that the service does not get them."""
    return sorted(name for name in environ if _is_ours(name, environ) and is_secret_key(name))


def serves(found: Plan, locations: Locations) -> bool:
    """Whether the service that is installed is of this state directory; a user has only one service."""
    return found.directory == str(locations.state_dir)


def is_current(found: Plan, wanted: Plan) -> bool:
    """Whether the service that is installed is what would be installed now, whatever its port and PATH are."""
    return replace(found, environment=_without_path(found)) == replace(
        wanted, environment=_without_path(wanted), program=_with_port_of(found, wanted)
    )


def _with_port_of(found: Plan, wanted: Plan) -> tuple[str, ...]:
    if wanted.port is not None or found.port is None:
        return wanted.program
    return (*wanted.program, _PORT, str(found.port))


def _without_path(plan: Plan) -> dict[str, str]:
    return {name: text for name, text in plan.environment.items() if name != _PATH}


def _variables(environ: Mapping[str, str]) -> dict[str, str]:
    taken = {
        name: environ[name]
        for name in sorted(environ)
        if name == _PATH or (_is_ours(name, environ) and not is_secret_key(name))
    }
    for name, text in taken.items():
        if not text.isprintable():
            raise BadRequest(f"{name} holds a sign that no unit file can hold; unset it, or set it without")
    return taken


def _is_ours(name: str, environ: Mapping[str, str]) -> bool:
    return name.startswith(_PREFIX) and name not in _NOT_OURS and bool(environ[name])
