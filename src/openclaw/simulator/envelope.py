"""The JSON-RPC envelope as imsg reads and writes it: a line in, a request or the error that answers it out.

Owns the envelope rules, lenient to 0.13 and strict from 0.14, and the error codes. It knows no method and does no I/O.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple, TypeGuard

Wire = dict[str, Any]

PARSE, INVALID, NO_METHOD, BAD_PARAMS, INTERNAL = -32700, -32600, -32601, -32602, -32603
UNKNOWN_OUTCOME, NO_DATABASE = -32001, -32002
_MESSAGES = {
    PARSE: "Parse error",
    INVALID: "Invalid Request",
    NO_METHOD: "Method not found",
    BAD_PARAMS: "Invalid params",
    INTERNAL: "Internal error",
    -32000: "Busy",
    UNKNOWN_OUTCOME: "Outcome unknown",
    NO_DATABASE: "Database unavailable",
    -32003: "Bridge unavailable",
    -32004: "Mutation lane blocked",
}


def is_object(value: object) -> TypeGuard[Wire]:
    """Return whether a JSON value is an object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Return whether a JSON value is an array."""
    return isinstance(value, list)


class RpcError(Exception):
    """A request is answered with an error; ``data`` is the useful part of it."""

    def __init__(self, code: int, data: str | Wire, *, id: Any = None, silent: bool = False) -> None:  # noqa: A002
        self.code = code
        self.data = data
        self.id = id
        self.silent = silent
        super().__init__(f"{_MESSAGES.get(code)}: {data}")

    def reply(self, id: Any) -> Wire:  # noqa: A002
        """Return the error as the answer to the request with this id."""
        error = {"code": self.code, "message": _MESSAGES.get(self.code, "Server error"), "data": self.data}
        return {"jsonrpc": "2.0", "id": id, "error": error}


class Request(NamedTuple):
    """A line that passed the envelope. A notification has no id and gets no result."""

    id: Any
    notification: bool
    method: str
    params: Wire


def parse(line: bytes, *, strict: bool) -> Request | None:
    """Return the request on ``line``, None for a blank one. Raises RpcError with the id to echo."""
    text = line.decode("utf-8", "replace").strip()
    if not text:
        return None
    message = _json(text)
    id = message.get("id")  # noqa: A001
    notification = "id" not in message
    if strict and not isinstance(id, str | int | float | None):
        raise RpcError(INVALID, "id must be a string, a number or null")
    if strict and isinstance(id, bool):
        raise RpcError(INVALID, "id must be a string, a number or null")
    marker = message.get("jsonrpc")
    if marker != "2.0" and (strict or isinstance(marker, str)):
        raise RpcError(INVALID, "jsonrpc must be 2.0", id=id, silent=strict and notification)
    method = message.get("method")
    if not isinstance(method, str) or not method:
        raise RpcError(INVALID, "method is required", id=id, silent=strict and notification)
    params = message.get("params")
    if strict and "params" in message and not is_object(params):
        raise RpcError(BAD_PARAMS, "params must be an object", id=id, silent=notification)
    return Request(id, notification, method, params if is_object(params) else {})


def _json(text: str) -> Wire:
    try:
        message: Any = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise RpcError(PARSE, str(error)) from None
    if is_list(message):
        raise RpcError(INVALID, "request must be an object")
    if not is_object(message):
        raise RpcError(PARSE, "a value at the top must be an object or an array")
    return message


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def result(request: Request, value: Wire) -> Wire:
    """Return the answer to ``request``."""
    return {"jsonrpc": "2.0", "id": request.id, "result": value}


def notification(method: str, params: Wire) -> Wire:
    """Return a message that answers nothing."""
    return {"jsonrpc": "2.0", "method": method, "params": params}


def encode(message: Wire) -> bytes:
    """Return ``message`` as one line: raw UTF-8 with escaped slashes, ended by a line feed."""
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
    return text.encode("utf-8", "replace") + b"\n"
