"""What goes to an agent in a turn, and what its answers are to us. Imported with the protocol's library alone."""

from __future__ import annotations

import base64
import contextlib
from pathlib import Path
from typing import Any, cast

from acp import RequestError
from acp.schema import ImageContentBlock, PromptResponse, ResourceContentBlock, TextContentBlock

from openclaw.agents.acp.dialects import failure_of
from openclaw.agents.acp.ports import Done, Said
from openclaw.config.secrets import mask_text
from openclaw.errors import AgentFailed

BLIND = "(The pictures themselves cannot be shown to you.)"
_AUTH_REQUIRED = -32000
_CUT_SHORT = {
    "refusal": "it refused to go on",
    "max_tokens": "the answer reached the limit of its model",
    "max_turn_requests": "it asked its model too often in one turn",
}


class Refused(AgentFailed):
    """The agent answered with an error; it goes on."""


def refusal(harness: str, error: RequestError) -> AgentFailed:
    """An error that the agent answered with, as ours."""
    if error.code == _AUTH_REQUIRED and "auth" in str(error).lower():
        return AgentFailed(
            f"{harness} wants somebody to sign in: run its own login on this computer, as this user"
        )
    data: Any = error.data
    details = cast("dict[str, Any]", data).get("details") if isinstance(data, dict) else None
    said = mask_text(f"{error}" + (f": {details}" if details else ""))[:500]
    return Refused(f"{harness} answered with an error: {said}")


def ending(answer: PromptResponse, harness: str) -> Done:
    """How a turn ended. Raises AgentFailed when the agent says that it failed, or did not come to an end."""
    failure = failure_of(answer.field_meta)
    if failure:
        raise AgentFailed(f"{harness} failed: {mask_text(failure)[:500]}")
    if trouble := _CUT_SHORT.get(answer.stop_reason):
        raise AgentFailed(f"{harness}: {trouble}")
    usage = answer.usage
    return Done(answer.stop_reason, usage.input_tokens if usage else 0, usage.output_tokens if usage else 0)


def blocks_of(said: Said, *, sees: bool) -> list[Any]:
    """What is said, in blocks of the protocol; reads pictures from disk. One that is gone is left out."""
    text = said.text if sees or not said.pictures else f"{said.text}\n{BLIND}"
    blocks: list[Any] = [TextContentBlock(type="text", text=text)]
    for picture in said.pictures if sees else ():
        with contextlib.suppress(FileNotFoundError):
            data = base64.b64encode(Path(picture.path).read_bytes()).decode()
            blocks.append(ImageContentBlock(type="image", data=data, mime_type=picture.mime_type))
    links = [(Path(file).as_uri(), Path(file).name) for file in said.files]
    return blocks + [ResourceContentBlock(type="resource_link", uri=uri, name=name) for uri, name in links]
