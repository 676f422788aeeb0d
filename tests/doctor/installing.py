"""An installation on disk for tests that look at one."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from openclaw.config.locations import locate
from openclaw.doctor.visit import Visit, begin

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def install(home: Path, document: object = None, **environ: str) -> tuple[Path, dict[str, str]]:
    """A state directory below ``home`` with ``document`` as its configuration; the environment that finds it."""
    state_dir = home / ".openclaw"
    state_dir.mkdir(mode=0o700, exist_ok=True)
    if document is not None:
        path = state_dir / "openclaw.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        path.chmod(0o600)
    return state_dir, {"HOME": str(home), **environ}


def visit_to(environ: dict[str, str], **how: Any) -> Visit:
    """A visit to the installation that ``environ`` finds."""
    return begin(locate(environ), environ, NOW, **how)


def dead_process() -> int:
    """The number of a process that is gone."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait(timeout=20)
    return child.pid
