"""Whom the doctor visits."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.doctor.installing import install, visit_to

from openclaw.errors import ConfigInvalid, NotFound

TWO = {
    "channels": {"imessage": {"accounts": {"home": {}, "Work": {"dbPath": "/b"}, "off": {"enabled": False}}}}
}


def test_every_enabled_account_is_looked_at(tmp_path: Path) -> None:
    """Or the one that is named, with the key under which its values stand."""
    _, environ = install(tmp_path, TWO)
    visit = visit_to(environ)
    assert [account.id for account in visit.accounts] == ["home", "work"]
    narrowed = visit_to(environ, account="work")
    assert [narrowed.place_of(one) for one in narrowed.accounts] == ["channels.imessage.accounts.work"]


def test_a_single_account_stands_in_the_channel_itself(tmp_path: Path) -> None:
    """Where there is no map of accounts."""
    _, environ = install(tmp_path, {"channels": {"imessage": {}}})
    visit = visit_to(environ)
    assert [visit.place_of(one) for one in visit.accounts] == ["channels.imessage"]


def test_an_account_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With those that are."""
    _, environ = install(tmp_path, TWO)
    with pytest.raises(NotFound, match="there is no account nobody; there are: home, off, work"):
        visit_to(environ, account="nobody")


def test_a_broken_configuration_is_visited_too(tmp_path: Path) -> None:
    """What is wrong with it is the first finding."""
    _, environ = install(tmp_path, {"channels": {"imessage": {"dmPolicy": "maybe"}}})
    visit = visit_to(environ)
    assert isinstance(visit.failure, ConfigInvalid)
    assert visit.accounts == ()
