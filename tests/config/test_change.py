"""Changing the file: all or nothing, judged whole, in the right file, and never by accident."""

from __future__ import annotations

import os

import pyjson5
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openclaw.config.change import Change, change_file
from openclaw.config.edit import with_value, without
from openclaw.config.history import past_changes
from openclaw.config.load import load_config
from openclaw.config.locations import Locations
from openclaw.config.proof import same
from openclaw.errors import ConfigError, ConfigInvalid, ConfigRefused, ConfigUnreadable

from . import written
from .written import WILD, neat, paths_of

POLICY = ("channels", "imessage", "dmPolicy")
ALLOW = ("channels", "imessage", "allowFrom")
FILE = """{
  // mine
  channels: { imessage: { dmPolicy: "pairing" } }, // keep
}
"""


@pytest.fixture
def change(place):
    """Make changes to a file in a place of its own; ``environ`` has one variable."""

    def make(*changes, **options):
        rows = [one if isinstance(one, Change) else Change(*one) for one in changes]
        return change_file(place, {"TOKEN": "t"}, rows, by="cli", **options)

    return make


def test_a_change_is_written_and_told(place, change):
    """The file, its text before and after, and what it newly warns of."""
    place.config_path.write_text(FILE)
    result = change((("channels", "imessage", "groupPolicy"), "open"))
    after = FILE.replace('dmPolicy: "pairing"', 'dmPolicy: "pairing", groupPolicy: "open"')
    assert (result.path, result.changed, result.before, result.after) == (
        place.config_path,
        True,
        FILE,
        after,
    )
    assert place.config_path.read_text() == after
    assert [issue.path for issue in result.warnings] == [
        "channels.imessage.groupPolicy",
        "messages.groupChat.mentionPatterns",
    ]
    assert [(one.by, one.what, one.before) for one in past_changes(place)] == [
        ("cli", ("set channels.imessage.groupPolicy",), FILE)
    ]


def test_a_missing_file_is_made(place, change):
    """Private, in the style of the files that `openclaw init` writes."""
    result = change((POLICY, "pairing"))
    assert result.before == ""
    assert (
        place.config_path.read_text()
        == '{\n  channels: {\n    imessage: {\n      dmPolicy: "pairing",\n    },\n  },\n}\n'
    )
    assert place.config_path.stat().st_mode & 0o777 == 0o600


def test_what_stands_there_already_is_not_written_again(place, change):
    """No write, no history, and the file is the same one."""
    place.config_path.write_text(FILE)
    inode = place.config_path.stat().st_ino
    assert not change((POLICY, "pairing")).changed
    assert not change(Change.removal(("store", "retentionDays"))).changed
    assert place.config_path.stat().st_ino == inode
    assert past_changes(place) == ()


def test_several_changes_are_one(place, change):
    """One after the other, then one write; either alone would break a rule."""
    place.config_path.write_text(FILE)
    with pytest.raises(ConfigInvalid):
        change((POLICY, "allowlist"))
    change((POLICY, "allowlist"), ((*ALLOW, 0), "+15550100001"), ((*ALLOW, 1), "+15550100002"))
    assert load_config(place, {}).document["channels"]["imessage"]["allowFrom"] == [
        "+15550100001",
        "+15550100002",
    ]
    assert len(past_changes(place)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        [(POLICY, "wrong"), (("gateway", "prt"), 1)],
        [(("agents", "list", 0, "id"), "a"), (("agents", "list", 7, "id"), "b")],
        [(("agents", "list", 0, "id"), "a"), (("models", "providers", "x", "apiKey"), "${NOPE}")],
        [(("agents", "list", 0, "id"), "a"), (("channels",), {})],
    ],
)
def test_all_or_nothing(place, change, changes):
    """One that is wrong, and none is made: not in the file, not in the history."""
    place.config_path.write_text(FILE)
    with pytest.raises(ConfigError):
        change(*changes)
    assert place.config_path.read_text() == FILE
    assert past_changes(place) == ()
    assert sorted(os.listdir(place.state_dir)) == ["openclaw.json"]


def test_every_broken_rule_of_the_result_is_named(place, change):
    """At once, and as something that did not happen."""
    with pytest.raises(ConfigInvalid, match="with this change, which was not made") as raised:
        change((POLICY, "wrong"), (("gateway", "prt"), 1))
    assert [issue.path for issue in raised.value.issues] == ["channels.imessage.dmPolicy", "gateway.prt"]


def test_accounts_that_would_answer_twice_are_refused(place, change):
    """What no gateway may start with is not written either."""
    accounts = {"a": {"cliPath": "/x"}, "b": {"cliPath": "/x"}}
    with pytest.raises(ConfigInvalid, match="same Messages database"):
        change((("channels", "imessage", "accounts"), accounts))


def test_a_broken_file_can_be_mended(place, change):
    """It is the result that is judged."""
    place.config_path.write_text('{channels: {imessage: {dmPolicy: "wrong"}}}')
    change((POLICY, "pairing"))
    assert load_config(place, {}).config.channels.imessage is not None


def test_a_trial_writes_nothing(place, change):
    """Everything but the writing: texts, warnings and refusals."""
    place.config_path.write_text(FILE)
    result = change((POLICY, "disabled"), dry_run=True)
    assert (result.changed, result.after) == (True, FILE.replace("pairing", "disabled"))
    assert place.config_path.read_text() == FILE
    assert past_changes(place) == ()
    with pytest.raises(ConfigInvalid):
        change((POLICY, "wrong"), dry_run=True)


def test_variables_stay_as_they_are_written(place, change):
    """Edits work on the text; a value with a variable may be set when the variable is there."""
    text = '{ gateway: { auth: { token: "${TOKEN}" } } }'
    place.config_path.write_text(text)
    change((("gateway", "port"), 4000))
    assert place.config_path.read_text() == '{ gateway: { auth: { token: "${TOKEN}" }, port: 4000 } }'
    change(
        (("models", "providers", "x"), {"baseUrl": "http://127.0.0.1/", "apiKey": "${TOKEN}", "models": []})
    )
    assert "${TOKEN}" in place.config_path.read_text().split("providers")[1]


def test_an_object_is_merged_or_replaced(place, change):
    """A whole channel only when that is said; merging takes nothing away."""
    place.config_path.write_text(FILE)
    whole = ("channels", "imessage")
    with pytest.raises(ConfigRefused, match="say --replace"):
        change((whole, {"name": "home"}))
    change(Change(whole, {"name": "home"}, merge=True))
    assert pyjson5.decode(place.config_path.read_text())["channels"]["imessage"] == {
        "dmPolicy": "pairing",
        "name": "home",
    }
    with pytest.raises(ConfigRefused):
        change(Change.removal(whole))
    change((whole, {"name": "home"}), replace=True)
    assert pyjson5.decode(place.config_path.read_text())["channels"]["imessage"] == {"name": "home"}
    change(Change.removal(whole), replace=True)
    assert pyjson5.decode(place.config_path.read_text()) == {"channels": {}}


def test_most_of_a_file_does_not_go_by_accident(place, change):
    """Facts A.4: a write that halves the file is refused."""
    entries = ", ".join(f'{{ id: "agent-{number}" }}' for number in range(60))
    place.config_path.write_text(f"{{ agents: {{ list: [{entries}] }} }}")
    with pytest.raises(ConfigRefused, match="more than half"):
        change((("agents", "list"), [{"id": "agent-0"}]))
    change((("agents", "list"), [{"id": "agent-0"}]), replace=True)


def test_a_change_below_an_included_section_goes_into_its_file(place, change):
    """Facts A.2; the configuration itself keeps every byte."""
    root = '{ agents: { $include: "./parts/agents.json5" } }'
    place.config_path.write_text(root)
    part = place.state_dir / "parts" / "agents.json5"
    part.parent.mkdir()
    part.write_text("// the agents\n{\n  list: [],\n}\n")
    result = change((("agents", "list", 0, "id"), "home"))
    assert result.path == part
    assert "// the agents" in part.read_text()
    assert place.config_path.read_text() == root
    assert load_config(place, {}).document["agents"]["list"][0]["id"] == "home"
    with pytest.raises(ConfigRefused, match="two files"):
        change((("agents", "list", 0, "id"), "a"), (("gateway", "port"), 4000))
    with pytest.raises(ConfigInvalid, match="which was not made"):
        change((("agents", "lst"), []))
    change(Change.removal(("agents",)))
    assert place.config_path.read_text() == "{}"


def test_an_included_file_that_is_not_there_is_named(place, change):
    """It is not made: the name may be a mistake."""
    place.config_path.write_text('{ agents: { $include: "gone.json5" } }')
    with pytest.raises(ConfigUnreadable, match=r"gone\.json5 is not there; it is included as agents"):
        change((("agents", "list"), []))


@pytest.mark.parametrize("included", ["link", "twin"])
def test_links_are_refused_in_the_place_of_either_file(place, change, included):
    """The file itself, and one that it includes."""
    real = place.state_dir / "real.json5"
    real.write_text("{}")
    file = place.state_dir / "agents.json5"
    file.symlink_to(real) if included == "link" else os.link(real, file)
    place.config_path.write_text('{ agents: { $include: "agents.json5" } }')
    with pytest.raises(ConfigError, match="link"):
        change((("agents", "list"), []))
    assert real.read_text() == "{}"


@pytest.mark.parametrize(
    "text", ["{a: ", "[]", '{ gateway: { port: 1, "port": 2 } }', '{ $include: "x.json5" }']
)
def test_a_file_that_cannot_be_changed_safely_is_left_alone(place, change, text):
    """Not JSON5, no object, a key twice, merged from others."""
    place.config_path.write_text(text)
    with pytest.raises(ConfigError):
        change((("gateway", "port"), 4000))
    assert place.config_path.read_text() == text


VALUES = st.sampled_from(
    ["pairing", "open", "disabled", "wrong", 1, None, ["+15550100001"], ["*"], {}, {"*": {}}, True]
)
PATHS = st.sampled_from(
    [
        POLICY,
        ALLOW,
        (*ALLOW, 0),
        ("channels", "imessage", "groups"),
        ("channels",),
        ("agents", "list", 0, "id"),
        ("x",),
    ]
)
CHANGES = st.lists(st.builds(Change, PATHS, VALUES, st.booleans(), st.booleans()), min_size=1, max_size=3)


@settings(max_examples=60)
@given(CHANGES)
def test_a_file_is_changed_into_one_that_can_be_used_or_not_at_all(tmp_path_factory, changes):
    """Whatever is asked for."""
    state = tmp_path_factory.mktemp("state")
    place = Locations(home=state, state_dir=state, config_path=state / "openclaw.json")
    place.config_path.write_text(FILE)
    try:
        result = change_file(place, {}, changes, by="cli")
    except ConfigError:
        assert place.config_path.read_text() == FILE
        assert past_changes(place) == ()
    else:
        assert place.config_path.read_text() == result.after
        assert "// mine" in result.after
        assert "// keep" in result.after or any(one.remove for one in changes)
        load_config(place, {})


@settings(max_examples=60)
@given(st.data(), WILD | neat(), st.sampled_from(["inside", "included", "linked", "linked include"]))
def test_in_any_file_one_path_changes_or_not_a_byte(tmp_path_factory, data, text, way):
    """With comments, any line ends, a mark of byte order, as one file or two; links are refused (issue 5)."""
    state = tmp_path_factory.mktemp("state")
    place = Locations(home=state, state_dir=state / "state", config_path=state / "openclaw.json")
    # A section of the original that is not ours: whatever is in it is accepted.
    alone, held = way in ("inside", "linked"), text.removeprefix("\ufeff")
    mark = text[: len(text) - len(held)]
    root = (
        f"{mark}{{\r\n// before\r\ncron: {held}}}"
        if alone
        else '{ cron: { $include: "part.json5" } } // root'
    )
    files = {state / "openclaw.json": root} | ({} if alone else {state / "part.json5": text})
    changed = list(files)[-1]
    for path, content in files.items():
        real = state / "elsewhere" if path == changed and way.startswith("linked") else path
        real.write_bytes(content.encode())
        if real != path:
            path.symlink_to(real)
    old = pyjson5.decode(held)
    paths = [*paths_of(old), ("new",), *((key, "new") for key in old)]
    path, value = data.draw(st.sampled_from(paths)), data.draw(written.VALUES)
    removes = data.draw(st.booleans())
    change = Change(("cron", *path), None if removes else value, remove=removes)
    try:
        change_file(place, {"TOKEN": "t", "NAME": "n"}, [change], by="cli", replace=True)
    except ConfigError:
        assert {file: file.read_bytes().decode() for file in files} == files
        return
    after = {file: file.read_bytes().decode() for file in files}
    assert {file: after[file] for file in files if file != changed} == {
        file: files[file] for file in files if file != changed
    }
    if after != files:
        assert not way.startswith("linked")
        wanted = without(text, path) if removes else with_value(text, path, value)
        if not alone:
            assert after[changed] == wanted
        new = pyjson5.decode(after[changed].removeprefix("\ufeff"))
        assert same(new["cron"] if alone else new, pyjson5.decode(wanted.removeprefix("\ufeff")))
        assert after[changed].startswith(mark)
