from __future__ import annotations

from .conftest import Installation, ann_wrote, running_gateway


def test_messages_are_listed_with_what_became_of_them(installation: Installation):
    """Never silent about why (promise 4)."""
    installation.fill(lambda tx: ann_wrote(tx, 42, "Second"))
    listed = installation.run("messages", "list", "--json").json["messages"]
    assert [(one["rowId"], one["state"], one["text"]) for one in listed] == [
        (42, "received", "Second"),
        (41, "received", "Are you there?"),
    ]
    assert "Second" in installation.run("messages", "list", "--state", "received", "--state", "in turn").out
    assert installation.run("messages", "list", "--state", "held").out == "No messages.\n"


def test_an_unknown_state_names_the_known_ones(installation: Installation):
    """A message names the fix (style 21)."""
    ran = installation.run("messages", "list", "--state", "lost")
    assert ran.code == 1
    assert "quarantined" in ran.err


def test_a_strangers_text_cannot_move_the_cursor(installation: Installation):
    """Control and direction characters of a contact are shown, not obeyed (promise 5)."""
    installation.fill(lambda tx: ann_wrote(tx, 42, "\x1b[2J\x1b]0;owned\x07 a\u202eb\nc [red]d[/red]"))
    out = installation.run("messages", "list").out
    assert not set(out) & {"\x1b", "\x07", "\u202e"}
    assert "[red]d[/red]" in out
    assert all(ord(letter) < 128 for letter in installation.run("messages", "list", "--json").out)


async def test_a_running_gateway_is_asked(installation: Installation):
    """States are passed on as given, several of them too."""
    async with running_gateway(installation):
        ran = await installation.run_beside(
            "messages", "list", "--state", "held", "--state", "received", "--json"
        )
        assert [one["rowId"] for one in ran.json["messages"]] == [41]
