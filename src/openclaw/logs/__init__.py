"""The log of this process: where it goes and what is masked in it."""

from openclaw.logs.handlers import close_logs, open_logs

__all__ = ["close_logs", "open_logs"]
