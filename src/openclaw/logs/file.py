"""A log file per day, readable by its owner only, set aside when it grows too large."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path

from openclaw.config.locations import user_path

# With the usual size limit of 100 MB this bounds the disk that one talkative day can take.
_SET_ASIDE = 5


class DatedFile(logging.Handler):
    """Appends each record as a line to ``openclaw-YYYY-MM-DD.log`` in ``directory``, or to ``fixed``.

    A file that would exceed ``max_bytes`` is renamed (``….1.log`` is the newest) and a new one begun. Closed by
    :meth:`close`. A full disk loses log lines and nothing else. Making one raises ``OSError`` when its file cannot be
    opened.
    """

    def __init__(self, directory: Path, fixed: str | None, max_bytes: int) -> None:
        super().__init__()
        self._directory = directory
        self._fixed = user_path(fixed) if fixed else None
        self._max_bytes = max_bytes
        self._open_path: Path | None = None
        self._stream: TextIOWrapper | None = None
        self._size = 0
        self._loses = False
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._open(self.path)

    @property
    def path(self) -> Path:
        """The file that a line written now goes to."""
        if self._fixed is not None:
            return self._fixed
        return self._directory / f"openclaw-{datetime.now(UTC):%Y-%m-%d}.log"

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; that nothing can be written is told on standard error, once until it can be again."""
        try:
            line = self.format(record) + "\n"
            stream = self._stream_for(len(line.encode("utf-8", "replace")))
            stream.write(line)
            stream.flush()
        except OSError as error:
            self._lose(error)
        except ValueError:
            self.handleError(record)
        else:
            self._loses = False

    def close(self) -> None:
        """Close the file; a later record opens it again."""
        self.acquire()
        try:
            self._close_stream()
        finally:
            self.release()
        super().close()

    def _lose(self, error: OSError) -> None:
        # What is left in the stream would be refused again at every line, and at the end.
        stream, self._stream = self._stream, None
        if stream is not None:
            with suppress(OSError):
                stream.close()
        if not self._loses:
            self._loses = True
            sys.stderr.write(f"{self.path} cannot be written ({error.strerror}): lines are lost meanwhile\n")

    def _stream_for(self, size: int) -> TextIOWrapper:
        path = self.path
        if self._stream is None or path != self._open_path:
            self._open(path)
        if self._size and self._size + size > self._max_bytes:
            self._set_aside(path)
            self._open(path)
        self._size += size
        if self._stream is None:
            raise ValueError("the log file is closed")
        return self._stream

    def _open(self, path: Path) -> None:
        self._close_stream()
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._stream = TextIOWrapper(os.fdopen(descriptor, "ab", buffering=8192), "utf-8", "replace")
        self._open_path = path
        self._size = os.fstat(descriptor).st_size

    def _set_aside(self, path: Path) -> None:
        for number in range(_SET_ASIDE - 1, 0, -1):
            older = path.with_suffix(f".{number}.log")
            if older.exists():
                older.replace(path.with_suffix(f".{number + 1}.log"))
        path.replace(path.with_suffix(".1.log"))

    def _close_stream(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
