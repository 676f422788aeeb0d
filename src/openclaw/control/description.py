"""The description of the HTTP interface in OpenAPI 3.1, made from the table of requests."""

from __future__ import annotations

from collections.abc import Mapping

from openclaw import __version__
from openclaw.control.guard import USUAL_COOKIE
from openclaw.control.operation import Operation, Param
from openclaw.control.operations import OPERATIONS
from openclaw.control.shapes import Json

_ERROR: Json = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string"}, "fix": {"type": "string"}},
}
_REFUSALS: Mapping[str, str] = {
    "400": "A value is missing, unknown or unusable, or this cannot be done now.",
    "401": "Neither token nor session.",
    "403": "Another host or origin, or a change without its header.",
    "404": "There is no such thing.",
    "408": "The body did not come in time.",
    "413": "The body is too long.",
    "415": "The body is not JSON.",
    "429": "Too many wrong codes or tokens.",
    "503": "The ledger cannot be used.",
}
_LONGEST_TEXT = 1000


def description() -> Json:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "openclaw", "version": __version__},
        "security": [{"token": []}, {"session": []}],
        "paths": {f"/api/{name}": _path(name, operation) for name, operation in OPERATIONS.items()},
        "components": {
            "schemas": {"Error": _ERROR},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": USUAL_COOKIE},
            },
        },
    }


def _path(name: str, operation: Operation) -> Json:
    method: Json = {
        "operationId": name.replace("/", "-"),
        "summary": operation.summary,
        "responses": _responses(),
    }
    if operation.changes:
        method["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _body(operation)}},
        }
        return {"post": method}
    method["parameters"] = [_query(param) for param in operation.params]
    return {"get": method}


def _responses() -> Json:
    error: Json = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    good: Json = {"description": "Done.", "content": {"application/json": {"schema": {"type": "object"}}}}
    return {
        "200": good,
        **{code: {"description": said, "content": error} for code, said in _REFUSALS.items()},
    }


def _body(operation: Operation) -> Json:
    return {
        "type": "object",
        "properties": {param.name: _schema(param) for param in operation.params},
        "required": [param.name for param in operation.params if param.required],
        "additionalProperties": False,
    }


def _query(param: Param) -> Json:
    return {"name": param.name, "in": "query", "required": param.required, "schema": _schema(param)}


def _schema(param: Param) -> Json:
    match param.kind:
        case "number":
            limits: Json = {"type": "integer", "minimum": 1, "maximum": param.most}
            return limits | ({"default": param.default} if param.default else {})
        case "flag":
            return {"type": "boolean"}
        case "choices":
            return {"type": "array", "items": {"enum": list(param.options)}}
        case "text":
            return {"type": "string", "maxLength": _LONGEST_TEXT}
