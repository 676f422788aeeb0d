"""The tool that sends a file of the agent's workspace into the chat that its turn answers, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence

from openclaw.agents.send_file import DESCRIPTION, FileSending
from openclaw.agents.tools.tool import Arguments, Tool, text_argument
from openclaw.domain.tools import SEND_FILE
from openclaw.errors import FileRefused, ToolFailed

_SCHEMA = {
    "type": "object",
    "properties": {
        "path": {"type": "string", "description": "The file, below your workspace."},
        "caption": {"type": "string", "description": "A text in front of the file."},
    },
    "required": ["path"],
    "additionalProperties": False,
}


def sending_tools(sending: FileSending) -> Sequence[Tool]:
    """The tool for one turn."""

    async def send(arguments: Arguments) -> str:
        try:
            return await sending.send_file(
                text_argument(arguments, "path"), text_argument(arguments, "caption", "")
            )
        except FileRefused as refused:
            raise ToolFailed(str(refused)) from refused

    # No effect: files leave with the end of the turn, in its transaction; a run that is cut off has sent none.
    return (Tool(SEND_FILE, DESCRIPTION, _SCHEMA, has_effect=False, run=send),)
