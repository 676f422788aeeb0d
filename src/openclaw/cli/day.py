"""A day as a value of an option. Knows nothing of what is asked for."""

from __future__ import annotations

from datetime import datetime

import click

from openclaw.cli.output import clean


class Day(click.ParamType[datetime]):
    """A day, or a day with a time (ISO 8601); in this machine's zone when it names none."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment; a usage error when the text is none."""
        try:
            return datetime.fromisoformat(str(value)).astimezone()
        except (ValueError, OverflowError):
            self.fail(f"{clean(str(value))!r} is no date; write 2026-03-01, or 2026-03-01T18:00", param, ctx)
