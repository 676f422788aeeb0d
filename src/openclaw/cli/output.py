"""What commands print: JSON, tables, times, and texts of strangers made harmless for a terminal."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime

import click

# A contact chooses these texts; what they could do to a terminal (move the cursor, turn the line around) stays out.
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_WHITE = re.compile(r"\s+")
# In a pipe nobody's window sets the width, and a wrapped line is no line for grep.
_PIPE_WIDTH = 10_000


def print_json(body: object) -> None:
    """Print ``body`` and nothing else; plain ASCII, so that any terminal and any parser can take it."""
    click.echo(json.dumps(body, indent=2))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their headings; ``None`` is an empty cell."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else clean(str(cell))) for cell in row))
    Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False).print(table)


def clean(text: str) -> str:
    """``text`` on one line, without anything that a terminal would obey."""
    return _WHITE.sub(" ", _HARMFUL.sub("\ufffd", text)).strip()


def clean_lines(text: str) -> str:
    """``text`` with its lines kept, without anything that a terminal would obey."""
    return _HARMFUL.sub("\ufffd", text)


def shorten(text: str, length: int = 60) -> str:
    """The beginning of ``text`` on one line."""
    whole = clean(text)
    return whole if len(whole) <= length else whole[: length - 1] + "…"


def local_time(moment: object) -> str:
    """An ISO 8601 time in this machine's zone; "" for none."""
    if not isinstance(moment, str) or not moment:
        return ""
    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M:%S")
