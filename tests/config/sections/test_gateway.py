import pytest

from openclaw.config.reader import read_section
from openclaw.config.secrets import SecretText
from openclaw.config.sections.gateway import Gateway


def problems(raw):
    _, findings = read_section(Gateway, raw)
    return [issue.path for issue in findings.issues]


def test_the_defaults_are_the_documented_ones():
    """Port 18789, local, loopback, checks every 5 minutes (A.15, ruling 15)."""
    value, _ = read_section(Gateway, {})
    assert (value.port, value.mode, value.bind) == (18789, "local", "loopback")
    assert (value.channel_health_check_minutes, value.channel_max_restarts_per_hour) == (5, 10)


def test_two_proofs_need_a_word_on_which_counts():
    """token and password together need auth.mode (A.15)."""
    both = {"token": "a", "password": "b"}
    assert problems({"auth": both}) == ["auth.mode"]
    assert problems({"auth": {**both, "mode": "token"}}) == []


def test_a_token_is_kept_as_a_secret():
    """It masks itself from then on."""
    value, _ = read_section(Gateway, {"auth": {"token": "t"}})
    assert value.auth.token == SecretText("t")
    assert "'t'" not in repr(value)


@pytest.mark.parametrize("bind", ["auto", "lan", "custom", "tailnet"])
def test_an_open_door_needs_a_lock(bind):
    """A bind beyond loopback without auth is refused (A.15)."""
    assert "auth.mode" in problems({"bind": bind, "customBindHost": "0.0.0.0", "auth": {"mode": "none"}})  # noqa: S104
    assert problems({"bind": "loopback", "auth": {"mode": "none"}}) == []


def test_a_custom_bind_names_its_address():
    """customBindHost goes with bind: custom."""
    assert problems({"bind": "custom"}) == ["customBindHost"]
