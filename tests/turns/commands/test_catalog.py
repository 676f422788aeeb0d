"""Which models there are to choose from."""

from __future__ import annotations

from typing import Any

import pytest
from tests.rig import configure

from openclaw.turns.commands.catalog import catalog_of

from .house import house


@pytest.mark.parametrize(
    ("name", "ref"),
    [
        ("opus", "test/grand"),
        ("OPUS", "test/grand"),
        ("test/echo", "test/echo"),
        ("echo", "test/echo"),
        ("1", "test/echo"),
        ("3", "test/grand"),
        ("4", ""),
        ("0", ""),
        ("9" * 50, ""),
        ("test/unlisted", ""),
        ("zebra", ""),
        ("", ""),
        ("/", ""),
    ],
)
def test_a_name_means_one_model_or_none(name: str, ref: str) -> None:
    """Alias, reference, the model's own name, or its number; agents.defaults.models is the whole list."""
    assert catalog_of(configure(house())).resolve(name) == ref


def test_without_a_list_any_model_of_a_provider_in_use_may_be_asked() -> None:
    """New models come faster than configurations."""
    document: dict[str, Any] = house()
    del document["agents"]["defaults"]["models"]
    catalog = catalog_of(configure(document))
    assert catalog.resolve("Test/brand-new") == "test/brand-new"
    assert catalog.resolve("elsewhere/brand-new") == ""
    assert [offer.ref for offer in catalog.offers] == ["test/echo", "test/other"]


def test_prices_are_those_of_the_configuration() -> None:
    """In dollars for a million tokens."""
    catalog = catalog_of(configure(house()))
    assert catalog.price("test/echo", 1000, 500) == 2.0
    assert catalog.price("test/other", 1000, 500) is None
