from __future__ import annotations

from typing import Any

from openclaw.control.description import description
from openclaw.control.operations import OPERATIONS

DOCUMENT: Any = description()


def test_each_request_has_a_name_of_its_own():
    """Programs that are made from the description call their functions so."""
    names = [method["operationId"] for path in DOCUMENT["paths"].values() for method in path.values()]
    assert len(names) == len(set(names))
    assert all(names)


def test_changes_are_posted_and_refuse_what_they_do_not_know():
    """A look is a GET with a query, a change a POST with a closed object (docs/http.md)."""
    for name, operation in OPERATIONS.items():
        path = DOCUMENT["paths"][f"/api/{name}"]
        assert list(path) == ["post" if operation.changes else "get"]
        if operation.changes:
            body = path["post"]["requestBody"]["content"]["application/json"]["schema"]
            assert body["additionalProperties"] is False
            assert set(body["properties"]) == set(operation.names)


def test_what_is_open_says_so():
    """Health and login need no secret, everything else does (docs/http.md, who may ask)."""
    opened = {
        path
        for path, methods in DOCUMENT["paths"].items()
        for method in methods.values()
        if method.get("security") == []
    }
    assert opened == {"/healthz", "/readyz", "/login"}
    assert DOCUMENT["security"]


def test_events_are_a_stream_of_text():
    """`EventSource` reads them, not a JSON parser."""
    content = DOCUMENT["paths"]["/api/events"]["get"]["responses"]["200"]["content"]
    assert list(content) == ["text/event-stream"]
