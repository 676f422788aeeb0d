"""Parameter coercion, lenient and strict."""

from __future__ import annotations

from typing import Any

import pytest

from openclaw.simulator import params
from openclaw.simulator.envelope import RpcError
from openclaw.simulator.params import Params


@pytest.mark.parametrize(
    ("value", "read"), [("7", "7"), (7, "7"), (2.5, "2.5"), (True, "1"), (None, None), ([], None)]
)
def test_texts_take_numbers_and_flags_by_their_number_text(value: Any, read: str | None) -> None:
    """String coercion (imsg contract 1.4)."""
    assert Params({"x": value}).text("x") == read


@pytest.mark.parametrize(
    ("value", "read"), [(7, 7), (7.9, 7), (True, 1), ("12", 12), ("abc", None), (None, None), ({}, None)]
)
def test_integers_take_cut_floats_flags_and_decimal_texts(value: Any, read: int | None) -> None:
    """Integer coercion; what does not fit counts as absent (imsg contract 1.4)."""
    assert Params({"x": value}).integer("x") == read


@pytest.mark.parametrize(
    ("value", "read"), [(True, True), (0, False), (2, True), ("true", True), ("True", False)]
)
def test_flags_take_numbers_and_two_exact_words(value: Any, read: bool) -> None:
    """Flag coercion (imsg contract 1.4)."""
    assert Params({"x": value}).flag("x") is read


def test_lists_take_a_text_with_commas() -> None:
    """List coercion: entries are stringified or dropped, empties of a text dropped (imsg contract 1.4)."""
    assert Params({"x": "a, b,,"}).texts("x") == ("a", "b")
    assert Params({"x": ["a", 5, None, {}]}).texts("x") == ("a", "5")
    assert Params({"x": 5}).texts("x") == ()


@pytest.mark.parametrize("value", [-1, 1.5, "abc", True, []])
def test_the_delay_is_the_one_strict_parameter(value: Any) -> None:
    """`debounce_ms` rejects negatives and non-integers in all releases (imsg contract 1.4)."""
    with pytest.raises(RpcError, match="debounce_ms must be a non-negative integer"):
        Params({"debounceMs": value}).delay("debounce_ms", "debounceMs")


def test_a_count_is_at_least_one() -> None:
    """`limit` has a floor of one and a default for what is no number (imsg contract 1.5)."""
    assert [Params({"limit": value}).count("limit", 20) for value in (0, -3, 5, "x")] == [1, 1, 5, 20]


@pytest.mark.parametrize(
    "given",
    [{"chatId": 1}, {"chat_id": "1"}, {"chat_id": True}, {"names": ["a", 1]}, {"on": 1}, {"chat_id": None}],
)
def test_the_strict_check_names_unknown_keys_and_wrong_types(given: dict[str, Any]) -> None:
    """From 0.14 both are -32602 (imsg contract 1.10)."""
    with pytest.raises(RpcError, match=next(iter(given))):
        params.check(given, {"chat_id": "integer", "names": "texts", "on": "flag"})


def test_the_strict_check_refuses_several_selectors() -> None:
    """From 0.14 one chat selector at most (imsg contract 1.10)."""
    known: params.Parameters = {"chat_id": "integer", "chat_guid": "text"}
    params.check({"chat_id": 1}, known)
    with pytest.raises(RpcError, match="exactly one"):
        params.check({"chat_id": 1, "chat_guid": "x"}, known)
