"""Settings of sessions: set, read, taken back."""

from __future__ import annotations

import pytest
from tests.store.keeping import SESSION

from openclaw.domain.ids import SessionKey
from openclaw.domain.sessions import SessionSettings
from openclaw.store import Ledger, session_settings


async def test_what_is_set_is_found_again_with_its_kind(ledger: Ledger) -> None:
    """Numbers come back as numbers; other sessions know nothing of it."""
    await ledger.write(lambda tx: session_settings.change(tx, SESSION, model="test/tiny", queue_cap=3))

    found = await ledger.read(lambda tx: session_settings.load(tx, SESSION))
    other = await ledger.read(lambda tx: session_settings.load(tx, SessionKey("agent:main:other")))
    assert found == SessionSettings(model="test/tiny", queue_cap=3)
    assert other == SessionSettings()


async def test_nothing_takes_a_setting_back_and_leaves_the_others(ledger: Ledger) -> None:
    """Back to what the configuration says."""
    await ledger.write(lambda tx: session_settings.change(tx, SESSION, model="test/tiny", send="off"))

    left = await ledger.write(lambda tx: session_settings.change(tx, SESSION, model="", queue_cap=None))

    assert left == SessionSettings(send="off")


async def test_a_setting_that_no_session_has_is_a_mistake_of_the_caller(ledger: Ledger) -> None:
    """A misspelt name must not vanish in the table."""
    with pytest.raises(ValueError, match="modle"):
        await ledger.write(lambda tx: session_settings.change(tx, SESSION, modle="test/tiny"))


async def test_one_setting_of_all_sessions_is_found_at_once(ledger: Ledger) -> None:
    """Judging a batch asks once, however many groups it is from."""
    await ledger.write(lambda tx: session_settings.change(tx, SESSION, activation="always", send="off"))

    assert await ledger.read(lambda tx: session_settings.of_all(tx, "activation")) == {SESSION: "always"}
    assert await ledger.read(lambda tx: session_settings.of_all(tx, "queue")) == {}
