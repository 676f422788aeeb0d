"""The log of this process: where it goes and what is masked in it."""

from openclaw.logs.handlers import open_logs

__all__ = ["open_logs"]
