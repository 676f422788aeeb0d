"""`openclaw config set|unset|undo|history` as somebody types them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from .conftest import Installation

FILE = """{
  // mine
  channels: { imessage: { dmPolicy: "pairing", allowFrom: ["+15550100001"] } }, // keep
  gateway: { auth: { token: "s3cret-token" } },
}
"""
BOUND_S = 60.0


def text(installation: Installation) -> str:
    return (installation.state_dir / "openclaw.json").read_text()


@pytest.fixture
def configured(installation: Installation) -> Installation:
    installation.configure(FILE)
    return installation


def test_a_key_is_set_and_the_file_says_the_rest_as_before(configured: Installation):
    """Comments and formatting survive; the answer says what was done, and that a gateway takes it up."""
    ran = configured.run("config", "set", "channels.imessage.textChunkLimit", "4000")
    assert ran.code == 0
    assert "set channels.imessage.textChunkLimit" in ran.out
    assert "takes it up by itself" in ran.out
    assert text(configured) == FILE.replace('1"] }', '1"], textChunkLimit: 4000 }')
    again = configured.run("config", "set", "channels.imessage.textChunkLimit", "4000")
    assert (again.code, again.out) == (
        0,
        "unchanged: channels.imessage.textChunkLimit stands there like that already\n",
    )


def test_a_gateway_that_does_not_watch_is_not_said_to_take_it_up(configured: Installation):
    """Nothing would happen, and nobody would know why."""
    configured.run("config", "set", "gateway.reload.mode", "off")
    ran = configured.run("config", "set", "messages.responsePrefix", "x")
    assert ("takes it up by itself" in ran.out, "SIGHUP" in ran.out) == (False, True)


def test_phone_numbers_are_texts_and_numbers_are_numbers(configured: Installation):
    """Although JSON5 would read a number with a plus sign (facts I.3)."""
    configured.run("config", "set", "channels.imessage.allowFrom[1]", "+15551234567")
    configured.run("config", "set", "agents.defaults.maxConcurrent", "3")
    assert '"+15551234567"]' in text(configured)
    assert configured.run("config", "get", "agents.defaults.maxConcurrent", "--json").json == 3


def test_strict_json_is_about_the_value_and_json_about_the_answer(configured: Installation):
    """Facts J.4 gives both names to the value; here `--json` keeps the meaning that it has everywhere."""
    refused = configured.run("config", "set", "channels.imessage.dmPolicy", "disabled", "--strict-json")
    assert refused.code == 1
    assert "not JSON" in refused.err
    ran = configured.run(
        "config", "set", "channels.imessage.dmPolicy", '"disabled"', "--strict-json", "--json"
    )
    assert (ran.json["outcome"], ran.json["what"]) == ("written", ["set channels.imessage.dmPolicy"])
    assert (
        configured.run("config", "set", "channels.imessage.dmPolicy", "disabled", "--json").json["outcome"]
        == "unchanged"
    )


def test_a_trial_shows_the_difference_and_no_secret(configured: Installation):
    """Lines with their signs, new warnings, exit code 0; nothing is written."""
    ran = configured.run("config", "set", "gateway.auth.token", "other-s3cret", "--dry-run")
    assert ran.code == 0
    assert "nothing was written" in ran.out
    assert '-  gateway: { auth: { token: "***" } },' in ran.out
    assert "s3cret" not in ran.out
    warned = configured.run("config", "set", "channels.imessage.groupPolicy", "open", "--dry-run")
    assert "Warning: channels.imessage.groupPolicy: is open" in warned.err
    assert configured.run("config", "set", "gateway.prt", "1", "--dry-run").code == 1
    assert text(configured) == FILE


def test_what_breaks_rules_is_refused_with_every_reason(configured: Installation):
    """As a change that was not made; as JSON it carries the issues."""
    ran = configured.run("config", "set", "channels.imessage.dmPolicy", "open", "--json")
    assert ran.code == 1
    assert "which was not made" in ran.err
    assert '"path": "channels.imessage.allowFrom"' in ran.err
    assert text(configured) == FILE


def test_a_channel_is_merged_or_replaced_only_when_that_is_said(configured: Installation):
    """Writes that would drop a whole channel need --merge or --replace (facts J.4)."""
    words = ["config", "set", "channels.imessage", '{name: "home"}']
    assert "say --replace" in configured.run(*words).err
    assert configured.run(*words, "--merge").code == 0
    assert 'allowFrom: ["+15550100001"], name: "home"' in text(configured)
    assert configured.run(*words, "--replace").code == 0
    assert "allowFrom" not in text(configured)
    assert configured.run("config", "unset", "channels.imessage").code == 1
    assert configured.run("config", "unset", "channels.imessage", "--replace").code == 0


def test_a_batch_is_all_or_nothing(configured: Installation):
    """From the command line, a file, or standard input."""
    good = '[{path: "channels.imessage.dmPolicy", value: "open"}, {path: "channels.imessage.allowFrom", value: ["*"]}]'
    bad = '[{path: "store.retentionDays", value: 9}, {path: "agents.list[4].id", value: "x"}]'
    assert configured.run("config", "set", "--batch-json", bad).code == 1
    assert text(configured) == FILE
    file = configured.home / "changes.json5"
    file.write_text(good)
    assert configured.run("config", "set", "--batch-file", str(file)).code == 0
    assert 'dmPolicy: "open", allowFrom: ["*"]' in text(configured)
    unset = '[{"path": "channels.imessage.name", "value": "x"}, {"path": "gateway", "unset": true}]'
    assert configured.run("config", "set", "--batch-json", unset, "--json").json["what"] == [
        "set channels.imessage.name",
        "unset gateway",
    ]


@pytest.mark.parametrize(
    "batch",
    ["{}", "[]", "[1]", "[{path: 1, value: 2}]", "[{path: 'a'}]", "[{path: 'a', valeu: 1}]", "[{",
     "[{path: 'a..b', value: 1}]",
     "[{path: 'a', value: 1, unset: true}]", "[{path: 'a', unset: 1}]"],
)  # fmt: skip
def test_a_batch_that_is_none_is_refused(configured: Installation, batch: str):
    """With what it should look like."""
    ran = configured.run("config", "set", "--batch-json", batch)
    assert ran.code == 1
    assert text(configured) == FILE


@pytest.mark.parametrize(
    "words", [[], ["a"], ["a", "1", "--batch-json", "[]"], ["--batch-json", "[]", "--batch-file", "x"]]
)
def test_a_command_that_says_two_things_or_none_is_not_understood(configured: Installation, words: list[str]):
    """Exit code 2, as everywhere."""
    assert configured.run("config", "set", *words).code == 2


def test_a_file_of_changes_that_is_not_there_is_named(configured: Installation):
    """As an error, not a crash."""
    assert (
        "nothing.json cannot be read" in configured.run("config", "set", "--batch-file", "nothing.json").err
    )


def test_a_key_is_unset(configured: Installation):
    """With its own comma; one that is not set is said to be that."""
    assert configured.run("config", "unset", "gateway", "--dry-run").code == 0
    assert text(configured) == FILE
    assert configured.run("config", "unset", "gateway").code == 0
    assert text(configured) == FILE.replace('  gateway: { auth: { token: "s3cret-token" } },\n', "")
    again = configured.run("config", "unset", "gateway")
    assert (again.code, again.out) == (0, "unchanged: gateway is not set\n")


def test_changes_are_listed_and_taken_back(configured: Installation):
    """Who, when, which keys, never a value; undo, and undo of undo."""
    assert configured.run("config", "history").out == "No change is kept.\n"
    assert configured.run("config", "undo").code == 1
    configured.run("config", "set", "gateway.auth.token", "new-s3cret")
    changed = text(configured)
    listed = configured.run("config", "history")
    assert "set gateway.auth.token" in listed.out
    assert "s3cret" not in listed.out + configured.run("config", "history", "--json").out
    trial = configured.run("config", "undo", "--dry-run")
    assert "would change" in trial.out
    assert "s3cret" not in trial.out
    assert "undo of set gateway.auth.token" in configured.run("config", "undo").out
    assert text(configured) == FILE
    configured.run("config", "undo")
    assert text(configured) == changed
    assert [row["by"] for row in configured.run("config", "history", "--json").json["changes"]] == ["cli"] * 3


def test_an_edit_by_hand_is_only_undone_by_force(configured: Installation):
    """The refusal shows what undo would do, without secrets."""
    configured.run("config", "set", "gateway.port", "4001")
    file = configured.state_dir / "openclaw.json"
    file.write_text(text(configured).replace("// mine", "// by hand"))
    ran = configured.run("config", "undo")
    assert ran.code == 1
    assert "+  // mine" in ran.err
    assert "s3cret" not in ran.err
    assert configured.run("config", "undo", "--force").code == 0
    assert text(configured) == FILE


def test_changes_from_a_pipe_through_the_real_command(configured: Installation):
    """The whole way: a process of its own, standard input, and the file it leaves."""
    environ = {name: value for name, value in configured.environ.items() if value is not None}
    ran = subprocess.run(
        [sys.executable, "-m", "openclaw", "config", "set", "--batch-file", "-", "--json"],
        input='[{path: "agents.defaults.maxConcurrent", value: 2}]',
        env={"PATH": "", **environ},
        capture_output=True,
        text=True,
        timeout=BOUND_S,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "maxConcurrent: 2" in text(configured)
