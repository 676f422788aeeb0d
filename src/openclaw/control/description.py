"""The description of the HTTP interface in OpenAPI 3.1, made from the table of requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openclaw import __version__
from openclaw.control.guard import USUAL_COOKIE
from openclaw.control.operation import Param
from openclaw.control.operations import OPERATIONS
from openclaw.control.samples import ANSWERS, schema_of
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
_CODE = Param("code", required=True)
_LONGEST_PROBE_MS = 30_000

# What is asked beside the table: method, path, summary, parameters, and one answer.
_OTHERS: tuple[tuple[str, str, str, tuple[Param, ...], Json], ...] = (
    ("get", "/healthz", "That the program lives; open to everybody on this machine.", (), {"status": "live"}),
    (
        "get",
        "/readyz",
        "Whether every account is connected; 503 with the same body when not. Open like /healthz.",
        (),
        {"ready": True, "accounts": {}},
    ),
    (
        "post",
        "/login",
        "A session for a one-time code, as a cookie.",
        (_CODE,),
        {"loggedIn": True, "expiresInSeconds": 43200},
    ),
    ("post", "/logout", "The end of the session.", (), {"loggedIn": False}),
    (
        "post",
        "/api/page-code",
        "A one-time code; for the token only.",
        (),
        {"code": "kq0", "expiresInSeconds": 60},
    ),
    (
        "post",
        "/api/restart",
        "Begin anew in the same process, once no answer is being written.",
        (),
        {"restarting": True},
    ),
    (
        "get",
        "/api/explain/search",
        "A message that is not in the ledger, looked for on the phones by its guid.",
        (Param("guid", required=True),),
        {"guid": "1F0C", "found": False, "accounts": []},
    ),
    (
        "get",
        "/api/me",
        "By what the caller came in.",
        (),
        {"loggedIn": True, "via": "session", "version": "0.1.0"},
    ),
)
_PROBED = (Param("probe", "flag"), Param("timeoutMs", "number", most=_LONGEST_PROBE_MS))
_OPEN = ("/healthz", "/readyz", "/login")


def description() -> Json:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "openclaw", "version": __version__},
        "security": [{"token": []}, {"session": []}],
        "paths": _paths(),
        "components": {
            "schemas": {"Error": _ERROR},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": USUAL_COOKIE},
            },
        },
    }


def _paths() -> Json:
    paths: Json = {}
    for verb, path, summary, params, answer in _OTHERS:
        method = _method(path, summary, params, (answer,), changes=verb == "post")
        paths[path] = {verb: method | ({"security": []} if path in _OPEN else {})}
    paths["/api/status"] = {"get": _method("/api/status", "Everything at a glance.", (), ANSWERS["status"])}
    paths["/api/channels"] = {
        "get": _method("/api/channels", "The accounts, probed on request.", _PROBED, ANSWERS["channels"])
    }
    paths["/api/reload"] = {
        "post": _method("/api/reload", "Read the configuration now.", (), ANSWERS["reload"], changes=True)
    }
    paths["/api/events"] = {"get": _events()}
    for name, operation in OPERATIONS.items():
        path, answers, changes = f"/api/{name}", ANSWERS.get(name, ({},)), operation.changes
        method = _method(path, operation.summary, operation.params, answers, changes=changes)
        paths[path] = {"post" if changes else "get": method}
    return paths


def _method(
    path: str, summary: str, params: Sequence[Param], answers: Sequence[Json], *, changes: bool = False
) -> Json:
    method: Json = {
        "operationId": path.removeprefix("/api").strip("/").replace("/", "-"),
        "summary": summary,
        "responses": _responses({"application/json": {"schema": schema_of(*answers)}}),
    }
    if changes:
        body = {"application/json": {"schema": _body(params)}}
        return method | {"requestBody": {"required": True, "content": body}}
    return method | {"parameters": [_query(param) for param in params]}


def _events() -> Json:
    text: Json = {"schema": {"type": "string", "examples": ['data: {"changed": ["messages"]}']}}
    return {
        "operationId": "events",
        "summary": "What changes, as Server-Sent Events without end.",
        "responses": _responses({"text/event-stream": text}),
    }


def _responses(good: Json) -> Json:
    error: Json = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {
        "200": {"description": "Done.", "content": good},
        **{code: {"description": said, "content": error} for code, said in _REFUSALS.items()},
    }


def _body(params: Sequence[Param]) -> Json:
    return {
        "type": "object",
        "properties": {param.name: _schema(param) for param in params},
        "required": [param.name for param in params if param.required],
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
            return {"type": "string", "maxLength": param.most or _LONGEST_TEXT}
