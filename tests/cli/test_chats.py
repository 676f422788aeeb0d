from __future__ import annotations

from .conftest import Installation, running_gateway


def test_chats_are_listed_under_the_names_other_commands_take(installation: Installation):
    """What is listed can be paused under that name (brief)."""
    installation.fill()
    assert "chat_id:7" in installation.run("chats", "list").out
    assert installation.run("pause", "chat_id:7").code == 0
    assert "paused" in installation.run("chats", "list").out
    assert installation.run("chats", "list", "--account", "other").out == "Nobody has written yet.\n"


async def test_a_running_gateway_is_asked(installation: Installation):
    """The same list through the gateway (design 4)."""
    async with running_gateway(installation):
        ran = await installation.run_beside("chats", "list", "--limit", "1", "--json")
        assert [(chat["chatId"], chat["name"], chat["paused"]) for chat in ran.json["chats"]] == [
            (7, "Ann", False)
        ]
