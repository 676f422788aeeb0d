from openclaw.config.issues import count, invalid, nearest, not_allowed, short_value, unknown_key
from openclaw.config.secrets import MASK


def test_an_issue_carries_place_value_and_fix():
    """Path, what stands there, and what to do (style 21)."""
    issue = invalid(("gateway", "port"), "must be a whole number", "x", "write a number")
    assert (issue.path, issue.value, issue.fix) == ("gateway.port", '"x"', "write a number")
    assert issue.message == 'must be a whole number, not "x"'


def test_a_choice_lists_what_is_allowed_and_names_the_nearest():
    """Enum problems list the allowed values (A.4)."""
    issue = not_allowed(("a",), "alowlist", ("pairing", "allowlist"))
    assert issue.allowed == ("pairing", "allowlist")
    assert issue.fix == 'use "allowlist"'


def test_an_unknown_key_names_the_one_that_was_meant():
    """Ruling 13: the nearest known key, whatever its case."""
    assert (
        "the nearest one is `allowFrom`" in unknown_key(("x", "allowfrom"), ("dmPolicy", "allowFrom")).message
    )
    assert unknown_key(("x", "zzz"), ("dmPolicy",)).message == "unknown key"


def test_nothing_near_is_better_than_a_wild_guess():
    """A suggestion must be likely."""
    assert nearest("probeTimeoutMs", ("name", "enabled")) is None


def test_long_values_are_cut_and_secrets_masked():
    """A value is shown short, and never when its key names a secret."""
    assert len(short_value(("a",), "x" * 500)) == 60
    assert short_value(("gateway", "auth", "token"), "hunter2") == MASK
    assert short_value(("headers", "token", 0), 12345) == MASK
    assert "hunter2" not in short_value(("gateway", "auth"), {"token": "hunter2"})
    assert "hunter2" not in short_value(("x", "apiKey"), ["hunter2", {"a": "hunter2"}])
    assert short_value(("mcp", "servers", "x", "env", "A"), "hunter2") == MASK


def test_whole_numbers_lose_their_fraction():
    """Bounds read like numbers a person writes."""
    assert (count(1.0), count(0.5)) == ("1", "0.5")
