import pytest

from openclaw.config.review import review
from openclaw.errors import ConfigInvalid

ANN, BOB = "+15550100001", "+15550100002"
CLAW = [{"id": "main", "identity": {"name": "Claw"}}]
MODEL = {"defaults": {"model": "openai/gpt-4.1"}, "list": CLAW}
QUIET = {"dmPolicy": "allowlist", "allowFrom": [ANN]}


@pytest.fixture
def warned(check):
    """Judge a phone section and return the review's warnings by path."""

    def paths(imessage=None, **sections):
        channels = {} if imessage is None else {"imessage": imessage}
        found = review(check({"agents": MODEL, "channels": channels, **sections}).config)
        assert all(issue.message and issue.fix for issue in found)
        return {issue.path: issue.message for issue in found}

    return paths


def test_one_person_and_one_model_leave_nothing_to_say(warned):
    """A quiet configuration stays quiet."""
    assert warned(QUIET) == {}


def test_a_missing_phone_section_is_said(warned):
    """Requirements: the runtime falls back to allowlist and logs a warning."""
    assert "allowlist" in warned()["channels.imessage"]


def test_an_agent_without_a_model_is_said(check):
    """Silence toward the operator is a bug (ruling 18)."""
    found = review(check({"agents": {"list": CLAW}, "channels": {"imessage": QUIET}}).config)
    assert [issue.path for issue in found] == ["agents"]
    assert "main" in found[0].message


@pytest.mark.parametrize("section", [{"groupAllowFrom": []}, {"allowFrom": [], "dmPolicy": "pairing"}])
def test_a_group_allowlist_that_admits_nobody_is_said(warned, section):
    """Ruling 3: an explicit empty list, or none at all, blocks every group message."""
    assert "admits nobody" in warned({**QUIET, **section})["channels.imessage.groupAllowFrom"]


@pytest.mark.parametrize(
    "section", [{"groupPolicy": "disabled"}, {"groupAllowFrom": [ANN]}, {"groupPolicy": "open"}]
)
def test_groups_that_are_off_or_admit_someone_are_not(warned, section):
    """The warning is about an allowlist that admits nobody, nothing else."""
    found = warned({"dmPolicy": "disabled", **section})
    assert "channels.imessage.groupAllowFrom" not in found


def test_open_doors_are_said_for_each_account(warned):
    """Open policies are last resorts (L.1)."""
    open_door = {"dmPolicy": "open", "allowFrom": ["*"], "groupPolicy": "open", "dbPath": "/b.db"}
    found = warned(
        {**QUIET, "groupPolicy": "disabled", "defaultAccount": "a", "accounts": {"a": {}, "b": open_door}}
    )
    assert "channels.imessage.accounts.b.dmPolicy" in found
    assert "channels.imessage.accounts.b.groupPolicy" in found
    assert not any(".a." in path for path in found)


@pytest.mark.parametrize(
    ("section", "scope", "shared"),
    [
        ({"dmPolicy": "pairing"}, "main", True),
        ({"dmPolicy": "allowlist", "allowFrom": [ANN, BOB]}, "main", True),
        ({"dmPolicy": "allowlist", "allowFrom": [ANN, BOB]}, "per-channel-peer", False),
        (QUIET, "main", False),
        ({"dmPolicy": "disabled"}, "main", False),
    ],
)
def test_one_memory_for_several_people_is_said(warned, section, scope, shared):
    """dmScope main leaks context between senders (design 7, L.1)."""
    found = warned({"groupPolicy": "disabled", **section}, session={"dmScope": scope})
    assert ("session.dmScope" in found) is shared


def test_one_person_per_account_are_still_several_people(warned):
    """The accounts of one agent share its main session."""
    accounts = {"a": {"dbPath": "/a", "allowFrom": [ANN]}, "b": {"dbPath": "/b", "allowFrom": [BOB]}}
    assert "session.dmScope" in warned({"dmPolicy": "allowlist", "accounts": accounts, "defaultAccount": "a"})


def test_two_accounts_on_one_phone_database_are_refused(check):
    """Two identities for one source would answer twice (oc#65141, demand D4)."""
    accounts = {"a": {}, "b": {}, "c": {"dbPath": "/other.db"}}
    with pytest.raises(ConfigInvalid) as refused:
        check({"channels": {"imessage": {**QUIET, "defaultAccount": "a", "accounts": accounts}}})
    assert [issue.path for issue in refused.value.issues] == ["channels.imessage.accounts.b"]


def test_an_account_that_is_off_shares_nothing(warned):
    """Only running accounts count."""
    assert warned({**QUIET, "defaultAccount": "a", "accounts": {"a": {}, "b": {"enabled": False}}}) == {}


@pytest.mark.parametrize(
    ("named", "said"),
    [(["*"], True), (["chat_id:7", "telegram:1"], True), ([ANN, "*"], False), ([15550100001], False)],
)
def test_a_list_of_owners_without_a_person_is_said(warned, named, said):
    """Only a handle makes an owner; whoever wrote a star there waits in vain for /config."""
    found = warned(QUIET, commands={"ownerAllowFrom": named})
    assert ("commands.ownerAllowFrom" in found) is said


def test_several_people_and_no_named_owner_means_no_owner(warned):
    """Design 6: two or more handles and no ownerAllowFrom means no owner, with a warning."""
    several = {"allowFrom": [ANN, BOB], "groupPolicy": "disabled"}
    session = {"dmScope": "per-channel-peer"}
    assert list(warned(several, session=session)) == ["commands.ownerAllowFrom"]
    assert warned(several, session=session, commands={"ownerAllowFrom": [ANN]}) == {}


@pytest.mark.parametrize(
    ("extra", "said"),
    [({}, "is not set"), ({"defaultAccount": "lost"}, "names no listed"), ({"defaultAccount": "b"}, "")],
)
def test_an_unclear_default_account_is_said(warned, extra, said):
    """A.9: several accounts without an explicit default."""
    accounts = {"a": {"dbPath": "/a"}, "b": {"dbPath": "/b"}}
    assert said in warned({**QUIET, "accounts": accounts, **extra}).get(
        "channels.imessage.defaultAccount", ""
    )


def test_a_binding_to_an_unknown_agent_is_said(warned):
    """It falls back to the default agent (A.13)."""
    bindings = [
        {"agentId": "main", "match": {"channel": "imessage"}},
        {"agentId": "x", "match": {"channel": "imessage", "peer": {"kind": "direct", "id": "*"}}},
    ]
    assert list(warned(QUIET, bindings=bindings)) == ["bindings[1].agentId"]


def test_a_model_without_its_provider_is_said(check):
    """provider/model, or an alias."""
    found = review(
        check(
            {"agents": {"defaults": {"model": "gpt"}, "list": CLAW}, "channels": {"imessage": QUIET}}
        ).config
    )
    assert [(issue.path, issue.value) for issue in found] == [("agents", "gpt")]


def test_a_key_that_is_kept_where_we_do_not_read_is_said(warned):
    """Only env references are resolved."""
    key = {"source": "exec", "provider": "vault", "id": "op://x"}
    assert list(warned(QUIET, models={"providers": {"x": {"apiKey": key}}})) == ["models.providers.x.apiKey"]


def test_a_wider_bind_is_said_to_stay_at_home(warned):
    """The gateway listens on loopback only, for now."""
    assert list(warned(QUIET, gateway={"bind": "lan", "auth": {"mode": "token"}})) == ["gateway.bind"]


@pytest.mark.parametrize("owner", ["chat_id:7", "*", "everybody!", "imessage:"])
def test_an_owner_of_notices_who_is_no_person_is_said(warned, owner):
    """A notice goes to one handle, never to a chat or a list (design section 6); silence would be a bug (ruling 18)."""
    assert "nobody is sent a notice" in warned(QUIET, notify={"owner": owner})["notify.owner"]


def test_a_person_who_is_sent_notices_leaves_nothing_to_say(warned):
    """In any spelling of a handle."""
    assert warned(QUIET, notify={"owner": "imessage:+1 (555) 010-0009"}) == {}


@pytest.mark.parametrize(("reaction", "said"), [("👀", True), ("👍", False), ("love", False), ("", False)])
def test_an_acknowledgement_that_is_no_tapback_is_said(warned, reaction, said):
    """Configurations of the original name any emoji here; iMessage has six."""
    assert ("messages.ackReaction" in warned(QUIET, messages={"ackReaction": reaction})) is said


def test_a_gateway_on_another_computer_is_said(warned):
    """None starts here, which `validate`, `status` and the doctor say before it is tried (facts A.15)."""
    assert "none starts here" in warned(QUIET, gateway={"mode": "remote"})["gateway.mode"]


@pytest.mark.parametrize("pattern", ["(", "(?<=key: )x", r"(a)\1", "", "x*", "a|", "//", " "])
def test_a_pattern_that_masks_nothing_or_everything_is_refused_by_its_name(check, pattern):
    """A user's pattern runs in linear time, and a bad one is named (issue); before, it was left out without a word."""
    with pytest.raises(ConfigInvalid) as refused:
        check({"logging": {"redactPatterns": ["order-[0-9]+", "/token=\\S+/gi", pattern]}})

    [issue] = refused.value.issues
    assert (issue.path, issue.value) == ("logging.redactPatterns[2]", pattern)
    assert issue.fix
