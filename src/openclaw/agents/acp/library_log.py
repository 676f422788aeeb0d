"""What the protocol's library logs, without what was said: it shows whole messages in the errors that it logs.

Imported with the protocol's library alone.
"""

from __future__ import annotations

import logging
from pathlib import PurePath

import acp
import structlog

log = structlog.get_logger("openclaw.acp")

_LIBRARY = PurePath(acp.__file__).parent


class _Quiet(logging.Filter):
    """Lets nothing of the library through; what it said is told in short, as ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        if not PurePath(record.pathname).is_relative_to(_LIBRARY):
            return True
        # An agent may tell more than the library knows (codex: auth/status_update); that is nobody's concern.
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        log.debug("acp.library", said=record.getMessage()[:200], error=error)
        return False


_QUIET = _Quiet()


def keep_quiet() -> None:
    """From now on; the library logs through the root logger, and calling this again changes nothing."""
    logging.getLogger().addFilter(_QUIET)
