"""Outside agents in words."""

from __future__ import annotations

import pytest

from openclaw.domain.acp import PermissionQuestion, ToolKind, asker, outside_agent, plea
from openclaw.domain.ids import AgentId, SessionKey


def question(title: str, target: str = "", kind: ToolKind = ToolKind.EXECUTE) -> PermissionQuestion:
    """What codex asks."""
    return PermissionQuestion(SessionKey("agent:main:acp:1"), outside_agent("codex"), kind, title, target)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (question("rm -rf build"), "codex asks: run `rm -rf build`"),
        (
            question("Edit main.py", "/w/main.py", ToolKind.EDIT),
            "codex asks: edit `Edit main.py: /w/main.py`",
        ),
        (question("Read /w/main.py", "/w/main.py", ToolKind.READ), "codex asks: read `Read /w/main.py`"),
        (question("", "/w", ToolKind.DELETE), "codex asks: delete `/w`"),
        (question("ls` is fine. `"), "codex asks: run `ls' is fine. '`"),
    ],
)
def test_what_is_asked_is_one_sentence_in_quotes_that_it_cannot_leave(
    asked: PermissionQuestion, says: str
) -> None:
    """Whoever reads it on a phone knows which words are the agent's."""
    assert plea(asked) == says


@pytest.mark.parametrize("kind", list(ToolKind))
def test_a_long_one_stays_a_line(kind: ToolKind) -> None:
    """Both ends are kept: what is bad may stand at either."""
    says = plea(question("a" * 160, "b" * 160, kind))
    assert len(says) < 230
    assert "aaa" in says
    assert says.endswith("bbb`")


def test_an_agent_of_the_configuration_has_its_own_name() -> None:
    """Not each agent that asks is a program named in a conversation."""
    asked = PermissionQuestion(SessionKey("s"), AgentId("coder"), ToolKind.OTHER, "x")
    assert asker(asked) == "coder"
