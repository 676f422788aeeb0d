"""Accounts in a document: one more, one off, one less; and the way from one layout to the other."""

from __future__ import annotations

import pytest

from openclaw.config.account_edits import (
    MOVED,
    bindings_of,
    is_moved_by,
    with_account,
    with_account_off,
    without_account,
)
from openclaw.config.accounts import resolve_accounts
from openclaw.config.reader import read_section
from openclaw.config.sections.root import Config
from openclaw.errors import BadRequest, NotFound


def channel(section):
    return {"channels": {"imessage": section}}


def resolved(document):
    config, findings = read_section(Config, document)
    assert findings.issues == []
    return {account.id: account for account in resolve_accounts(config)}


NEW = {"cliPath": "/new"}
# section before, account, section after
ADDED = [
    (None, "default", {"enabled": True, **NEW}),
    (None, "work", {"enabled": True, "accounts": {"work": NEW}}),
    ({}, "default", {"enabled": True, **NEW}),
    ({"cliPath": "/old"}, "default", {"enabled": True, "cliPath": "/new"}),
    ({"enabled": True, "dbPath": "/db", "region": "DE"}, "work",
     {"enabled": True, "region": "DE", "accounts": {"default": {"dbPath": "/db"}, "work": NEW}}),
    ({"historyLimit": 3}, "work", {"historyLimit": 3, "accounts": {"default": {}, "work": NEW}}),
    ({"enabled": False, "dbPath": "/db"}, "work",
     {"accounts": {"default": {"dbPath": "/db", "enabled": False}, "work": NEW}}),
    ({"accounts": {"home": {"dbPath": "/h"}}}, "work", {"accounts": {"home": {"dbPath": "/h"}, "work": NEW}}),
    ({"accounts": {"Work": {"dbPath": "/w", "enabled": False}}}, "work",
     {"accounts": {"Work": {"dbPath": "/w", "enabled": True, **NEW}}}),
]  # fmt: skip


@pytest.mark.parametrize(("before", "account", "after"), ADDED)
def test_an_account_is_added_or_changed(before, account, after):
    """In the layout that is there; a second one beside the section itself makes a list of both (facts A.9)."""
    document = {"$schema": "x"} | ({} if before is None else channel(before))
    assert with_account(document, account, NEW) == {"$schema": "x"} | channel(after)


WHOLE = {
    "name": "Phone", "cliPath": "/opt/imsg", "dbPath": "/db", "remoteHost": "u@h", "service": "sms",
    "services": "imessage", "region": "DE", "ownHandles": ["+4930"], "dmPolicy": "open", "allowFrom": ["*"],
    "groupPolicy": "open", "groupAllowFrom": ["+1"], "groups": {"7": {"requireMention": False}},
    "requireMentionInDms": True, "pairing": {"notify": "silent"}, "contextVisibility": "allowlist",
    "historyLimit": 5, "dms": {"+1": {"historyLimit": 7}}, "attachmentRoots": ["/a"],
    "remoteAttachmentRoots": ["/b"], "defaultTo": "chat_id:1", "configWrites": False, "chunkMode": "newline",
}  # fmt: skip


def test_the_account_that_was_there_stays_exactly_as_it_was():
    """Moving its values changes nothing about it, whatever stands there."""
    before, after = channel(WHOLE), with_account(channel(WHOLE), "work", NEW)
    assert resolved(after)["default"] == resolved(before)["default"]


def test_the_new_account_does_not_inherit_the_other_one_s_phone_or_door():
    """An open door for one account is none for the next; what is stricter than usual holds for both."""
    work = resolved(with_account(channel(WHOLE), "work", NEW))["work"]
    assert (work.dm_policy, work.group_policy, work.allow_from, work.group_allow_from) == (
        "pairing",
        "allowlist",
        (),
        None,
    )
    assert (work.db_path, work.remote_host, work.own_handles, work.default_to) == (None, None, (), None)
    assert (work.services, work.pairing_notify, work.require_mention_in_dms) == ("imessage", "silent", True)
    assert (work.context_visibility, work.config_writes) == ("allowlist", False)
    assert set(MOVED) <= set(WHOLE)


def test_that_values_will_move_is_known_before():
    """So that it can be shown."""
    assert is_moved_by(channel({"dbPath": "/x"}), "work")
    assert not is_moved_by(channel({"dbPath": "/x"}), "default")
    assert not is_moved_by(channel({"accounts": {"a": {}}}), "work")
    assert not is_moved_by({}, "work")


def test_an_account_is_switched_off_where_it_stands():
    """In its own object, or in the section that it is."""
    assert with_account_off(channel({"accounts": {"Work": {}}}), "work") == channel(
        {"accounts": {"Work": {"enabled": False}}}
    )
    assert with_account_off(channel({"dbPath": "/x"}), "default") == channel(
        {"dbPath": "/x", "enabled": False}
    )


@pytest.mark.parametrize("section", [None, {"dbPath": "/x"}, {"accounts": {"home": {}}}])
@pytest.mark.parametrize("edit", [with_account_off, without_account])
def test_an_account_that_is_not_there_is_told_with_those_that_are(section, edit):
    """A slip of the keyboard must change nothing."""
    with pytest.raises(NotFound, match="there is no account work; configured: "):
        edit(channel(section) if section is not None else {}, "work")


def test_an_account_is_taken_out():
    """With what pointed to it as the default."""
    before = {"accounts": {"Home": {}, "work": {"dbPath": "/w"}}, "defaultAccount": "WORK"}
    assert without_account(channel(before), "work") == channel({"accounts": {"Home": {}}})


@pytest.mark.parametrize("section", [{"dbPath": "/x"}, {"accounts": {"default": {}}}])
def test_the_last_account_is_not_taken_out(section):
    """The section that is left would be an account of its own, with imsg's own database."""
    with pytest.raises(BadRequest, match="is the only account"):
        without_account(channel(section), "default")


def test_bindings_of_an_account_are_counted():
    """They match nothing once it is gone."""
    bindings = [{"match": {"accountId": "Work"}}, {"match": {"accountId": "*"}}, {"match": {}}]
    assert bindings_of({"bindings": bindings}, "work") == 1
    assert bindings_of({}, "work") == 0
