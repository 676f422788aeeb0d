"""What no chat may set: which programs the gateway starts, and where files are written (demand M5)."""

from __future__ import annotations

import pytest

from openclaw.config.paths import parse_path
from openclaw.config.programs import is_kept_from_chats


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("channels.imessage.cliPath", "/tmp/x"),
        ("channels.imessage.accounts.work.cliPath", "/tmp/x"),
        ("channels.imessage.accounts.work", {"cliPath": "/tmp/x"}),
        ("mcp", {"servers": {"x": {"command": "sh"}}}),
        ("mcp.servers.x", {"command": "sh"}),
        ("mcp.servers.x.args[0]", "-c"),
        ("acp.agents.mine.command", "sh"),
        ("plugins.entries.acpx.config.agents.mine.command", "sh"),
        ("env.vars.PATH", "/tmp"),
        ("env", {"vars": {"LD_PRELOAD": "/tmp/x"}}),
        ("logging", {"file": "~/.profile"}),
        ("agents.defaults", {"workspace": "~/.ssh"}),
        ("agents.list[0].workspace", "~/.ssh"),
        ("agents.list", [{"id": "main"}, {"id": "x", "workspace": "~/.ssh"}]),
        ("bindings[0].acp.cwd", "/"),
        ("models.providers.x", {"baseUrl": "https://elsewhere.example"}),
        ("channels.imessage.remoteHost", "elsewhere.example"),
        ("agents", {"list": [{"id": "x", "runtime": {"acp": {"cwd": "/"}}}]}),
    ],
)
def test_what_is_started_and_where_is_written_is_named_at_every_depth(path: str, value: object) -> None:
    """By its own key, by a part of it, and inside of what stands above it."""
    assert is_kept_from_chats(parse_path(path), value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("channels.imessage.dmPolicy", "pairing"),
        ("channels.imessage.accounts.work", {"dmPolicy": "open"}),
        ("agents.list[0]", {"id": "main", "model": "p/m"}),
        ("agents.list", []),
        ("mcp", {}),
        ("logging.level", "debug"),
        ("messages.queue.cap", 25),
        ("acp", {"enabled": True}),
    ],
)
def test_everything_else_is_the_owner_s_to_say(path: str, value: object) -> None:
    """Requirements: writes from the channel are allowed where they are switched on."""
    assert not is_kept_from_chats(parse_path(path), value)


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("mcp.servers.files.args[1]", True),
        ("channels.imessage.cliPath", True),
        ("env.vars.PATH", True),
        ("plugins.entries.acpx.config.permissionMode", True),
        ("mcp.servers", True),
        ("mcp", False),
        ("agents.list[1]", False),
        ("messages.queue.cap", False),
    ],
)
def test_no_part_of_them_is_taken_away(path: str, kept: bool) -> None:
    """A program without one of its arguments is another one; without all of it there is none."""
    assert is_kept_from_chats(parse_path(path), None, remove=True) is kept
