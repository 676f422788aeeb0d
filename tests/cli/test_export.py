from __future__ import annotations

import json
import stat
from datetime import timedelta

import pytest

from openclaw.domain.admission import Admitted, Reason
from openclaw.domain.delivery import Cause, OutboundMessage
from openclaw.domain.ids import AgentId, SessionKey
from openclaw.domain.sessions import Peer, PeerKind, Route
from openclaw.store import deliveries, messages, turns

from .conftest import ANN, ANNS_CHAT, DEFAULT, NOW, Installation, running_gateway


def answered(tx: object) -> None:
    """Ann's message has an answer on its way."""
    held = messages.latest(tx, 1)[0]  # type: ignore[arg-type]
    route = Route(
        DEFAULT, AgentId("main"), SessionKey("agent:main:main"), Peer(PeerKind.DIRECT, ANN), "default"
    )
    messages.judge(tx, held, Admitted(Reason.DM_ALLOWED, route.peer, True), route, NOW)  # type: ignore[arg-type]
    turn = turns.create(tx, messages.load(tx, [held.id]), NOW + timedelta(seconds=1))  # type: ignore[arg-type]
    bubble = OutboundMessage(DEFAULT, ANNS_CHAT, "Yes.")
    deliveries.queue(tx, Cause.TURN, turn.id, [bubble], NOW + timedelta(seconds=2))  # type: ignore[arg-type]


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_everything_is_there_in_its_order(installation: Installation):
    """Messages, turns and deliveries as JSON lines (issue 4, point 7)."""
    installation.fill(answered)
    found = lines(installation.run("messages", "export").out)
    assert [one["kind"] for one in found] == ["message", "turn", "delivery"]
    assert [found[0]["text"], found[1]["messages"], found[2]["text"]] == ["Are you there?", [1], "Yes."]


def test_a_file_is_new_and_for_its_owner_alone(installation: Installation):
    """Never over something else; 0600."""
    installation.fill()
    target = installation.home / "all.jsonl"
    assert installation.run("messages", "export", str(target)).out == f"Wrote 1 lines to {target}.\n"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert len(lines(target.read_text())) == 1
    again = installation.run("messages", "export", str(target))
    assert (again.code, "is there already" in again.err) == (1, True)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (["--chat", ANN], 3),
        (["--chat", "chat_id:7", "--account", "default"], 3),
        (["--account", "work"], 0),
        (["--since", (NOW + timedelta(seconds=1)).isoformat()], 2),
        (["--since", (NOW + timedelta(days=2)).date().isoformat()], 0),
    ],
)
def test_a_part_can_be_asked_for(installation: Installation, words: list[str], count: int):
    """One chat, one account, from a day on."""
    installation.fill(answered)
    assert len(lines(installation.run("messages", "export", *words).out)) == count


def test_what_is_not_there_is_named(installation: Installation):
    """A message names the value and the fix (style 21)."""
    assert "there is no ledger" in installation.run("messages", "export").err
    installation.fill()
    assert "no chat +15559999999" in installation.run("messages", "export", "--chat", "+15559999999").err
    ran = installation.run("messages", "export", "--since", "yesterday")
    assert (ran.code, "is no date" in ran.err) == (2, True)


def test_an_unfinished_file_is_taken_away(installation: Installation):
    """Nothing half written."""
    installation.fill()
    target = installation.home / "part.jsonl"
    assert installation.run("messages", "export", str(target), "--chat", "+15559999999").code == 1
    assert not target.exists()


async def test_a_running_gateway_is_not_disturbed(installation: Installation):
    """It reads the ledger's file beside it."""
    async with running_gateway(installation):
        ran = await installation.run_beside("messages", "export")
    assert len(lines(ran.out)) == 1


def test_a_folder_that_is_not_there_is_a_message(installation: Installation):
    """No folder is made for it: the name may be a slip."""
    installation.fill()
    ran = installation.run("messages", "export", str(installation.home / "nowhere" / "all.jsonl"))
    assert (ran.code, "nowhere is no folder" in ran.err) == (1, True)
