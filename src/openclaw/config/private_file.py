"""Small files that only their owner may read, and that appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_private(path: Path, content: str | bytes) -> None:
    """Put ``content`` at ``path`` with mode 0600, in the place of whatever stood there, and on the disk.

    A text is written in UTF-8. The directory is made 0700 when it is not there. Raises OSError; what stood there stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        with open(descriptor, "wb") as file:
            # A left-over of that name may have had other rights.
            os.fchmod(descriptor, 0o600)
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(descriptor)
        os.replace(staged, path)
    finally:
        staged.unlink(missing_ok=True)
