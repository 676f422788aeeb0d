"""The JSON-RPC envelope, lenient and strict."""

from __future__ import annotations

import json
from typing import Any

import pytest

from openclaw.simulator import envelope
from openclaw.simulator.envelope import RpcError


def refused(line: str, *, strict: bool = False) -> tuple[int, Any, Any]:
    """Code, id and data of the error that a line gets."""
    with pytest.raises(RpcError) as caught:
        envelope.parse(line.encode(), strict=strict)
    return caught.value.code, caught.value.id, caught.value.data


@pytest.mark.parametrize("line", ["nope", "{", "1", '"text"', "true", "null", "NaN", "[" * 100_000])
def test_what_is_not_json_or_a_bare_scalar_is_a_parse_error(line: str) -> None:
    """-32700 with id null (imsg contract 1.2)."""
    code, id_, data = refused(line)
    assert (code, id_) == (-32700, None)
    assert isinstance(data, str)


def test_a_batch_is_an_invalid_request() -> None:
    """-32600 `request must be an object` (imsg contract 1.2)."""
    assert refused("[]") == (-32600, None, "request must be an object")


@pytest.mark.parametrize("line", ['{"id":7}', '{"id":7,"method":""}', '{"id":7,"method":5}'])
def test_a_method_is_needed_and_the_id_is_echoed(line: str) -> None:
    """-32600 `method is required` (imsg contract 1.2)."""
    assert refused(line) == (-32600, 7, "method is required")


def test_another_protocol_version_is_refused_only_as_text() -> None:
    """A string other than 2.0 is an error; a number or nothing is accepted (imsg contract 1.2)."""
    assert refused('{"jsonrpc":"1.0","id":[1],"method":"m"}') == (-32600, [1], "jsonrpc must be 2.0")
    assert envelope.parse(b'{"jsonrpc":2.0,"method":"m"}', strict=False)
    assert envelope.parse(b'{"method":"m"}', strict=False)


@pytest.mark.parametrize("params", ["null", "[1]", '"x"', "5"])
def test_params_that_are_no_object_count_as_empty(params: str) -> None:
    """Missing, null, array or scalar params are `{}` to 0.13 and an error from 0.14 (imsg contract 1.2, 1.10)."""
    request = envelope.parse(f'{{"id":1,"method":"m","params":{params}}}'.encode(), strict=False)
    assert request == envelope.Request(1, False, "m", {})
    code, _, _ = refused(f'{{"jsonrpc":"2.0","id":1,"method":"m","params":{params}}}', strict=True)
    assert code == -32602


def test_null_as_id_is_a_request_and_no_id_a_notification() -> None:
    """The two differ in whether a result is answered (imsg contract 1.2)."""
    asked = envelope.parse(b'{"id":null,"method":"m"}', strict=False)
    told = envelope.parse(b' {"method":"m"}\r', strict=False)
    assert asked
    assert told
    assert (asked.notification, told.notification) == (False, True)


def test_blank_lines_are_skipped() -> None:
    """Surrounding white space is trimmed and blank lines are silent (imsg contract 1.1)."""
    assert envelope.parse(b"  \r\n", strict=False) is None


@pytest.mark.parametrize("line", ['{"id":1,"method":"m"}', '{"jsonrpc":"2.0","id":[1],"method":"m"}'])
def test_the_strict_envelope_wants_version_and_simple_ids(line: str) -> None:
    """From 0.14 `jsonrpc` must be 2.0 and ids are strings, numbers or null (imsg contract 1.10)."""
    assert refused(line, strict=True)[0] == -32600


def test_records_escape_slashes_and_keep_other_characters_raw() -> None:
    """One line feed ends a record, line separators inside stay as they are (imsg contract 1.1)."""
    line = envelope.encode({"text": "a/b\n\u2028é"})
    assert line == '{"text":"a\\/b\\n\u2028é"}\n'.encode()
    assert json.loads(line) == {"text": "a/b\n\u2028é"}
