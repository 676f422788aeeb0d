from __future__ import annotations

from openclaw.control.operations import OPERATIONS
from openclaw.control.samples import ANSWERS, schema_of


def test_types_are_read_off_values():
    """What is missing in one is not required, what is null in one may be null (issue: OpenAPI)."""
    schema = schema_of({"a": "x", "b": None, "c": [1, 2.5]}, {"a": "", "b": True})
    assert schema == {
        "type": "object",
        "properties": {
            "a": {"type": "string", "examples": ["x"]},
            "b": {"type": ["boolean", "null"], "examples": [True]},
            "c": {"type": "array", "items": {"type": "number", "examples": [1]}},
        },
        "required": ["a", "b"],
    }


def test_samples_are_of_requests_that_exist():
    """A request that is renamed takes its sample along."""
    assert set(ANSWERS) <= {*OPERATIONS, "status", "channels", "reload"}
    assert all(answers for answers in ANSWERS.values())
