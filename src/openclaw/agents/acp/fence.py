"""The fence: which paths lie inside the folder of a session, after every link is followed.

It bounds what an agent asks of us. The agent itself runs with the rights of the gateway's user: this is no sandbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Fence:
    """The folder ``root`` and everything below it."""

    root: Path

    def inside(self, path: str) -> Path | None:
        """Where ``path`` really is, ``None`` when that is not inside; a relative one counts from the folder."""
        if not path or "\x00" in path:
            return None
        try:
            root, found = self.root.resolve(), (self.root / path).resolve()
        except (OSError, RuntimeError, ValueError):
            return None
        return found if found == root or root in found.parents else None
