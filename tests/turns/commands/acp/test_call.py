"""Who may begin an outside agent where the door is open."""

from __future__ import annotations

from openclaw.store import Ledger

from ..house import OTHER, OWNER, says
from .programs import bindings_of, outside, outside_house


async def test_behind_an_open_door_only_the_owner_and_chosen_people_begin_an_agent(ledger: Ledger) -> None:
    """Anybody may give commands there; a program on the gateway's computer is another matter."""
    document = outside_house()
    document["channels"]["imessage"] |= {"dmPolicy": "open", "allowFrom": ["*", OWNER]}
    document["commands"] |= {"allowFrom": {"imessage": ["*"]}}
    async with outside(ledger, document) as rig:
        await rig.hear(says(1, "/acp spawn codex --bind here", OTHER))
        [refused] = await rig.phone.texts(1)
        assert await bindings_of(ledger) == []
        await rig.hear(says(2, "/acp spawn codex --bind here", OWNER))
        [_, begun] = await rig.phone.texts(2)
    assert "people whom the configuration names" in refused
    assert begun.startswith("✅")
