"""The program in which files of strangers are opened: bounded in memory, time, processor and what it may write.

``python -m openclaw.media.child SOURCE FOLDER`` makes what it can of the file SOURCE in FOLDER, and prints one line
(``results``). With a number of bytes behind them, it makes of a picture one that is no larger (``leaving``). It knows
no configuration, no ledger and no network.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sys
from pathlib import Path

from openclaw.media import documents, leaving, pictures, sounds
from openclaw.media.kinds import HEAD_BYTES, PDF, TEXT, Family, kind_of
from openclaw.media.results import Prepared, Refused, to_line

MEMORY_BYTES = 1536 * 1024 * 1024
"""Of address space: the largest picture that is unpacked takes a third of it, the libraries as much again."""

PROCESSOR_S = 40
FILE_BYTES = 64 * 1024 * 1024
_FILES = 128

_BOUNDS = (
    (resource.RLIMIT_AS, MEMORY_BYTES),
    (resource.RLIMIT_CPU, PROCESSOR_S),
    (resource.RLIMIT_FSIZE, FILE_BYTES),
    (resource.RLIMIT_NOFILE, _FILES),
    # A dump would hold the picture.
    (resource.RLIMIT_CORE, 0),
)


def bind() -> None:
    """Put this process within its bounds, and what it writes out of everybody else's reach."""
    os.umask(0o077)
    for which, most in _BOUNDS:
        # macOS refuses to bound the address space; the other bounds and the gateway's clock still hold there.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(which, (most, most))


def make(source: Path, into: Path, most_bytes: int | None = None) -> Prepared | Refused:
    """What can be made of the file ``source`` in the folder ``into``; with ``most_bytes``, of a picture that leaves."""
    with source.open("rb") as opened:
        kind = kind_of(opened.read(HEAD_BYTES))
    # Listed boundary: nobody knows what a decoder raises on a broken file, and each means the same.
    try:
        if most_bytes is not None:
            return leaving.fit(source, kind.mime, into, most_bytes)
        if kind.family is Family.IMAGE:
            return pictures.prepare(source, kind.mime, into)
        if kind.family is Family.AUDIO:
            return sounds.prepare(source, kind.mime, into)
        if kind is PDF:
            return documents.prepare_pdf(source, kind.mime, into)
        if kind is TEXT:
            return documents.prepare_text(source, into)
    except MemoryError:
        return Refused("it takes more memory than a file may")
    except Exception as error:
        return Refused(f"it cannot be read as {kind.mime}; it may be broken ({type(error).__name__})")
    return Prepared(kind.mime, kind.family)


def main() -> int:
    """Do what the command line says; the exit code."""
    bind()
    _, source, into, *most_bytes = sys.argv
    sys.stdout.write(f"{to_line(make(Path(source), Path(into), *map(int, most_bytes)))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
