import re

import pytest

from openclaw.config.original import keys_below, knows, listed_keys


@pytest.mark.parametrize(
    "path",
    [
        ("cron", "jobs", 0, "anything"),
        ("channels", "telegram", "botToken"),
        ("agents", "list", 3, "sandbox", "docker", "env", "X"),
        ("agents", "defaults", "heartbeat"),
        ("channels", "imessage", "accounts", "work", "capabilities"),
        ("models", "providers", "openai", "models", 0, "cost", "input"),
        ("channels", "modelByChannel", "imessage", "123"),
    ],
)
def test_places_of_the_original_are_known(path):
    """Free keys, list positions, whole sections, and accounts (ruling 13)."""
    assert knows(path)


@pytest.mark.parametrize(
    "path",
    [
        ("chanels",),
        ("channels", "icq"),
        ("channels", "imessage", "probeTimeoutMs"),
        ("channels", "imessage", "accounts", "work", "typing"),
        ("agents", "list", 0, "modle"),
    ],
)
def test_other_places_are_not(path):
    """What the original's schema rejects is not known either (A.7)."""
    assert not knows(path)


def test_named_neighbours_are_offered_for_suggestions():
    """The nearest key may be one of the original's."""
    assert "capabilities" in keys_below(("channels", "imessage"))
    assert keys_below(("channels", "nowhere")) == ()


def test_the_list_is_one_key_and_type_a_line():
    """Package data, free of any other text."""
    assert len(listed_keys()) == len(set(listed_keys())) > 1000
    assert all(re.fullmatch(r"[$\w<>.\[\]-]+", key) for key in listed_keys())
