"""Log events of a process that opens no log, such as a command: warnings, on standard error."""

from __future__ import annotations

import logging
import sys

import structlog


def warn_on_stderr() -> None:
    """Keep log events out of standard output, which belongs to the answer: without a log they would go there.

    What is less than a warning is not told. ``open_logs`` replaces this.
    """
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        # Whatever standard error is when something is said, not when this is called.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
