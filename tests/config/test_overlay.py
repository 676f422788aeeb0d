"""Values laid over the file."""

from __future__ import annotations

import pytest

from openclaw.config.overlay import laid_over
from openclaw.config.paths import KeyPath
from openclaw.errors import ConfigInvalid


@pytest.mark.parametrize(
    ("path", "value", "laid"),
    [
        (("a",), 2, {"a": 2, "list": [{"id": 1}]}),
        (("b", "c"), 2, {"a": 1, "b": {"c": 2}, "list": [{"id": 1}]}),
        (("list", 0, "id"), 2, {"a": 1, "list": [{"id": 2}]}),
        (("list", 0), "x", {"a": 1, "list": ["x"]}),
        (("list", "0", "id"), 2, {"a": 1, "list": [{"id": 2}]}),
    ],
)
def test_a_value_takes_the_place_of_the_files(path: KeyPath, value: object, laid: object) -> None:
    """Objects are made on the way; what is given is not changed itself."""
    document = {"a": 1, "list": [{"id": 1}]}
    assert laid_over(document, {path: value}) == laid
    assert document == {"a": 1, "list": [{"id": 1}]}


@pytest.mark.parametrize("path", [("a", "b"), ("list", 1), ("list", "id")])
def test_a_path_that_leads_nowhere_is_refused(path: KeyPath) -> None:
    """With the place named."""
    with pytest.raises(ConfigInvalid, match="no place"):
        laid_over({"a": 1, "list": [{"id": 1}]}, {path: 1})


def test_without_an_overlay_nothing_is_copied() -> None:
    """The usual case costs nothing."""
    document: dict[str, object] = {}
    assert laid_over(document, {}) is document
