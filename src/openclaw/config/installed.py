"""Whether a harness's program is on this computer. Looks at the file system when it is asked, and starts nothing."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from openclaw.config.harnesses import Argv, Harness


def way_of(harness: Harness, environ: Mapping[str, str]) -> Argv | None:
    """The way by which ``harness`` would be started: the first whose program is there; ``None`` when none is."""
    path = harness.environ.get("PATH", environ.get("PATH", ""))
    return next((way for way in harness.ways if shutil.which(way[0], path=path)), None)
