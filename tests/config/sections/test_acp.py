import pytest

from openclaw.config.reader import read_section
from openclaw.config.sections.acp import Acp


def test_defaults_are_those_of_the_original():
    """H.1: on, dispatching, final answers only, 24,000 characters a turn."""
    value, _ = read_section(Acp, {})
    assert (value.enabled, value.dispatch.enabled, value.backend) == (True, True, "acpx")
    assert (value.stream.delivery_mode, value.stream.max_output_chars) == ("final_only", 24_000)
    assert (value.stream.coalesce_idle_ms, value.stream.max_chunk_chars) == (350, 1800)
    assert (value.runtime.ttl_minutes, value.max_concurrent_sessions, value.allowed_agents) == (
        None,
        None,
        (),
    )


def test_a_harness_is_described_by_command_arguments_environment_and_folder():
    """acp.agents is ours, beside the original's plugin section."""
    raw = {"command": "npx", "args": ["-y", "adapter"], "env": {"A": "b"}, "cwd": "~/src"}
    value, _ = read_section(Acp, {"agents": {"mine": raw}})
    mine = value.agents["mine"]
    assert (mine.command, mine.args, dict(mine.env), mine.cwd) == (
        "npx",
        ("-y", "adapter"),
        {"A": "b"},
        "~/src",
    )


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"stream": {"deliveryMode": "slow"}}, "stream.deliveryMode"),
        ({"stream": {"maxChunkChars": 0}}, "stream.maxChunkChars"),
        ({"stream": {"tagVisibility": {"plan": "yes"}}}, "stream.tagVisibility.plan"),
        ({"agents": {"mine": {"command": "a | b"}}}, "agents.mine.command"),
        ({"agents": {"mine": {"args": "-y"}}}, "agents.mine.args"),
        ({"maxConcurrentSessions": 0}, "maxConcurrentSessions"),
        ({"enabled": "no"}, "enabled"),
    ],
)
def test_a_value_outside_its_rule_is_one_issue_at_its_place(raw, path):
    """Strict, and exact about the place (A.4, ruling 13)."""
    _, findings = read_section(Acp, raw)
    assert [issue.path for issue in findings.issues] == [path]
    assert findings.unknown == []
