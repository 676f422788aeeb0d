from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.waiting import until

from openclaw.simulator import phone

from .house import House, build, channel

ANN, BOB = "+15550100001", "+15550100002"


async def test_why_was_this_ignored(tmp_path: Path):
    """Group messages are ignored (requirements, troubleshooting): the command says why, and the fix it names helps."""
    house = build(tmp_path)
    closed = channel(house, groupPolicy="allowlist", groupAllowFrom=[BOB], allowFrom=[ANN])
    house.configure(channels=closed)
    before = phone.say(house.mac, ANN, "before the gateway")
    async with house.gateway():
        group = phone.make_group(house.mac, "Crew", [ANN, BOB])
        said = phone.say(house.mac, ANN, "hello there", chat=group)
        old = await house.openclaw("explain", before.guid)
        assert "nothing older is answered" in old.out
        why = await _explained(house, said.guid)
        assert why["verdict"]["reason"] == "group-sender"
        assert why["verdict"]["keys"][0]["key"] == "channels.imessage.groupAllowFrom"
        words = ("explain", "--from", BOB, "--chat", f"chat_id:{why['message']['chatId']}", "--text", "hello")
        would = (await house.openclaw(*words, "--json")).json()
        assert would["outcome"] == "admitted"
        assert would["route"]["session"].endswith(f"group:{why['message']['chatId']}")
        nobody = await house.openclaw("explain", "00000000-0000-0000-0000-000000000000")
        assert (nobody.code, "Nobody knows it." in nobody.out) == (1, True)

    file = house.root / "changed.json"
    text = (house.state / "openclaw.json").read_text()
    file.write_text(text.replace(f'"groupAllowFrom": ["{BOB}"]', f'"groupAllowFrom": ["{ANN}"]'))
    impact = (await house.openclaw("config", "validate", "--impact", str(file), "--json")).json()["impact"]
    assert [(group["kind"], group["messages"]) for group in impact["groups"]] == [("admitted", 1)]
    # The text was forgotten with the refusal; the phone still had it, so nothing is left open.
    assert impact["uncertain"] == 0


async def _explained(house: House, guid: str) -> Any:
    """The explanation of the message ``guid``, once the gateway has it."""

    async def look() -> Any:
        ran = await house.openclaw("explain", guid, "--json")
        found = ran.json()["messages"] if ran.code == 0 else []
        return found[0] if found and found[0]["verdict"] else None

    return await until(look, "the gateway judged it")
