import pytest

from openclaw.config.reader import read_section
from openclaw.config.sections.agents import Agents, ModelChoice


def test_a_model_is_a_name_or_a_choice():
    """Both forms of the original (A.10)."""
    value, _ = read_section(
        Agents, {"defaults": {"model": "p/m", "imageModel": {"primary": "p/i", "fallbacks": ["q/i"]}}}
    )
    assert value.defaults.model == "p/m"
    assert value.defaults.image_model == ModelChoice(primary="p/i", fallbacks=("q/i",))


def test_no_list_of_patterns_is_not_an_empty_one():
    """An agent with an empty list has none; one without the key has everyone's (A.10)."""
    value, _ = read_section(
        Agents, {"list": [{"id": "a"}, {"id": "b", "groupChat": {"mentionPatterns": []}}]}
    )
    assert [agent.group_chat.mention_patterns for agent in value.list] == [None, ()]


def test_an_agent_runs_embedded_unless_it_says_acp():
    """runtime (A.10, requirements)."""
    acp = {"type": "acp", "acp": {"agent": "codex", "backend": "acpx", "mode": "persistent", "cwd": "/src"}}
    value, _ = read_section(Agents, {"list": [{"id": "a"}, {"id": "b", "runtime": acp}]})
    assert [agent.runtime.type for agent in value.list] == ["embedded", "acp"]
    assert value.list[1].runtime.acp.agent == "codex"


@pytest.mark.parametrize(
    "zone", ["utc", "local", "user", "UTC", "Europe/Berlin", "America/Argentina/Ushuaia"]
)
def test_a_time_zone_is_a_word_or_a_name(zone):
    """envelopeTimezone (A.10)."""
    value, findings = read_section(Agents, {"defaults": {"envelopeTimezone": zone}})
    assert findings.issues == []
    assert value.defaults.envelope_timezone == zone


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"defaults": {"timeoutSeconds": 0}}, "defaults.timeoutSeconds"),
        ({"defaults": {"model": {"primary": " "}}}, "defaults.model.primary"),
        ({"defaults": {"model": {"fallbacks": [1]}}}, "defaults.model.fallbacks[0]"),
        ({"defaults": {"blockStreamingDefault": True}}, "defaults.blockStreamingDefault"),
        ({"defaults": {"userTimezone": "Mars/Olympus"}}, "defaults.userTimezone"),
        ({"defaults": {"envelopeTimezone": "here"}}, "defaults.envelopeTimezone"),
        ({"defaults": {"envelopeTimestamp": True}}, "defaults.envelopeTimestamp"),
        ({"list": [{"id": " "}]}, "list[0].id"),
        ({"list": [{}]}, "list[0].id"),
        ({"list": [{"id": "a"}, {"id": "A"}]}, "list[1].id"),
        ({"list": [{"id": "a", "default": 1}]}, "list[0].default"),
        ({"list": [{"id": "a", "runtime": {"type": "docker"}}]}, "list[0].runtime.type"),
        ({"list": [{"id": "a", "runtime": {"acp": {"mode": "once"}}}]}, "list[0].runtime.acp.mode"),
        ({"list": [{"id": "a", "groupChat": {"historyLimit": 0}}]}, "list[0].groupChat.historyLimit"),
        ({"list": [{"id": "a", "tools": {"allow": ["x"], "alsoAllow": ["y"]}}]}, "list[0].tools.alsoAllow"),
    ],
)
def test_a_value_outside_its_rule_is_one_issue_at_its_place(raw, path):
    """Strict, and exact about the place (A.4, ruling 13)."""
    _, findings = read_section(Agents, raw)
    assert [issue.path for issue in findings.issues] == [path]
    assert findings.unknown == []
