import pytest


def test_unknown_keys_are_errors_all_at_once_each_with_its_nearest(issues):
    """Ruling 13: path, and the nearest known key, of ours or of the original's."""
    found = issues(
        {
            "chanels": {},
            "channels": {"imessage": {"allowfrom": [], "accounts": {"w": {"dmpolicy": "open"}}}, "icq": {}},
            "agents": {"list": [{"id": "a", "sandbx": {}}]},
            "messages": {"late": {"after": 1}},
        }
    )
    assert {path: issue.message for path, issue in found.items()} == {
        "chanels": "unknown key; the nearest one is `channels`",
        "channels.imessage.allowfrom": "unknown key; the nearest one is `allowFrom`",
        "channels.imessage.accounts.w.dmpolicy": "unknown key; the nearest one is `dmPolicy`",
        "channels.icq": "unknown key; the nearest one is `irc`",
        "agents.list[0].sandbx": "unknown key; the nearest one is `sandbox`",
        "messages.late.after": "unknown key; the nearest one is `afterMinutes`",
    }


def test_keys_of_the_original_give_one_warning_per_section(check):
    """Accepted, and said once (ruling 13)."""
    warnings = check(
        {
            "agents": {
                "defaults": {"heartbeat": {"every": "1h"}, "sandbox": {}},
                "list": [{"id": "a", "skills": []}],
            },
            "cron": {"jobs": []},
            "channels": {"telegram": {"botToken": "x"}, "slack": {}, "imessage": {"capabilities": ["x"]}},
        }
    ).warnings
    expected = ["agents", "channels.imessage", "channels.slack", "channels.telegram", "cron"]
    assert sorted(warning.path for warning in warnings) == expected
    agents = next(warning for warning in warnings if warning.path == "agents")
    assert "agents.defaults.heartbeat, agents.defaults.sandbox, agents.list[0].skills" in agents.message


def test_long_lists_of_keys_are_cut(check):
    """A warning stays one line."""
    entry = {
        key: {} for key in ("sandbox", "subagents", "heartbeat", "humanDelay", "tts", "params", "embeddedPi")
    }
    (warning,) = check({"agents": {"list": [{"id": "a", **entry}]}}).warnings
    assert "and 1 more" in warning.message


def test_keys_that_wait_are_said_in_the_same_warning(check):
    """What is read but not acted on yet names the capability it waits for."""
    (warning,) = check({"gateway": {"customBindHost": "10.0.0.1", "nodes": {}}}).warnings
    assert "gateway.nodes" in warning.message
    assert "gateway.customBindHost (" in warning.message


@pytest.mark.parametrize("key", ["$schema", "meta", "wizard"])
def test_book_keeping_of_the_original_is_passed_over_in_silence(check, key):
    """Ruling 13."""
    assert check({key: "x" if key == "$schema" else {"lastTouchedAt": "x"}}).warnings == ()


def test_bluebubbles_is_one_warning_with_the_way_on(check):
    """Ruling 17."""
    (warning,) = check({"channels": {"bluebubbles": {"serverUrl": "http://x", "password": "p"}}}).warnings
    assert warning.path == "channels.bluebubbles"
    assert "channels.imessage" in warning.fix


def test_bindings_inside_the_channel_are_sent_to_their_place(issues):
    """Old channel-local blocks are rejected with a pointer to the root (A.1)."""
    assert (
        "bindings[]"
        in issues({"channels": {"imessage": {"bindings": {"acp": []}}}})["channels.imessage.bindings"].fix
    )


def test_importing_a_login_shell_is_said_not_to_happen(check):
    """env.shellEnv would run the user's shell."""
    (warning,) = check({"env": {"shellEnv": {"enabled": True}, "A": "b"}}).warnings
    assert (warning.path, "env.shellEnv" in warning.message) == ("env", True)
