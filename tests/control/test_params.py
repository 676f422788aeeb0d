from __future__ import annotations

from enum import StrEnum

import pytest

from openclaw.control.params import choices, flag, number, refuse_unknown, required, text
from openclaw.errors import BadRequest


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def test_values_of_queries_and_bodies_mean_the_same():
    """A query knows only texts, a body has types; both are read by one rule (brief)."""
    for given in ("20", 20):
        assert number({"limit": given}, "limit", 5, 100) == 20
    for given in ("1", "true", "TRUE", True):
        assert flag({"probe": given}, "probe")
    for given in ("0", "false", False, None):
        assert not flag({"probe": given}, "probe")
    for given in ("red", ["red"], ("red",)):
        assert choices({"state": given}, "state", Colour) == (Colour.RED,)


def test_what_is_not_given_has_its_default():
    """Empty and absent are the same: a query cannot say null."""
    assert text({"account": "  "}, "account") is None
    assert number({"limit": ""}, "limit", 5, 100) == 5
    assert choices({}, "state", Colour) == ()


@pytest.mark.parametrize("given", [0, -1, 101, 1.5, True, "1e2", "１０", "9" * 5000, [], {}])
def test_numbers_out_of_bounds_are_refused(given: object):
    """Every list has a limit (style 25), and only whole decimal numbers count."""
    with pytest.raises(BadRequest, match="from 1 to 100"):
        number({"limit": given}, "limit", 5, 100)


def test_wrong_kinds_are_refused_by_name():
    """A message names the value (style 21)."""
    with pytest.raises(BadRequest, match="code is missing"):
        required({}, "code")
    with pytest.raises(BadRequest, match="target must be one text"):
        text({"target": ["a", "b"]}, "target")
    with pytest.raises(BadRequest, match="target must be one text"):
        text({"target": "x" * 1001}, "target")
    with pytest.raises(BadRequest, match="notify must be true or false"):
        flag({"notify": "perhaps"}, "notify")
    with pytest.raises(BadRequest, match="red, blue"):
        choices({"state": [{"a": 1}]}, "state", Colour)
    with pytest.raises(BadRequest, match="'acount'; known here: account"):
        refuse_unknown({"acount": "x"}, ["account"])
