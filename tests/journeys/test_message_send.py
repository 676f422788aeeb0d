from __future__ import annotations

from pathlib import Path

from openclaw.simulator import phone

from .house import build, channel

ANN, BOB = "+15550100001", "+15550100002"


async def test_the_operator_writes_to_people_and_each_order_counts_once(tmp_path: Path):
    """New people, known chats, retries and rehearsals, from the command line to the Mac (demand B7, B8, D8, K6)."""
    house = build(tmp_path)
    house.configure(channels=channel(house, region="US"))
    send = ("message", "send", "--channel", "imessage")
    early = await house.openclaw(*send, "--target", BOB, "--message", "Before the start", "--key", "early")
    assert "No gateway runs." in early.out
    async with house.gateway():
        assert await house.replies(BOB, 1) == ["Before the start"]
        first = await house.openclaw(
            *send, "--target", ANN, "--message", "Hello", "--key", "k", "--wait", "60"
        )
        assert "It was sent, and seen on the phone." in first.out
        for words in ((ANN, "--key", "k"), ("chat_id:2", "--key", "k"), (ANN, "--dry-run")):
            assert (
                await house.openclaw(*send, "--target", words[0], "--message", "Hello", *words[1:])
            ).code == 0
        for wrong in ("5", "abc123", "12345678901234567890", "chat_id:99"):
            refused = await house.openclaw(*send, "--target", wrong, "--message", "Nobody may read this")
            assert (refused.code, refused.out) == (1, "")
        chat = await house.openclaw(
            *send, "--target", f"chat_guid:iMessage;-;{ANN}", "--message", "Again", "--wait", "60"
        )
        assert chat.code == 0
        assert await house.replies(ANN, 2) == ["Hello", "Again"]
    assert [bubble.text for bubble in phone.read_thread(house.mac, BOB)] == ["Before the start"]
