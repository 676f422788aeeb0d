"""Reading, writing and listing files in the agent's workspace."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from openclaw.agents.tools.tool import Arguments, Tool, count_argument, text_argument
from openclaw.agents.tools.workspace import Entry, Workspace
from openclaw.domain.tools import LIST_FILES, READ_FILE, WRITE_FILE
from openclaw.errors import ToolFailed

LINES_AT_ONCE = 400
"""A page of a file; a model asks for the next one when it needs it."""

ENTRIES_AT_ONCE = 500
"""A folder with more is better looked at part by part."""

_PATH: dict[str, Any] = {"type": "string", "description": "Path inside the workspace, such as notes/today.md"}


def file_tools(workspace: Workspace) -> Sequence[Tool]:
    """The tools of one workspace. Files are read and written in a thread: a disk can take its time."""

    async def read(arguments: Arguments) -> str:
        path = text_argument(arguments, "path")
        first = count_argument(arguments, "from_line", 1)
        content = await asyncio.to_thread(workspace.read, path)
        return _page(path, content, first)

    async def write(arguments: Arguments) -> str:
        path, content = text_argument(arguments, "path"), text_argument(arguments, "content")
        encoded = content.encode("utf-8", "replace")
        await asyncio.to_thread(workspace.write, path, encoded)
        return f"{len(encoded)} bytes are in {path}"

    async def show(arguments: Arguments) -> str:
        path = text_argument(arguments, "path", ".")
        found, more = await asyncio.to_thread(workspace.entries, path, ENTRIES_AT_ONCE)
        lines = [_line(entry) for entry in found] or ["(empty)"]
        return "\n".join([*lines, *(["(and more)"] if more else [])])

    return (
        Tool(
            READ_FILE,
            f"Read a text file of your workspace, {LINES_AT_ONCE} lines at a time.",
            _object({"path": _PATH, "from_line": {"type": "integer", "minimum": 1, "default": 1}}, "path"),
            has_effect=False,
            run=read,
        ),
        Tool(
            WRITE_FILE,
            "Write a text file of your workspace; what was in it is replaced, and missing folders are made.",
            _object({"path": _PATH, "content": {"type": "string"}}, "path", "content"),
            has_effect=True,
            run=write,
        ),
        Tool(
            LIST_FILES,
            "List the files and folders in a folder of your workspace; folders end with a slash.",
            _object({"path": _PATH | {"default": "."}}),
            has_effect=False,
            run=show,
        ),
    )


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _page(path: str, content: bytes, first: int) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ToolFailed(f'"{path}" is no text') from error
    lines = text.splitlines(keepends=True)
    if first > max(len(lines), 1):
        raise ToolFailed(f'"{path}" has {len(lines)} lines')
    shown = lines[first - 1 : first - 1 + LINES_AT_ONCE]
    end = first - 1 + len(shown)
    rest = (
        f"\n(lines {first} to {end} of {len(lines)}; go on with from_line {end + 1})"
        if end < len(lines)
        else ""
    )
    return "".join(shown) + rest or "(empty)"


def _line(entry: Entry) -> str:
    # A name may hold a line break, and must not look like two files.
    name = entry.name if entry.name.isprintable() else ascii(entry.name)
    return f"{name}/" if entry.size is None else f"{name} ({entry.size} bytes)"
