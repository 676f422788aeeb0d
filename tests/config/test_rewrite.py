"""What turns one document into another."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from openclaw.config.change import Change
from openclaw.config.rewrite import changes_between

leaves = (
    st.none()
    | st.booleans()
    | st.integers(0, 2)
    | st.sampled_from(["", "x"])
    | st.lists(st.integers(0, 2), max_size=2)
)
documents = st.dictionaries(
    st.sampled_from("abc"),
    st.recursive(
        leaves, lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=6
    ),
    max_size=3,
)


def applied(document: dict[str, Any], changes: tuple[Change, ...]) -> dict[str, Any]:
    result = copy.deepcopy(document)
    for change in changes:
        here: Any = result
        for step in change.path[:-1]:
            here = here[step]
        if change.remove:
            del here[change.path[-1]]
        else:
            here[change.path[-1]] = change.value
    return result


def exact(value: Any) -> Any:
    """So that 1 and True are not the same."""
    if isinstance(value, dict):
        return {key: exact(item) for key, item in value.items()}
    return [type(value).__name__, [exact(item) for item in value] if isinstance(value, list) else value]


@given(documents, documents)
def test_the_differences_make_one_document_of_the_other(before, after):
    """And of equal documents there are none."""
    changes = changes_between(before, after)
    assert exact(applied(before, changes)) == exact(after)
    assert changes_between(after, after) == ()


def test_only_what_differs_is_named():
    """A comment beside it can stay where it is."""
    before = {"a": {"b": {"c": 1, "d": 2}, "e": [1]}, "f": 1}
    after = {"a": {"b": {"c": 1, "d": 3}, "e": [1, 2]}}
    assert changes_between(before, after) == (
        Change(("a", "b", "d"), 3),
        Change(("a", "e"), [1, 2]),
        Change.removal(("f",)),
    )
