"""Two accounts of one database, found out by what they tell."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.making import inbound

from openclaw.domain.ids import AccountId, MessageGuid
from openclaw.imessage.twins import Twins, may_be_one, shared

HOME, WORK = AccountId("home"), AccountId("work")


def test_the_account_that_told_a_row_first_keeps_it():
    """The other one is told whose it is; rows that come again are the first one's all the same."""
    twins = Twins()
    assert twins.claim(HOME, [inbound(1, "a"), inbound(2, "b")], {WORK}) is None
    assert twins.claim(WORK, [inbound(3, "c"), inbound(2, "b")], {HOME}) == HOME
    assert twins.claim(HOME, [inbound(2, "b"), inbound(3, "c")], {WORK}) is None


def test_one_group_message_in_two_databases_is_no_sign_of_one():
    """Its guid is the same on every device; its number, or the handle it was sent to, is not."""
    twins, told = Twins(), inbound(5, "hello all")
    assert twins.claim(HOME, [replace(told, destination="+1555")], {WORK}) is None
    assert twins.claim(WORK, [replace(told, row_id=inbound(6, "").row_id)], {HOME}) is None
    assert twins.claim(WORK, [replace(told, destination="+1666")], {HOME}) is None
    assert twins.claim(WORK, [replace(told, destination="+1555")], {HOME}) == HOME


def test_rows_without_a_guid_prove_nothing():
    """Two databases have a row 1."""
    twins, row = Twins(), replace(inbound(1, "a"), guid=MessageGuid(""))
    assert twins.claim(HOME, [row], {WORK}) is None
    assert twins.claim(WORK, [row], {HOME}) is None


def test_an_account_that_runs_no_more_holds_nothing():
    """Its phone may be another account's now."""
    twins = Twins()
    assert twins.claim(HOME, [inbound(1, "a")], {WORK}) is None
    assert twins.claim(WORK, [inbound(1, "a")], set()) is None


def test_only_the_newest_rows_are_kept_in_mind():
    """A day's traffic must not fill the memory."""
    twins = Twins()
    for row in range(5000):
        twins.claim(HOME, [inbound(row + 1, "x")], {WORK})
    assert twins.claim(WORK, [inbound(1, "x")], {HOME}) is None
    assert twins.claim(WORK, [inbound(5000, "x")], {HOME}) == HOME


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("", "", True), ("a", "", True), ("", "a", True), ("a", "a", True), ("a", "b", False)],
)
def test_handles_speak_against_it_only_when_both_are_told(one: str, other: str, same: bool):
    """imsg tells them from 0.5 on."""
    assert may_be_one(one, other) is same


def test_the_error_names_the_other_account_and_what_helps():
    """The operator reads it as the account's cause (promise 4)."""
    error = shared(HOME)
    assert "reads the same Messages database as home" in str(error)
    assert "cliPath" in error.fix
