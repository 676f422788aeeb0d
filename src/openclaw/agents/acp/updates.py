"""What an agent's updates are to a conversation. Only its messages are meant for people (behaviour facts H.7).

What a person would not be shown is not passed on, whatever it holds. Imported with the protocol's library alone.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from acp.schema import (
    AgentMessageChunk,
    AudioContentBlock,
    BlobResourceContents,
    EmbeddedResourceContentBlock,
    ImageContentBlock,
    ResourceContentBlock,
    TextContentBlock,
    TextResourceContents,
    ToolCallProgress,
    ToolCallStart,
)

from openclaw.agents.acp.dialects import is_aside
from openclaw.config.sections.acp import Stream

SHOWN_BY_DEFAULT = frozenset({"agent_message_chunk"})
"""The tags of updates that people see where ``acp.stream.tagVisibility`` says nothing."""

_BETWEEN = {"none": "", "space": " ", "newline": "\n", "paragraph": "\n\n"}
MOST_FILE_BYTES = 32 * 1024 * 1024
"""What an agent may say in one block; the channel's own limit is smaller."""


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of what it says."""

    text: str


@dataclass(frozen=True, slots=True)
class Tool:
    """It uses a tool; ``title`` is for people who asked to be told."""

    title: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that it says: its content, a name, its media type."""

    content: bytes
    name: str
    mime_type: str


Meaning = Text | Tool | File


class Projection:
    """One turn's updates as what they mean to the conversation; ``agent`` is what it calls itself."""

    def __init__(self, stream: Stream, agent: str = "") -> None:
        self._agent = agent
        self._stream = stream
        self._shown = stream.tag_visibility or {}
        self._left = stream.max_output_chars
        separator = stream.hidden_boundary_separator or (
            "paragraph" if stream.delivery_mode == "final_only" else "space"
        )
        self._separator = _BETWEEN[separator]
        self._between = ""
        self._ends_bare = True
        self._told: set[str] = set()
        self.is_cut = False

    def meanings(self, update: Any) -> Iterator[Meaning]:
        """What ``update``, one of the library's values, means; nothing for most."""
        tag = str(getattr(update, "session_update", ""))
        shown = self._shown.get(tag, tag in SHOWN_BY_DEFAULT)
        match update:
            case AgentMessageChunk(content=content) if shown and not is_aside(self._agent, update):
                yield from self._said(content)
            case ToolCallStart() | ToolCallProgress():
                yield from self._used(update, shown=shown)
            case _:
                pass

    def _said(self, content: Any) -> Iterator[Meaning]:
        match content:
            case TextContentBlock(text=text):
                yield from self._text(text)
            case ImageContentBlock(data=data, mime_type=mime_type, uri=uri):
                yield from _file(data, _name(uri or "", mime_type), mime_type)
            case AudioContentBlock(data=data, mime_type=mime_type):
                yield from _file(data, _name("", mime_type), mime_type)
            case EmbeddedResourceContentBlock(resource=BlobResourceContents(blob=data, uri=uri) as found):
                mime_type = found.mime_type or "application/octet-stream"
                yield from _file(data, _name(uri, mime_type), mime_type)
            case EmbeddedResourceContentBlock(resource=TextResourceContents(text=text)):
                yield from self._text(text)
            case ResourceContentBlock(uri=uri, name=name):
                # A link to the agent's own disk is nothing that anybody else could open.
                if urlsplit(uri).scheme in ("http", "https"):
                    yield from self._text(f"{name}: {uri}" if name and name != uri else uri)
            case _:
                pass

    def _text(self, text: str) -> Iterator[Meaning]:
        if not text:
            return
        if self._between and not self._ends_bare and not text[0].isspace():
            text = self._between + text
        self._between = ""
        if len(text) > self._left:
            self.is_cut = True
        text, self._left = text[: self._left], max(0, self._left - len(text))
        if text:
            self._ends_bare = text[-1].isspace()
            yield Text(text)

    def _used(self, update: ToolCallStart | ToolCallProgress, *, shown: bool) -> Iterator[Meaning]:
        title = " ".join((update.title or "").split())[: self._stream.max_session_update_chars]
        self._between = self._separator
        if isinstance(update, ToolCallStart):
            yield Tool(title or "a tool")
        line = f"[{update.status or 'pending'}] {title}" if title else ""
        if shown and line and not (self._stream.repeat_suppression and line in self._told):
            self._told.add(line)
            self._between = "\n"
            yield from self._text(line)
            self._between = "\n\n"


def _file(data: str, name: str, mime_type: str) -> Iterator[Meaning]:
    if len(data) * 3 // 4 > MOST_FILE_BYTES:
        return
    try:
        content = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return
    if content:
        yield File(content, name, mime_type)


def _name(uri: str, mime_type: str) -> str:
    """A name for a file; what it may be called in a chat, the shelf decides."""
    last = unquote(urlsplit(uri).path.rpartition("/")[2])
    kind, _, form = mime_type.partition("/")
    return last or f"{kind or 'file'}.{form.partition('+')[0].partition(';')[0] or 'bin'}"
