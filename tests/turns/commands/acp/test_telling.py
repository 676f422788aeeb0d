"""What /acp tells: status, doctor, install, help; and nothing that is inside."""

from __future__ import annotations

from tests.rig import running

from openclaw.store import Ledger, acp_sessions
from openclaw.turns.commands.ports import Ports

from ..house import OTHER, OWNER, in_group, says
from .programs import CODEX, Programs, outside, outside_house, sessions_of


async def test_status_has_a_line_for_each_thing(ledger: Ledger) -> None:
    """Key and value (behaviour facts H.2); the folder is for the owner's eyes."""
    programs = Programs(ledger)
    async with outside(ledger, programs=programs) as rig:
        await rig.hear(says(1, "/acp spawn codex --bind here --cwd /srv/work"))
        await rig.phone.texts(1)
        await rig.hear(says(2, "/acp model gpt-5"))
        await rig.phone.texts(2)
        await rig.hear(says(3, "/acp status"))
        told = (await rig.phone.texts(3))[2].splitlines()

    [session] = await sessions_of(ledger)
    assert told[:5] == [
        f"session: {session.key}",
        "agent: codex (codex)",
        "mode: persistent",
        "state: running",
        "bound conversations: 1",
    ]
    assert "set: model gpt-5" in told
    assert "folder: /srv/work" in told
    assert "modes: ask, code" in told


async def test_what_went_wrong_is_the_operators_to_read(ledger: Ledger) -> None:
    """The text of an error may name paths; neither somebody else nor the owner is shown it in a chat."""
    programs = Programs(ledger)
    async with outside(ledger, programs=programs) as rig:
        await rig.hear(in_group(1, "/acp spawn codex --bind here"))
        await rig.phone.texts(1)
        [session] = await sessions_of(ledger)
        await programs.close(session.key)
        await ledger.write(
            lambda tx: tx.exec_driver_sql("update acp_session set last_error = '/secret/path'") and None
        )
        for row, sender in ((2, OWNER), (3, OTHER)):
            await rig.hear(in_group(row, "/acp status", sender))
            assert "state: failed last time; the gateway's log says why" in (await rig.phone.texts(row))[-1]

    assert not any("secret" in one.text for one in rig.phone.sent)


async def test_without_a_session_it_is_told_how_to_begin(ledger: Ledger) -> None:
    """A dead end names the way on."""
    async with outside(ledger) as rig:
        await rig.hear(says(1, "/acp status"))
        await rig.phone.texts(1)
        await rig.hear(says(2, "/acp sessions"))
        texts = await rig.phone.texts(2)

    assert texts[0].startswith("⚠️ No outside agent answers here.")
    assert texts[1] == "There are no sessions of outside agents here."
    assert await ledger.read(acp_sessions.count) == 0


async def test_doctor_says_in_short_what_keeps_them_from_answering(ledger: Ledger) -> None:
    """Switches, how many run, and each program that is wanted."""
    document = outside_house(
        defaultAgent="mine",
        allowedAgents=["mine", "sh"],
        dispatch={"enabled": False},
        maxConcurrentSessions=3,
        agents={"mine": {"command": "/nowhere/at/all"}, "sh": {"command": "sh"}},
    )
    document["agents"]["list"] = [
        {"id": "main"},
        {"id": "there", "runtime": {"type": "acp", "acp": {"agent": "sh"}}},
        {"id": "codex", "runtime": {"type": "acp"}},
    ]
    async with outside(ledger, document) as rig:
        await rig.hear(says(1, "/acp doctor"))
        [told] = await rig.phone.texts(1)

    assert told.splitlines() == [
        "outside agents: on",
        "messages reach them: no (acp.dispatch.enabled)",
        "running: 0/3",
        "codex: not allowed (acp.allowedAgents)",
        "mine: its program is not installed; see /acp install",
        "sh: its program is there",
    ]


async def test_install_tells_what_the_operator_wrote_else_what_its_makers_say(ledger: Ledger) -> None:
    """acp.runtime.installCommand (behaviour facts H.1)."""
    async with outside(ledger) as rig:
        await rig.hear(says(1, "/acp install codex"))
        await rig.phone.texts(1)
        await rig.hear(says(2, "/acp install"))
        texts = await rig.phone.texts(2)
    async with outside(ledger, outside_house(runtime={"installCommand": "brew install it"})) as rig:
        await rig.hear(says(3, "/acp install"))
        texts += await rig.phone.texts(1)

    assert texts[0] == "On the gateway's computer: npm install -g @agentclientprotocol/codex-acp"
    assert "manual" in texts[1]
    assert texts[2] == "On the gateway's computer: brew install it"


async def test_nothing_is_begun_where_nothing_runs_outside_agents(ledger: Ledger) -> None:
    """A gateway without them says so in the original's form (behaviour facts H.9)."""
    async with running(ledger, outside_house(), ports=Ports(), programs=[CODEX]) as rig:
        await rig.hear(says(1, "/acp spawn codex"))
        [told] = await rig.phone.texts(1)

    assert told == "ACP error (ACP_BACKEND_MISSING): outside agents are not served here.\nnext: /acp doctor"
