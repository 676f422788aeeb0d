"""Lay out a table for a screen that has no tables: aligned columns, or one bullet a row."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Literal

TableMode = Literal["off", "bullets", "code"]

Row = Sequence[str]

_GAP = "  "


def columns(rows: Sequence[Row]) -> list[str]:
    """One line a row, cells padded so that columns align where all characters are equally wide."""
    count = max((len(row) for row in rows), default=0)
    padded = [[*row, *[""] * (count - len(row))] for row in rows]
    widths = [max(_width(row[column]) for row in padded) for column in range(count)]
    return [_GAP.join(map(_pad, row, widths)).rstrip() for row in padded]


def _pad(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))


def bullets(rows: Sequence[Row]) -> list[str]:
    """One bullet for each row below the header, "header: value" for each cell that has one."""
    if not rows:
        return []
    header, *body = rows
    if not body:
        return ["• " + ", ".join(name for name in header if name)]
    return [line for row in body if (line := _bullet(header, row))]


def _bullet(header: Row, row: Row) -> str:
    facts = [f"{name}: {value}" if name else value for name, value in zip(header, row, strict=False) if value]
    return "• " + "; ".join(facts) if facts else ""


def _width(text: str) -> int:
    return sum(_columns_of(character) for character in text)


def _columns_of(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
