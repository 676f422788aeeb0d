"""What reaches a conversation of what an agent tells, as a table of updates and their meanings."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from acp.schema import SessionNotification

from openclaw.agents.acp.updates import File, Meaning, Projection, Text, Tool
from openclaw.config.sections.acp import Stream

CODEX = "@agentclientprotocol/codex-acp"
PNG = base64.b64encode(b"\x89PNG").decode()


def _meanings(updates: list[dict[str, Any]], stream: Stream = Stream(), agent: str = "") -> list[Meaning]:  # noqa: B008
    projection = Projection(stream, agent)
    found: list[Meaning] = []
    for update in updates:
        parsed = SessionNotification.model_validate({"sessionId": "s", "update": update})
        found += projection.meanings(parsed.update)
    return found


def _text(updates: list[dict[str, Any]], stream: Stream = Stream(), agent: str = "") -> str:  # noqa: B008
    return "".join(one.text for one in _meanings(updates, stream, agent) if isinstance(one, Text))


def said(text: str, **more: Any) -> dict[str, Any]:
    return {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}, **more}


def block(**content: Any) -> dict[str, Any]:
    return {"sessionUpdate": "agent_message_chunk", "content": content}


def tool(title: str, name: str = "t", **more: Any) -> dict[str, Any]:
    return {"sessionUpdate": "tool_call", "toolCallId": name, "title": title, **more}


def progress(status: str, **more: Any) -> dict[str, Any]:
    return {"sessionUpdate": "tool_call_update", "toolCallId": "t", "status": status, **more}


HIDDEN: list[dict[str, Any]] = [
    {"sessionUpdate": "agent_thought_chunk", "content": {"type": "text", "text": "they are stupid"}},
    {"sessionUpdate": "user_message_chunk", "content": {"type": "text", "text": "what you said"}},
    {"sessionUpdate": "plan", "entries": [{"content": "step", "priority": "high", "status": "pending"}]},
    {"sessionUpdate": "available_commands_update", "availableCommands": [{"name": "x", "description": "y"}]},
    {"sessionUpdate": "current_mode_update", "currentModeId": "bold"},
    {"sessionUpdate": "session_info_update", "title": "A chat"},
    {"sessionUpdate": "usage_update", "used": 1, "size": 2},
    {"sessionUpdate": "config_option_update", "configOptions": []},
]


@pytest.mark.parametrize("update", HIDDEN, ids=lambda update: update["sessionUpdate"])
def test_what_is_no_message_says_nothing(update: dict[str, Any]) -> None:
    """Thoughts, plans and the rest are not for people (facts H.7), and part no sentence."""
    assert _meanings([said("a"), update, said("b")]) == [Text("a"), Text("b")]


def test_nobody_is_shown_a_thought_by_configuration() -> None:
    """Only output is text for users, whatever else is made visible (facts H.7)."""
    shown = {"agent_thought_chunk": True, "user_message_chunk": True, "plan": True}
    assert _meanings(HIDDEN, Stream(tag_visibility=shown)) == []


@pytest.mark.parametrize(
    ("stream", "between"),
    [
        (Stream(), "\n\n"),
        (Stream(delivery_mode="live"), " "),
        (Stream(hidden_boundary_separator="none"), ""),
        (Stream(hidden_boundary_separator="newline"), "\n"),
        (Stream(delivery_mode="live", hidden_boundary_separator="paragraph"), "\n\n"),
    ],
)
def test_a_hidden_tool_parts_what_stands_around_it(stream: Stream, between: str) -> None:
    """hiddenBoundarySeparator, with its default for each way of delivery."""
    updates = [said("Let me look."), tool("Read"), progress("completed"), said("Done.")]
    assert _text(updates, stream) == f"Let me look.{between}Done."


@pytest.mark.parametrize(
    ("updates", "text"),
    [
        ([tool("Read"), said("Done.")], "Done."),
        ([said("Look.\n"), tool("Read"), said("Done.")], "Look.\nDone."),
        ([said("Look."), tool("Read"), said("\nDone.")], "Look.\nDone."),
        ([said("Look."), tool("Read")], "Look."),
    ],
)
def test_white_space_that_is_there_is_enough(updates: list[dict[str, Any]], text: str) -> None:
    """No separator at an end, and none beside another (facts H.7)."""
    assert _text(updates) == text


def test_a_tool_is_a_warning_of_an_effect_once() -> None:
    """Its progress is none."""
    updates = [
        tool("Read\n  it"),
        progress("in_progress"),
        progress("completed", title="Read it all"),
        tool(""),
    ]
    assert _meanings(updates) == [Tool("Read it"), Tool("a tool")]


def test_tools_are_shown_where_that_is_wanted() -> None:
    """One line for each state, cut, and the same one only once (repeatSuppression, maxSessionUpdateChars)."""
    shown = {"tool_call": True, "tool_call_update": True}
    updates = [
        said("Look."),
        tool("Read a long file"),
        progress("completed", title="Read a long file"),
        progress("completed", title="Read a long file"),
        progress("completed"),
        said("Done."),
    ]
    stream = Stream(tag_visibility=shown, max_session_update_chars=11)
    assert _text(updates, stream) == "Look.\n[pending] Read a long\n[completed] Read a long\n\nDone."
    repeated = Stream(tag_visibility=shown, max_session_update_chars=11, repeat_suppression=False)
    assert _text(updates, repeated).count("[completed]") == 2


def test_messages_can_be_hidden() -> None:
    """tagVisibility counts for them, too."""
    assert _meanings([said("x")], Stream(tag_visibility={"agent_message_chunk": False})) == []


def test_no_more_is_said_than_may_be() -> None:
    """maxOutputChars of a turn, to the character, with a note of it."""
    projection = Projection(Stream(max_output_chars=10))
    found: list[Meaning] = []
    for text in ("123456", "789", "0abc", "def"):
        update = SessionNotification.model_validate({"sessionId": "s", "update": said(text)}).update
        found += projection.meanings(update)
    assert found == [Text("123456"), Text("789"), Text("0")]
    assert projection.is_cut


@pytest.mark.parametrize(
    ("agent", "update", "is_said"),
    [
        (CODEX, said("Warning: no bubblewrap"), False),
        (CODEX, said("An answer", messageId="m1"), True),
        ("another", said("An answer"), True),
        ("claude", said("We change things", _meta={"claudeCode": {"kind": "informational"}}), False),
        ("claude", said("An answer", _meta={"claudeCode": {"kind": "other"}}), True),
    ],
)
def test_remarks_of_the_program_about_itself_are_no_answer(
    agent: str, update: dict[str, Any], is_said: bool
) -> None:
    """Measured with codex-acp 2.6.0 and claude-agent-acp 0.101.0: a contact must never read these."""
    assert bool(_meanings([update], agent=agent)) is is_said


@pytest.mark.parametrize(
    ("content", "meanings"),
    [
        (
            {"type": "image", "data": PNG, "mimeType": "image/png"},
            [File(b"\x89PNG", "image.png", "image/png")],
        ),
        (
            {"type": "image", "data": PNG, "mimeType": "image/png", "uri": "file:///a/my%20cat.png"},
            [File(b"\x89PNG", "my cat.png", "image/png")],
        ),
        (
            {"type": "audio", "data": PNG, "mimeType": "audio/wav"},
            [File(b"\x89PNG", "audio.wav", "audio/wav")],
        ),
        (
            {
                "type": "resource",
                "resource": {"uri": "file:///a/b.pdf", "blob": PNG, "mimeType": "application/pdf"},
            },
            [File(b"\x89PNG", "b.pdf", "application/pdf")],
        ),
        ({"type": "resource", "resource": {"uri": "file:///a", "text": "words"}}, [Text("words")]),
        ({"type": "resource_link", "uri": "https://x.org/a", "name": "A"}, [Text("A: https://x.org/a")]),
        ({"type": "resource_link", "uri": "file:///etc/passwd", "name": "A"}, []),
        ({"type": "image", "data": "no base64!", "mimeType": "image/png"}, []),
        ({"type": "image", "data": "", "mimeType": "image/png"}, []),
    ],
)
def test_blocks_of_content(content: dict[str, Any], meanings: list[Meaning]) -> None:
    """Files are offered, links that others can open are said, what is broken is left out."""
    assert _meanings([block(**content)]) == meanings
