import pytest

from openclaw.config.reader import read_section
from openclaw.config.sections.root import Config


def problems(raw):
    _, findings = read_section(Config, raw)
    assert findings.unknown == []
    return {issue.path for issue in findings.issues}


def test_an_empty_file_is_valid_and_has_every_default():
    """Missing sections mean their defaults (A.1)."""
    config, _ = read_section(Config, {})
    assert config == Config()
    assert config.channels.imessage is None


@pytest.mark.parametrize(
    ("section", "raw"),
    [
        ("agents", {"defaults": {"timeoutSeconds": 0}}),
        ("agents", {"defaults": {"model": {"primary": " "}}}),
        ("agents", {"defaults": {"blockStreamingDefault": True}}),
        ("agents", {"list": [{"id": " "}]}),
        ("agents", {"list": [{"id": "a"}, {"id": "A"}]}),
        ("agents", {"list": [{"id": "a", "runtime": {"type": "docker"}}]}),
        ("agents", {"list": [{"id": "a", "groupChat": {"historyLimit": 0}}]}),
        ("agents", {"list": [{"id": "a", "tools": {"allow": ["x"], "alsoAllow": ["y"]}}]}),
        ("models", {"providers": {"x": {"api": "openai"}}}),
        ("models", {"providers": {"x": {"apiKey": {"source": "vault", "id": "x"}}}}),
        ("models", {"providers": {"x": {"models": [{}]}}}),
        ("models", {"providers": {"x": {"contextWindow": 0}}}),
        ("messages", {"queue": {"mode": "fifo"}}),
        ("messages", {"queue": {"byChannel": {"imessage": "fifo"}}}),
        ("messages", {"groupChat": {"historyLimit": 0}}),
        ("messages", {"late": {"policy": "drop"}}),
        ("messages", {"loop": {"maxTurnsPerMinute": 0}}),
        ("messages", {"fuse": {"newContactsPerHour": "5"}}),
        ("commands", {"text": "yes"}),
        ("commands", {"allowFrom": ["+1"]}),
        ("session", {"dmScope": "per-user"}),
        ("session", {"reset": {"atHour": 24}}),
        ("session", {"resetByType": {"group": {"idleMinutes": 0}}}),
        ("session", {"sendPolicy": {"rules": [{"match": {}}]}}),
        ("gateway", {"port": 65536}),
        ("gateway", {"mode": "cluster"}),
        ("logging", {"level": "verbose"}),
        ("logging", {"redactSensitive": True}),
        ("acp", {"stream": {"deliveryMode": "slow"}}),
        ("acp", {"agents": {"mine": {"command": "a | b"}}}),
        ("mcp", {"servers": {"x": {"transport": "carrier-pigeon", "url": "http://x"}}}),
        ("mcp", {"servers": {"x": {}}}),
        ("notify", {"owner": ["+1"]}),
        ("services", {"smsOwner": "yes"}),
        ("store", {"url": "mysql://x"}),
        ("store", {"retentionDays": 0}),
        ("bindings", {}),
    ],
)
def test_a_value_outside_its_rule_is_one_issue_in_its_section(section, raw):
    """Strict in every served section (A.4, A.10 to A.16, H.1, our own keys)."""
    (path,) = problems({section: raw})
    assert path.startswith(section)


@pytest.mark.parametrize(
    "raw",
    [
        {"messages": {"queue": {"mode": mode}}}
        for mode in ("steer", "followup", "collect", "steer-backlog", "steer+backlog", "queue", "interrupt")
    ]
    + [
        {"session": {"dmScope": s}}
        for s in ("main", "per-peer", "per-channel-peer", "per-account-channel-peer")
    ]
    + [
        {"agents": {"list": [{"id": "a", "model": m}]}}
        for m in ("p/m", {"primary": "p/m", "fallbacks": ["q/m"]})
    ]
    + [{"commands": {"ownerAllowFrom": [1, "imessage:+1"], "allowFrom": {"*": [1]}}}]
    + [{"store": {"url": url}} for url in ("postgresql://u@h/d", "sqlite:///x.db")]
    + [
        {"models": {"providers": {"x": {"apiKey": k}}}}
        for k in ("sk", {"source": "env", "provider": "p", "id": "K"})
    ],
)
def test_documented_forms_are_accepted(raw):
    """Each documented choice, and both forms of models and keys."""
    assert problems(raw) == set()


def test_an_issue_in_one_entry_does_not_hide_the_next():
    """Every issue at once, list by list."""
    raw = {"bindings": [{"agentId": "a"}, {"match": {"channel": "imessage"}}], "agents": {"list": [{}, {}]}}
    assert problems(raw) == {
        "bindings[0].match",
        "bindings[1].agentId",
        "agents.list[0].id",
        "agents.list[1].id",
    }
