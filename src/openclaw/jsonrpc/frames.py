"""Bytes to JSON-RPC frames and back. Pure: no I/O, no clock, no method names.

Owns the framing rule (one JSON object per line, split on the byte 0x0A alone: U+2028 and U+0085 may stand raw inside
a line) and the limits on what a peer can make us hold. What is not a frame is kept as :class:`Noise`, because a
banner on stdout is often the only explanation a dying child leaves.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from pydantic_core import from_json, to_json

# A message with a long text and many attachments stays far below; above it only a broken peer remains.
MAX_LINE = 64 * 1024 * 1024
# Enough for every multi-line banner that is known, small enough to hold for each child.
NOISE_KEPT = 50
_NOISE_EXCERPT = 400


@dataclass(frozen=True, slots=True)
class Response:
    """A result; ``id`` in its string form, whatever JSON type it had."""

    id: str
    result: Any


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """An error; ``id`` is ``None`` when the peer could not say what it answers."""

    id: str | None
    code: int | None
    message: str
    data: Any


@dataclass(frozen=True, slots=True)
class Notification:
    """Something the peer tells without being asked."""

    method: str
    params: Any


@dataclass(frozen=True, slots=True)
class Noise:
    """A line that is no frame: its beginning, and why it was not taken."""

    text: str
    why: str


Frame = Response | ErrorResponse | Notification | Noise


def encode_request(request_id: str, method: str, params: Mapping[str, Any]) -> bytes:
    """One request as a whole line, newline included."""
    return to_json({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}) + b"\n"


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its newline and the white space around it; of one that ``is_cut`` only the beginning."""

    content: bytes
    length: int
    is_cut: bool


class LineSplitter:
    """Parts a byte stream into lines; one longer than ``max_line`` is cut instead of held. Empty ones are left out."""

    def __init__(self, max_line: int = MAX_LINE) -> None:
        self._max_line = max_line
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._skipping = False

    def feed(self, chunk: bytes) -> list[Line]:
        """The lines that ``chunk`` completes, in order; an unfinished one waits for the next chunk."""
        lines: list[Line] = []
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            self._hold(chunk[start:end])
            lines += self.finish()
            start = end + 1
        self._hold(chunk[start:])
        return lines

    def finish(self) -> list[Line]:
        """What the end of a line, or of the stream, completes: a last line needs no newline."""
        content = (self._held[0] if len(self._held) == 1 else b"".join(self._held)).strip()
        line = Line(content, self._held_bytes, self._skipping)
        self._held, self._held_bytes, self._skipping = [], 0, False
        return [line] if content else []

    def _hold(self, piece: bytes) -> None:
        self._held_bytes += len(piece)
        if self._held_bytes > self._max_line and not self._skipping:
            self._skipping = True
            self._held = [b"".join(self._held)[:_NOISE_EXCERPT] + piece[:_NOISE_EXCERPT]]
        elif piece and not self._skipping:
            self._held.append(piece)


class FrameDecoder:
    """Turns chunks of a byte stream into frames; ``noise`` has the last lines that were none.

    ``on_line`` is shown every line as it is, for a transcript.
    """

    def __init__(self, max_line: int = MAX_LINE, on_line: Callable[[bytes], None] | None = None) -> None:
        self._on_line = on_line
        self.noise: deque[Noise] = deque(maxlen=NOISE_KEPT)
        self._lines = LineSplitter(max_line)

    def feed(self, chunk: bytes) -> list[Frame]:
        """The frames that ``chunk`` completes, in order; an unfinished line waits for the next chunk."""
        return [self._frame(line) for line in self._lines.feed(chunk)]

    def finish(self) -> list[Frame]:
        """What the end of the stream completes: a last line needs no newline."""
        return [self._frame(line) for line in self._lines.finish()]

    def _frame(self, line: Line) -> Frame:
        if self._on_line:
            self._on_line(line.content)
        too_long = f"longer than allowed: {line.length} bytes"
        frame = _noise(line.content, too_long) if line.is_cut else parse_line(line.content)
        if isinstance(frame, Noise):
            self.noise.append(frame)
        return frame


def parse_line(line: bytes) -> Frame:
    """The frame that one line holds, without its newline."""
    try:
        value = _json(line)
    except (ValueError, RecursionError):
        return _noise(line, "not JSON")
    if not isinstance(value, dict):
        return _noise(line, "not an object")
    return _classify(cast("dict[str, Any]", value), line)


def _json(line: bytes) -> Any:
    try:
        return from_json(line)
    except ValueError:
        # Broken UTF-8 or a lone surrogate must not cost a message: repair, then parse again.
        value = json.loads(line.decode("utf-8", "replace"))
        return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def _classify(value: dict[str, Any], line: bytes) -> Frame:
    frame_id = _string_id(value.get("id"))
    match value:
        case {"method": str(method)} if frame_id is None:
            return Notification(method, value.get("params"))
        case {"method": _}:
            return _noise(line, "a request, and nothing is served here")
        case {"error": dict()}:
            return _error(frame_id, value["error"])
        case {"result": result} if frame_id is not None:
            return Response(frame_id, result)
        case _:
            return _noise(line, "neither answer nor notification")


def _error(frame_id: str | None, error: dict[str, Any]) -> ErrorResponse:
    code, message = error.get("code"), error.get("message")
    return ErrorResponse(
        frame_id,
        code if isinstance(code, int) else None,
        message if isinstance(message, str) else "",
        error.get("data"),
    )


def _string_id(value: object) -> str | None:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _noise(line: bytes, why: str) -> Noise:
    return Noise(line[:_NOISE_EXCERPT].decode("utf-8", "replace"), why)
