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


async def test_a_file_goes_from_the_command_line_to_the_phone_once(tmp_path: Path):
    """Caption first, then the file; it lies there, its row is seen, and the same key sends nothing again."""
    house = build(tmp_path)
    house.configure(channels=channel(house, region="US", mediaMaxMb=1))
    chart = tmp_path / "the chart.png"
    chart.write_bytes(b"\x89PNG\r\n\x1a\n" + b"c" * 500)
    send = ("message", "send", "--target", ANN, "--message", "The chart", "--media", str(chart))
    async with house.gateway():
        rehearsed = await house.openclaw(*send, "--dry-run")
        assert rehearsed.out.startswith("NOT SENT (dry run).")
        assert f"  file: {chart} (508 bytes)" in rehearsed.out
        assert not (house.state / "media").exists()
        first = await house.openclaw(*send, "--key", "k", "--wait", "60")
        assert (first.code, first.out.count("It was sent, and seen on the phone.")) == (0, 2)
        again = await house.openclaw(*send, "--key", "k")
        assert "nothing is sent a second time" in again.out
        (tmp_path / "big.bin").write_bytes(b"x" * 1_100_000)
        for wrong in ("big.bin", "missing", "http://127.0.0.1/a.png"):
            refused = await house.openclaw(
                *send[:4], "--media", str(tmp_path / wrong) if ":" not in wrong else wrong
            )
            assert (refused.code, refused.out) == (1, "")
        text, file = phone.read_thread(house.mac, ANN)
    assert (text.text, text.attachments) == ("The chart", ())
    (lies,) = file.attachments
    assert Path(lies).name == "the chart.png"
    assert Path(lies).read_bytes() == chart.read_bytes()
    # The copy of the first order is kept for a while; those of the others are gone.
    assert len(list((house.state / "media" / "outbound").iterdir())) == 1
