"""The part of the configuration that commands go by."""

from __future__ import annotations

from tests.rig import configure

from openclaw.domain.commands import Flag
from openclaw.domain.ids import AccountId
from openclaw.turns.commands.rules import command_rules


def test_only_a_restart_is_on_unless_the_configuration_says_so() -> None:
    """Behaviour facts A.14."""
    assert command_rules(configure({})).flags == {Flag.RESTART}
    switched = {"commands": {"config": True, "debug": True, "restart": False}}
    assert command_rules(configure(switched)).flags == {Flag.CONFIG, Flag.DEBUG}


def test_each_account_is_written_where_its_keys_stand() -> None:
    """Under its own key as the file spells it; without accounts, in the channel itself."""
    accounts = {"Work": {"configWrites": False}, "home": {}}
    rules = command_rules(
        configure({"channels": {"imessage": {"accounts": accounts | {"home": {"dbPath": "x"}}}}})
    )
    assert rules.account(AccountId("work")).section == ("channels", "imessage", "accounts", "Work")
    assert not rules.account(AccountId("work")).writes
    assert rules.account(AccountId("home")).writes
    alone = command_rules(configure({"channels": {"imessage": {}}}))
    assert alone.account(AccountId("default")).section == ("channels", "imessage")


def test_an_account_that_is_gone_may_write_nothing() -> None:
    """What is left of it in the ledger has no say any more."""
    assert not command_rules(configure({})).account(AccountId("gone")).writes
