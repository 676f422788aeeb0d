"""Where log events go: a readable console, JSON lines in a dated file, both with people's data masked.

Owns handlers and masking. Events are constant names with fields; nothing here decides what is logged.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any, TextIO

import structlog

from openclaw.config.sections.logging import Logging
from openclaw.logs.file import DatedFile
from openclaw.logs.redaction import Redaction

log = structlog.get_logger("openclaw.logs")

# Below debug; stdlib has no word for it.
_TRACE = 5
_LEVELS = {
    "silent": logging.CRITICAL + 10,
    "fatal": logging.CRITICAL,
    "error": logging.ERROR,
    "warn": logging.WARNING,
    "info": logging.INFO,
    "debug": logging.DEBUG,
    "trace": _TRACE,
}


def open_logs(settings: Logging, directory: Path, console: TextIO | None = None) -> DatedFile:
    """Send the log events of this process to ``console`` (stderr) and to a file in ``directory``.

    The caller closes what is returned. Calling again replaces the earlier arrangement. Where ``logging.file`` cannot be
    opened, which is logged, the directory is used. Raises ``OSError`` when that cannot be used either.
    """
    redaction = Redaction(settings.redact_patterns, hide_people=settings.redact_sensitive != "off")
    stream = console or sys.stderr
    file, refused = _file(settings, directory)
    file.setFormatter(_formatter(redaction, [structlog.processors.JSONRenderer()]))
    file.setLevel(_LEVELS[settings.level])
    screen = logging.StreamHandler(stream)
    screen.setFormatter(_formatter(redaction, _console_renderers(settings.console_style, stream.isatty())))
    screen.setLevel(_LEVELS[settings.console_level or settings.level])
    close_logs()
    root = logging.getLogger()
    root.addHandler(file)
    root.addHandler(screen)
    # Libraries narrate every request and parse; only what they warn of is news about this program.
    root.setLevel(max(logging.WARNING, min(file.level, screen.level)))
    own = logging.getLogger("openclaw")
    own.setLevel(min(file.level, screen.level))
    _configure_structlog(own.level)
    if refused is not None:
        fix = "name a file that can be written in logging.file"
        log.error("log.file_refused", path=settings.file, cause=str(refused), instead=str(file.path), fix=fix)
    return file


def _file(settings: Logging, directory: Path) -> tuple[DatedFile, OSError | None]:
    """The file to log to, and why it is not the one of ``settings``."""
    try:
        return DatedFile(directory, settings.file, settings.max_file_bytes), None
    except OSError as error:
        if settings.file is None:
            raise
        return DatedFile(directory, None, settings.max_file_bytes), error


def close_logs() -> None:
    """Close what :func:`open_logs` opened; nothing is logged to a file any more."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()


def _configure_structlog(level: int) -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(min(level // 10 * 10, logging.CRITICAL)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _formatter(redaction: Redaction, renderers: list[Any]) -> logging.Formatter:
    """Events of structlog and records of other libraries go through the same chain."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            *shared,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _exception_text,
            redaction,
            *renderers,
        ],
    )


def _exception_text(_logger: object, _method: str, event: Any) -> Any:
    return structlog.processors.format_exc_info(None, "", event)


def _console_renderers(style: str, colours: bool) -> list[Any]:
    if style == "json":
        return [structlog.processors.JSONRenderer()]
    if style == "compact":
        return [
            structlog.processors.KeyValueRenderer(
                key_order=["timestamp", "level", "event"], repr_native_str=False
            )
        ]
    return [structlog.dev.ConsoleRenderer(colors=colours)]
