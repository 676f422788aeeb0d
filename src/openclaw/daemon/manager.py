"""What is asked of a system's service manager, in words that launchd and systemd share."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from openclaw.daemon.plan import Plan
from openclaw.errors import ServiceUnusable

# A stop waits for the gateway to settle what it is sending; nothing else takes more than a moment.
_TOOL_LIMIT_S = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the service stands. ``plan`` is what is installed, ``None`` when nothing is, or nothing of ours.

    ``problem`` is why the manager could not be asked; then nothing is known of ``enabled`` and ``pid``.
    """

    installed: bool
    plan: Plan | None = None
    enabled: bool = False
    pid: int | None = None
    detail: str = ""
    problem: str = ""


class Manager(Protocol):
    """A service manager. Everything but ``standing`` may raise ServiceUnusable."""

    name: str
    path: Path

    def write(self, plan: Plan) -> None:
        """Put the service's file in place and make the manager read it."""
        ...

    def enable(self) -> None:
        """Have it started at login."""
        ...

    def remove(self) -> None:
        """Stop it, and take its file away."""
        ...

    def start(self) -> None:
        """Start it, and have it started at login; nothing when it runs."""
        ...

    def stop(self) -> None:
        """Stop it, and keep it stopped until it is started."""
        ...

    def restart(self) -> None:
        """Stop it if it runs, and start it."""
        ...

    def standing(self) -> Standing:
        """How it stands. Never raises for a manager that cannot be asked."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a tool of the system ended."""

    code: int
    output: str
    said: str


def run_tool(words: Sequence[str], environ: Mapping[str, str]) -> Outcome:
    """Run ``systemctl`` or ``launchctl`` to its end. Raises ServiceUnusable when it is not there or does not end."""
    try:
        ran = subprocess.run(
            words,
            env={**environ, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TOOL_LIMIT_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise ServiceUnusable(
            f"{words[0]} is not there, so this machine cannot run the gateway as a service; "
            "start it in another way, with: openclaw gateway"
        ) from None
    except subprocess.TimeoutExpired as error:
        raise ServiceUnusable(f"{' '.join(words)} did not end within {error.timeout:g} s") from error
    return Outcome(ran.returncode, ran.stdout, ran.stderr.strip() or ran.stdout.strip())


def make_directories(plan: Plan) -> None:
    """Make the folders without which the service could not be started; readable by their owner only."""
    for folder in (Path(plan.directory), Path(plan.errors).parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def read_file(path: Path) -> bytes | None:
    """What stands at ``path``; ``None`` when nothing does."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
