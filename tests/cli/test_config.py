from __future__ import annotations

import json

import pytest

from .conftest import Installation

GOOD = """{
  // a comment
  channels: { imessage: { dmPolicy: "pairing" } },
  gateway: { auth: { token: "s3cret-token" } },
  models: { providers: { local: { baseUrl: "http://user:pw@127.0.0.1:1/v1", apiKey: "sk-s3cret", models: [] } } },
}"""


def test_file_shortens_the_home_directory(installation: Installation):
    """The active path, home as `~` (J.4), whether or not there is a file."""
    assert installation.run("config", "file").out == "~/.openclaw/openclaw.json\n"
    installation.environ["OPENCLAW_CONFIG_PATH"] = "/elsewhere/my.json"
    assert installation.run("config", "file").out == "/elsewhere/my.json\n"


def test_get_reads_with_defaults_filled_in(installation: Installation):
    """Dot and bracket paths over the defaults-filled view (J.4)."""
    installation.configure(GOOD)
    assert installation.run("config", "get", "channels.imessage.dmPolicy").out == "pairing\n"
    assert installation.run("config", "get", "gateway.port", "--json").json == 18789
    missing = installation.run("config", "get", "channels.imessage.nothing")
    assert missing.code == 1
    assert "channels.imessage.nothing is not set" in missing.err


def test_secrets_are_never_printed(installation: Installation):
    """Masked alone, inside a section, and inside a URL (style 35)."""
    installation.configure(GOOD)
    assert installation.run("config", "get", "gateway.auth.token").out == "***\n"
    for words in (["gateway"], ["models"], ["models", "--json"], ["models.providers.local.apiKey"]):
        out = installation.run("config", "get", *words).out
        assert "s3cret" not in out
        assert "user:pw" not in out


def test_get_reads_a_file_that_breaks_rules_as_it_stands(installation: Installation):
    """Whoever repairs a file must be able to look into it (brief), and even then at no secret."""
    installation.configure('{channels: {imessage: {dmPolicy: "wrong"}}, gateway: {auth: {token: "s3cret"}}}')
    ran = installation.run("config", "get", "channels.imessage.dmPolicy", "--json")
    assert (ran.code, ran.json) == (0, "wrong")
    assert "breaks rules" in ran.err
    assert installation.run("config", "get", "gateway.auth.token").out == "***\n"


def test_validate_names_every_issue_in_the_shape_of_the_original(installation: Installation):
    """`{valid, path, issues: [{path, message, allowedValues?, fix?}], warnings}` and exit code 1 (A.7)."""
    installation.configure('{channels: {imessage: {dmPolicy: "wrong", cliPth: "x"}}}')
    ran = installation.run("config", "validate", "--json")
    assert ran.code == 1
    assert ran.json["valid"] is False
    assert ran.json["path"] == str(installation.state_dir / "openclaw.json")
    issues = {issue["path"]: issue for issue in ran.json["issues"]}
    assert issues["channels.imessage.dmPolicy"]["allowedValues"] == [
        "pairing",
        "allowlist",
        "open",
        "disabled",
    ]
    assert "cliPath" in issues["channels.imessage.cliPth"]["fix"]
    plain = installation.run("config", "validate")
    assert plain.code == 1
    assert "channels.imessage.dmPolicy" in plain.err


def test_validate_names_a_mention_pattern_that_cannot_be_used(installation: Installation):
    """Demand H5: not first when the gateway starts; the key and the cause are told."""
    installation.configure({"messages": {"groupChat": {"mentionPatterns": ["claw", "(?=claw)"]}}})
    ran = installation.run("config", "validate", "--json")
    [issue] = ran.json["issues"]
    assert (ran.code, issue["path"]) == (1, "messages.groupChat.mentionPatterns[1]")
    assert "look-around" in issue["fix"]


def test_validate_passes_a_good_file_and_tells_its_warnings(installation: Installation):
    """Valid is exit code 0; what will surprise its owner is a warning (design 6)."""
    installation.configure(GOOD)
    ran = installation.run("config", "validate", "--json")
    assert (ran.code, ran.json["valid"], ran.json["issues"]) == (0, True, [])
    assert "session.dmScope" in [warning["path"] for warning in ran.json["warnings"]]
    assert installation.run("config", "validate").code == 0


def test_validate_says_when_there_is_no_file(installation: Installation):
    """A mistyped OPENCLAW_CONFIG_PATH must not look like a checked file; none at all is no mistake."""
    ran = installation.run("config", "validate")
    assert ran.code == 0
    assert "openclaw.json: there is no such file, so the defaults count; valid" in ran.out


def test_validate_reports_a_file_that_cannot_be_read(installation: Installation):
    """Not JSON5 is an issue of the root, in the same shape (brief)."""
    installation.configure("{ channels: ")
    ran = installation.run("config", "validate", "--json")
    assert (ran.code, ran.json["valid"], ran.json["issues"][0]["path"]) == (1, False, "")
    unreadable = installation.run("config", "get", "gateway")
    assert unreadable.code == 1
    assert "is not JSON5" in unreadable.err


def test_schema_is_printed_whatever_the_file_says(installation: Installation):
    """Works even with an invalid configuration (J.4)."""
    installation.configure("{ channels: ")
    ran = installation.run("config", "schema")
    assert ran.code == 0
    assert json.loads(ran.out)["properties"]["channels"]


@pytest.mark.parametrize("command", [("config", "validate"), ("status",), ("gateway", "status")])
def test_a_file_that_no_gateway_would_go_by_is_not_called_valid(
    installation: Installation, command: tuple[str, ...]
) -> None:
    """Everybody on the machine could write it, and `openclaw gateway` refuses it: every look says so."""
    installation.configure({})
    (installation.state_dir / "openclaw.json").chmod(0o666)
    ran = installation.run(*command)
    assert ran.code != 0
    assert "can be written by everybody" in ran.out + ran.err
