"""Whether a harness's program is on this computer. Looks at the file system when it is asked, and starts nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping

from openclaw.config.harnesses import Argv, Harness


def way_of(harness: Harness, environ: Mapping[str, str]) -> Argv | None:
    """The way by which ``harness`` would be started: the first whose program is there, with the program's whole path.

    ``None`` when none is.
    """
    path = harness.environ.get("PATH") or environ.get("PATH") or os.defpath
    for way in harness.ways:
        if found := shutil.which(way[0], path=path):
            return (os.path.abspath(found), *way[1:])
    return None
