import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.config.accounts import (
    DEFAULT_ATTACHMENT_ROOT,
    default_account,
    filled_channel,
    resolve_accounts,
)
from openclaw.config.reader import read_section
from openclaw.config.review import review
from openclaw.config.sections.root import Config


def config_of(imessage, **sections):
    config, findings = read_section(Config, {"channels": {"imessage": imessage}, **sections})
    assert findings.issues == []
    return config


def accounts_of(imessage, **sections):
    return {account.id: account for account in resolve_accounts(config_of(imessage, **sections))}


def test_a_bare_section_is_one_default_account_with_the_page_s_defaults():
    """Requirements: pairing, allowlist, 4000, length, 16 MB; ours as in the table of own keys."""
    (account,) = accounts_of({}).values()
    assert (account.id, account.name, account.enabled, account.cli_path) == (
        "default",
        "default",
        True,
        "imsg",
    )
    assert (account.dm_policy, account.group_policy, account.allow_from) == ("pairing", "allowlist", ())
    assert (account.text_chunk_limit, account.chunk_mode, account.markdown_tables) == (4000, "length", "code")
    assert (account.media_max_mb, account.inbound_media_max_mb, account.send_timeout_ms) == (16, 100, 120_000)
    assert (account.region, account.service, account.services) == ("US", "auto", "both")
    assert (account.group_allow_from, account.db_path, account.remote_host, account.settle_ms) == (None,) * 4
    assert (account.pairing_notify, account.pairing_text, account.own_handles) == ("challenge", None, ())
    assert account.attachment_roots == account.remote_attachment_roots == (DEFAULT_ATTACHMENT_ROOT,)


def test_without_the_section_the_default_account_stands_still():
    """Missing section: safe values, allowlist whatever the defaults say, and nothing runs (ruling 3)."""
    config, _ = read_section(Config, {"channels": {"defaults": {"groupPolicy": "open"}}})
    (account,) = resolve_accounts(config)
    assert (account.enabled, account.group_policy, account.dm_policy) == (False, "allowlist", "pairing")


CHANNEL = {
    "name": "Phone",
    "cliPath": "/opt/imsg",
    "dbPath": "/db",
    "service": "sms",
    "services": "imessage",
    "region": "DE",
    "ownHandles": ["+4930"],
    "dmPolicy": "open",
    "allowFrom": ["*"],
    "groupPolicy": "open",
    "groupAllowFrom": [],
    "groups": {"7": {"requireMention": False}},
    "requireMentionInDms": True,
    "pairing": {"notify": "silent", "text": "hello"},
    "contextVisibility": "allowlist",
    "historyLimit": 5,
    "dmHistoryLimit": 6,
    "dms": {"+1": {"historyLimit": 7}},
    "includeAttachments": True,
    "attachmentRoots": ["/a"],
    "remoteAttachmentRoots": ["/b"],
    "mediaMaxMb": 8,
    "inboundMediaMaxMb": 9,
    "defaultTo": "chat_id:1",
    "responsePrefix": "x",
    "textChunkLimit": 100,
    "chunkMode": "newline",
    "markdown": {"tables": "off"},
    "blockStreaming": True,
    "configWrites": False,
    "sendTimeoutMs": 11,
    "settleMs": 12,
    "healthMonitor": {"enabled": False},
}


@given(st.sets(st.sampled_from(sorted(CHANNEL))))
def test_what_an_account_does_not_set_is_the_channel_s(kept):
    """Ruling 2: it makes no difference whether a value stands in the account or in the channel above it."""
    above = {key: value for key, value in CHANNEL.items() if key not in kept}
    inside = {key: value for key, value in CHANNEL.items() if key in kept}
    assert accounts_of({**above, "accounts": {"work": inside}}) == accounts_of(
        {"accounts": {"work": CHANNEL}}
    )


def test_an_account_s_own_values_win():
    """Lists and maps are replaced, fixed sub-sections are merged key by key."""
    own = {
        "allowFrom": ["+1"],
        "groups": {},
        "dmPolicy": "allowlist",
        "pairing": {"text": "hi"},
        "responsePrefix": "",
    }
    account = accounts_of({**CHANNEL, "accounts": {"work": own}})["work"]
    assert (account.allow_from, dict(account.groups), account.dm_policy) == (("+1",), {}, "allowlist")
    assert (account.pairing_notify, account.pairing_text) == ("silent", "hi")
    assert account.response_prefix == ""


def test_only_listed_accounts_run():
    """With an accounts map the channel's own fields make no further account (A.9)."""
    assert list(accounts_of({"cliPath": "/opt/imsg", "accounts": {"Work": {}, "home": {}}})) == [
        "home",
        "work",
    ]


def test_switched_off_above_is_switched_off_below():
    """Effective enabled = channel and account (A.7)."""
    accounts = accounts_of({"accounts": {"a": {}, "b": {"enabled": False}}})
    assert [account.enabled for account in accounts.values()] == [True, False]
    assert not accounts_of({"enabled": False, "accounts": {"a": {"enabled": True}}})["a"].enabled


@pytest.mark.parametrize(
    ("account", "channel", "defaults", "expected"),
    [
        ("open", "disabled", "disabled", "open"),
        (None, "disabled", "open", "disabled"),
        (None, None, "open", "open"),
        (None, None, None, "allowlist"),
    ],
)
def test_the_group_policy_comes_from_the_nearest_that_has_one(account, channel, defaults, expected):
    """Ruling 3: account, channel, channels.defaults, allowlist."""
    channels = {
        "imessage": {"accounts": {"a": {"groupPolicy": account} if account else {}}}
        | ({"groupPolicy": channel} if channel else {}),
        "defaults": {"groupPolicy": defaults} if defaults else {},
    }
    config, _ = read_section(Config, {"channels": channels})
    assert resolve_accounts(config)[0].group_policy == expected


def test_other_sections_stand_behind_the_channel():
    """historyLimit and responsePrefix fall back to messages, context visibility to the defaults (A.10, A.11)."""
    sections = {
        "messages": {"responsePrefix": "all", "groupChat": {"historyLimit": 3}},
        "agents": {"defaults": {"blockStreamingDefault": "on"}},
    }
    (account,) = accounts_of({}, **sections).values()
    assert (account.response_prefix, account.history_limit, account.block_streaming) == ("all", 3, True)
    (account,) = accounts_of(
        {"responsePrefix": "", "historyLimit": 0, "blockStreaming": False}, **sections
    ).values()
    assert (account.response_prefix, account.history_limit, account.block_streaming) == ("", 0, False)


def test_numbers_in_lists_become_texts_and_blanks_go():
    """People write phone numbers with and without quotes."""
    (account,) = accounts_of(
        {"allowFrom": [15555550123, " +1 ", ""], "groupAllowFrom": [" "], "ownHandles": [7]}
    ).values()
    assert (account.allow_from, account.group_allow_from, account.own_handles) == (
        ("15555550123", "+1"),
        (),
        ("7",),
    )


def test_an_empty_list_of_roots_admits_no_file():
    """Roots replace the default when set, also by nothing (ruling 7)."""
    (account,) = accounts_of({"attachmentRoots": []}).values()
    assert (account.attachment_roots, account.remote_attachment_roots) == ((), ())


def test_remote_roots_follow_the_local_ones_unless_set():
    """remoteAttachmentRoots falls back to attachmentRoots, then the default (A.7)."""
    (account,) = accounts_of({"attachmentRoots": ["/a"]}).values()
    assert account.remote_attachment_roots == ("/a",)


def test_paths_are_expanded_here_but_never_those_of_another_machine(check, place):
    """`~` in cliPath is ours; in the dbPath of a remote account it is that machine's (ruling 15, design 5)."""
    section = {
        "cliPath": "~/imsg",
        "dbPath": "~/chat.db",
        "accounts": {"far": {"remoteHost": "mac"}, "near": {}},
    }
    far, near = resolve_accounts(check({"channels": {"imessage": section}}).config)
    assert far.cli_path == near.cli_path == f"{place.home}/imsg"
    assert (far.db_path, near.db_path) == ("~/chat.db", f"{place.home}/chat.db")


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ({}, "default"),
        ({"accounts": {"b": {}, "a": {}}}, "a"),
        ({"accounts": {"b": {}, "default": {}}}, "default"),
        ({"accounts": {"b": {}, "a": {}}, "defaultAccount": "B"}, "b"),
        ({"accounts": {"b": {}, "a": {}}, "defaultAccount": "lost"}, "a"),
    ],
)
def test_the_default_account_is_the_named_one_else_default_else_the_first(section, expected):
    """A.9."""
    assert default_account(config_of(section)) == expected


def test_the_filled_channel_is_plain_data():
    """What `config get channels.imessage` adds to the file."""
    filled = filled_channel(config_of({"dmPolicy": "disabled"}))
    assert (filled["dmPolicy"], filled["groupPolicy"], filled["markdown"]) == (
        "disabled",
        "allowlist",
        {"tables": "code"},
    )


# Facts A.9 line by line: the section, and what becomes of it: ids in order, the default one, what is warned about.
LAYOUTS = [
    ({}, ["default"], "default", False),
    ({"cliPath": "/x"}, ["default"], "default", False),
    ({"accounts": {}}, ["default"], "default", False),
    ({"accounts": {"work": {}}}, ["work"], "work", False),
    ({"accounts": {"work": {}, "Home": {}}}, ["home", "work"], "home", True),
    ({"accounts": {"work": {}, "DEFAULT": {}}}, ["default", "work"], "default", False),
    ({"accounts": {"work": {}, "home": {}}, "defaultAccount": "work"}, ["home", "work"], "work", False),
    ({"accounts": {"work": {}, "home": {}}, "defaultAccount": " WORK "}, ["home", "work"], "work", False),
    ({"accounts": {"work": {}, "home": {}}, "defaultAccount": "gone"}, ["home", "work"], "home", True),
    (
        {"accounts": {"work": {}, "default": {}}, "defaultAccount": "gone"},
        ["default", "work"],
        "default",
        True,
    ),
    ({"accounts": {"Büro 1": {}}}, ["b-ro-1"], "b-ro-1", False),
    ({"accounts": {"--": {}}}, ["default"], "default", False),
    ({"accounts": {"__proto__": {}}}, ["default"], "default", False),
    ({"accounts": {"a" * 80: {}}}, ["a" * 64], "a" * 64, False),
]


@pytest.mark.parametrize(("section", "ids", "usual", "warned"), LAYOUTS)
def test_the_accounts_of_a_section_are_those_of_the_facts(section, ids, usual, warned):
    """Which run, in which order, which is meant when none is named, and when that deserves a warning (facts A.9)."""
    config = config_of(section)
    assert [account.id for account in resolve_accounts(config)] == ids
    assert default_account(config) == usual
    assert any(issue.path == "channels.imessage.defaultAccount" for issue in review(config)) is warned


def test_the_original_s_trap_is_none_here():
    """An account that says nothing of its policies has the channel's, not the defaults (ruling 2, facts A.9: TRAP)."""
    section = {
        "dmPolicy": "open",
        "allowFrom": ["*"],
        "groupPolicy": "open",
        "accounts": {"work": {"cliPath": "/x"}},
    }
    work = accounts_of(section)["work"]
    assert (work.dm_policy, work.group_policy, work.allow_from) == ("open", "open", ("*",))


def test_history_settings_are_per_account_too():
    """The original reads them at the channel alone (ruling 2)."""
    account = accounts_of(
        {"dmHistoryLimit": 1, "accounts": {"work": {"dmHistoryLimit": 2, "historyLimit": 0}}}
    )["work"]
    assert (account.dm_history_limit, account.history_limit) == (2, 0)


def test_nobody_being_owner_is_told_for_each_account():
    """The list may stand in the account itself (design 6)."""
    section = {"accounts": {"work": {"allowFrom": ["+1555", "+1666"]}}}
    assert any(issue.path == "commands.ownerAllowFrom" for issue in review(config_of(section)))
    off = {"accounts": {"work": {"allowFrom": ["+1555", "+1666"], "enabled": False}}}
    assert not any(issue.path == "commands.ownerAllowFrom" for issue in review(config_of(off)))
