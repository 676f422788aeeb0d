import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.config.accounts import resolve_accounts
from openclaw.config.reader import read_section
from openclaw.config.sections.imessage import IMessage
from openclaw.config.sections.root import Config


def problems(section):
    _, findings = read_section(IMessage, section)
    assert findings.unknown == []
    return {issue.path: issue.message for issue in findings.issues}


@pytest.mark.parametrize(
    ("key", "choices"),
    [
        ("dmPolicy", "pairing allowlist open disabled"),
        ("groupPolicy", "open disabled allowlist"),
        ("contextVisibility", "all allowlist allowlist_quote"),
        ("service", "imessage sms auto"),
        ("services", "both imessage sms"),
        ("chunkMode", "length newline"),
    ],
)
def test_choices_take_their_words_and_no_others(key, choices):
    """The enumerations of A.7 and of our own keys, in the channel and in an account."""
    for choice in choices.split():
        assert key not in problems({key: choice, "allowFrom": ["*"]})
    _, findings = read_section(IMessage, {key: "nonsense", "accounts": {"w": {key: 1}}})
    assert {issue.path: issue.allowed for issue in findings.issues} == {
        key: tuple(choices.split()),
        f"accounts.w.{key}": tuple(choices.split()),
    }


@pytest.mark.parametrize("tables", ["off", "bullets", "code", "block"])
def test_table_styles(tables):
    """markdown.tables (A.7)."""
    assert problems({"markdown": {"tables": tables}}) == {}
    assert list(problems({"markdown": {"tables": "html"}})) == ["markdown.tables"]


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("historyLimit", -1),
        ("dmHistoryLimit", 1.5),
        ("mediaMaxMb", 0),
        ("textChunkLimit", 0),
        ("textChunkLimit", "4000"),
        ("sendTimeoutMs", 0),
        ("settleMs", -1),
        ("cliPath", "imsg; true"),
        ("remoteHost", "user@host -p 22"),
        ("attachmentRoots", ["Library"]),
        ("remoteAttachmentRoots", ["/Users/*x"]),
        ("allowFrom", [True]),
        ("groups", {"1": {"requireMention": "no"}}),
        ("groups", {"1": {"systemPrompt": 1}}),
        ("pairing", {"notify": "loud"}),
        ("healthMonitor", {"enabled": 0}),
    ],
)
def test_values_outside_their_rule_are_refused_also_in_an_account(key, raw):
    """Every rule of A.7 and A.8, the ones the original's package forgets included."""
    assert len(problems({key: raw})) == 1
    assert len(problems({"accounts": {"w": {key: raw}}})) == 1


def test_zero_is_a_history_limit():
    """0 disables history at channel level (A.7)."""
    assert problems({"historyLimit": 0, "settleMs": 0, "dms": {"+1": {"historyLimit": 0}}}) == {}


@pytest.mark.parametrize(
    "section",
    [
        {"dmPolicy": "open"},
        {"dmPolicy": "open", "allowFrom": ["+1"]},
        {"dmPolicy": "allowlist"},
        {"dmPolicy": "allowlist", "allowFrom": [" "]},
        {"dmPolicy": "open", "accounts": {"w": {}}},
    ],
)
def test_a_policy_needs_the_list_that_bears_it_out(section):
    """open needs "*", allowlist needs someone (requirements, A.7)."""
    assert list(problems(section)) == ["allowFrom"]


@pytest.mark.parametrize(
    "section",
    [
        {"dmPolicy": "open", "allowFrom": ["+1", "*"]},
        {"dmPolicy": "allowlist", "allowFrom": [15555550123]},
        {"allowFrom": ["*"], "accounts": {"w": {"dmPolicy": "open"}}},
        {"dmPolicy": "allowlist", "accounts": {"w": {"allowFrom": ["+1"]}}},
        {"dmPolicy": "open", "accounts": {"w": {"dmPolicy": "disabled"}}},
    ],
)
def test_an_account_may_lean_on_the_channel_and_the_channel_on_its_accounts(section):
    """What counts is what an account ends up with (A.7, ruling 2)."""
    assert problems(section) == {}


def test_the_account_that_breaks_the_rule_is_named():
    """The fix belongs to the account, not to the channel."""
    section = {
        "allowFrom": ["+1"],
        "accounts": {"a": {}, "b": {"dmPolicy": "open"}, "c.d": {"allowFrom": [], "dmPolicy": "allowlist"}},
    }
    assert list(problems(section)) == ["accounts.b.allowFrom", 'accounts["c.d"].allowFrom']


def test_two_spellings_of_one_account_are_refused():
    """Ids are compared folded; one of the two would silently be lost (A.9)."""
    assert list(problems({"accounts": {"Work": {}, "work": {}}})) == ["accounts.work"]


def test_a_tool_policy_does_not_contradict_itself():
    """allow and alsoAllow in one object are an error (A.7)."""
    policy = {"allow": ["a"], "alsoAllow": ["b"]}
    found = problems({"groups": {"1": {"tools": policy, "toolsBySender": {"*": policy}}}})
    assert list(found) == ["groups.1.tools.alsoAllow", "groups.1.toolsBySender.*.alsoAllow"]
    assert problems({"groups": {"1": {"tools": {"allow": ["a"], "alsoAllow": []}}}}) == {}


def test_accounts_have_no_accounts():
    """accounts and defaultAccount stand at the channel only (A.7)."""
    _, findings = read_section(IMessage, {"accounts": {"w": {"accounts": {}, "defaultAccount": "x"}}})
    assert [key.path[-1] for key in findings.unknown] == ["accounts", "defaultAccount"]


policies = st.sampled_from(["pairing", "allowlist", "open", "disabled"])
lists = st.sampled_from([[], ["*"], ["+1"], [" "]])
part = st.fixed_dictionaries({}, optional={"dmPolicy": policies, "allowFrom": lists})


@given(part, st.dictionaries(st.sampled_from(["a", "b"]), part))
def test_no_valid_section_has_an_account_whose_policy_is_not_borne_out(channel, accounts):
    """Whatever is inherited from where: open means "*" is listed, allowlist means someone is (promise 5)."""
    config, findings = read_section(Config, {"channels": {"imessage": {**channel, "accounts": accounts}}})
    borne_out = all(
        {"open": "*" in account.allow_from, "allowlist": bool(account.allow_from)}.get(
            account.dm_policy, True
        )
        for account in resolve_accounts(config)
    )
    assert borne_out is (findings.issues == [])
