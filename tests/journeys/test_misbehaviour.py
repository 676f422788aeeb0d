"""Macs misbehave while people and a group talk with one gateway: each is answered once, in their chat, or visibly not.

The verdict comes from the phones' databases and the ledger. The journeys share one house, because a gateway must stand
all of it at once, and because a deaf watch takes a minute to be found: those Macs misbehave from the start.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from tests.agents.model_server import open_model_server
from tests.journeys.macs import CREW, Line, Mac, build, configure
from tests.waiting import until

from openclaw.domain.health import AccountState
from openclaw.domain.messages import MessageState
from openclaw.simulator import icloud, phone

pytestmark = pytest.mark.asyncio(loop_scope="module")

OLD, NEW = "0.5.0", "0.14.0"

DEAF = ("stalled", "rotated", "dropping")
# A deaf watch is found within a minute, and a request without an answer is given up before; this is more than that.
_BOUNDS = 4

# What passes by itself: nothing is withheld.
PASSING: tuple[dict[str, Any], ...] = (
    {"kind": "noise"},
    {"kind": "duplicate"},
    {"kind": "reorder"},
    {"kind": "overflow", "times": 1},
    {"kind": "buffer", "seconds": 0.3},
    {"kind": "slow", "method": "send", "delayMs": 500},
    {"kind": "slow", "method": "messages.history", "delayMs": 500},
    {"kind": "refuse-send", "times": 1},
    {"kind": "late-own-row", "delayMs": 500},
    {"kind": "flip", "delayMs": 300},
    {"kind": "late-join", "delayMs": 300, "whose": "inbound"},
    {"kind": "late-join", "delayMs": 300, "whose": "own"},
    {"kind": "late-text", "delayMs": 300, "whose": "inbound"},
    {"kind": "late-text", "delayMs": 300, "whose": "own"},
    {"kind": "reflect", "delayMs": 200},
    {"kind": "reflect", "delayMs": 200, "reply": True},
    {"kind": "stall", "seconds": 1},
    {"kind": "sleep", "seconds": 1},
    {"kind": "clock-jump", "seconds": 86_400.0},
)

# While it lasts nobody can tell which conversation a number means, so nothing is sent; afterwards it is.
UNREADABLE: tuple[dict[str, Any], ...] = (
    {"kind": "hang", "method": "messages.history"},
    {"kind": "fail", "method": "messages.history"},
)

# All children exit; what the next ones meet, and what the account is said to be meanwhile.
UNWELCOMING: tuple[tuple[dict[str, Any], AccountState | None], ...] = (
    ({"kind": "permission-denied"}, AccountState.NEEDS_PERMISSION),
    ({"kind": "hang-start", "seconds": 1.0}, None),
    ({"kind": "bad-version"}, None),
)

# What leaves the fate of one bubble unknown. It is shown, and not said again on a guess.
DOUBTFUL: tuple[dict[str, Any], ...] = (
    {"kind": "fail", "method": "send", "times": 1},
    {"kind": "null-id", "method": "send", "times": 1},
    {"kind": "outcome-unknown", "sent": False, "times": 1},
    {"kind": "hang-send"},
)


def named(entry: dict[str, Any]) -> str:
    """What a misbehaviour is called in a report."""
    return "-".join(map(str, entry.values()))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def macs(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[dict[str, Mac]]:
    """All Macs, and a running gateway that serves them. Three are deaf from the start, each in its way."""
    house, every = build(
        tmp_path_factory.mktemp("house"),
        {"old": OLD, "new": NEW, "doubtful": NEW, "personal": OLD},
        {"stalled": "0.9.0", "rotated": OLD, "dropping": NEW},
    )
    async with open_model_server() as server:
        personal = {"settleMs": 1000, "ownHandles": [every["personal"].own_handle]}
        configure(house, every, server.url, personal=personal)
        async with house.gateway():
            every["stalled"].behave({"kind": "stall", "seconds": 30})
            every["rotated"].behave({"kind": "wal-rotation"})
            every["dropping"].behave({"kind": "drop", "text": "x0 "})
            for name in DEAF:
                every[name].say(every[name].somebody())
            every["dropping"].say(CREW)
            yield every


async def patiently(mac: Mac, *lines: Line) -> None:
    """Return once ``lines`` are answered: within some bounds of the tests, as long as a deaf watch may take."""
    for tries_left in reversed(range(_BOUNDS)):
        try:
            await mac.answered(*lines)
        except AssertionError:
            if not tries_left:
                raise
        else:
            return


async def talk(mac: Mac, entry: dict[str, Any]) -> None:
    """Two people and a group write while ``entry`` is in force; judge."""
    mac.behave(entry)
    await mac.answered(mac.say(mac.somebody()), mac.say(mac.somebody()), mac.say(CREW))
    mac.behave()
    assert mac.complaints() == []


@pytest.mark.parametrize("entry", PASSING, ids=named)
async def test_everybody_is_answered_once_while_a_mac_misbehaves(
    macs: dict[str, Mac], entry: dict[str, Any]
) -> None:
    """Issue 4, proof: every misbehaviour, on an old imsg that garbles and on the newest (promises 1 to 3)."""
    await asyncio.gather(talk(macs["old"], entry), talk(macs["new"], entry))


@pytest.mark.parametrize("entry", UNREADABLE, ids=named)
async def test_what_cannot_be_sent_safely_waits_and_is_sent_once(
    macs: dict[str, Mac], entry: dict[str, Any]
) -> None:
    """Promise 1: without an answer about the chat nothing leaves; the answer waits, and comes when the phone can."""
    mac = macs["old"]
    mac.behave(entry)
    line = mac.say(mac.somebody())
    await mac.queued(line)
    mac.behave()
    await patiently(mac, line, mac.say(CREW))
    assert mac.complaints() == []


@pytest.mark.parametrize(("entry", "shown"), UNWELCOMING, ids=[named(entry) for entry, _ in UNWELCOMING])
async def test_what_comes_while_no_child_can_start_is_answered_afterwards(
    macs: dict[str, Mac], entry: dict[str, Any], shown: AccountState | None
) -> None:
    """imsg#28, oc#43440: a refusal is a state with its fix; mended, everything goes on where it stopped."""
    mac = macs["new"]
    mac.behave({"kind": "exit"}, entry)
    await mac.reaches(AccountState.BACKING_OFF, AccountState.NEEDS_PERMISSION)
    line = mac.say(mac.somebody())
    mac.behave(entry)
    if shown is not None:
        await mac.reaches(shown)
        mac.behave()
    await patiently(mac, line, mac.say(CREW))
    mac.behave()
    assert mac.complaints() == []


@pytest.mark.parametrize("name", ["old", "new"])
async def test_a_send_whose_answer_is_lost_is_settled_by_its_row(macs: dict[str, Mac], name: str) -> None:
    """oc#63293, oc#64021: the message went out and the request timed out; it was sent again, up to four times."""
    mac = macs[name]
    mac.behave({"kind": "lost-answer"})
    line = mac.say(mac.somebody())
    await mac.on_phone(line)
    mac.behave()
    await mac.answered(line, mac.say(line.place), mac.say(CREW))
    assert mac.complaints() == []


@pytest.mark.parametrize("entry", DOUBTFUL, ids=named)
async def test_a_send_of_unknown_fate_is_shown_and_others_are_answered(
    macs: dict[str, Mac], entry: dict[str, Any]
) -> None:
    """Design section 4, unknown sends: no second bubble on a guess; the next delivery of other chats goes on."""
    mac = macs["doubtful"]
    mac.behave(entry)
    await mac.in_doubt(mac.say(mac.somebody()))
    mac.behave()
    await mac.answered(mac.say(mac.somebody()), mac.say(CREW))
    assert mac.complaints() == []


async def test_messages_without_direction_wait_for_it(macs: dict[str, Mac]) -> None:
    """Design section 4, rule 1: unknown is not "from the peer"; they are answered once the history tells."""
    mac = macs["doubtful"]
    mac.behave({"kind": "missing-direction"})
    line = mac.say(mac.somebody())

    async def doubted() -> bool:
        return mac.record(line).get("state") == MessageState.SUSPECT

    await until(doubted, "the message is doubted")
    mac.behave()
    await mac.answered(line)
    assert mac.complaints() == []


async def test_a_group_send_that_leaves_a_ghost_is_no_success(macs: dict[str, Mac]) -> None:
    """imsg#90: an empty row without a chat is no message; what became of the bubble is shown as unknown."""
    mac = macs["doubtful"]
    mac.behave({"kind": "ghost-row", "times": 1})
    await mac.in_doubt(mac.say(CREW))
    mac.behave()
    await mac.answered(mac.say(mac.somebody()))
    assert mac.complaints() == []


async def test_what_the_owner_types_elsewhere_is_theirs_even_if_it_shows_as_the_peers(
    macs: dict[str, Mac],
) -> None:
    """imsg#80, oc#120751: on a personal account rows settle before they count; an own row never becomes a turn."""
    mac = macs["personal"]
    friend = mac.somebody()
    typed = phone.owner_types(mac.database, "I am on my way home, wait for me", to=friend, own_after=0.3)

    async def known() -> bool:
        return [each["state"] for each in mac.messages()] == [MessageState.OWNER_TYPED]

    await until(known, f"the row {typed.guid} is the owner's")
    await mac.answered(mac.say(friend))
    assert mac.complaints() == []


async def test_a_chat_with_oneself_is_answered_once_though_each_row_is_there_twice(
    macs: dict[str, Mac],
) -> None:
    """oc#32166, oc#48859: Apple mirrors what one sends to oneself; neither the owner's nor our words count twice."""
    mac = macs["personal"]
    mac.behave({"kind": "mirror"})
    line = mac.note_to_self()
    await mac.answered(line)
    mac.behave()
    assert mac.complaints() == []


async def test_what_icloud_brings_back_is_not_answered(macs: dict[str, Mac]) -> None:
    """oc#2551, oc#1647: rows of years ago, and a known one, come under new numbers; each is refused or known."""
    mac = macs["new"]
    line = mac.say(mac.somebody())
    await mac.answered(line)
    icloud.renumber(mac.database, line.row)
    past = phone.backlog(mac.database, line.place, [f"long ago {n}" for n in range(12)], at=1_450_000_000.0)
    latest = mac.say(mac.somebody())
    await mac.answered(latest)
    states = {each["guid"]: each["reason"] for each in mac.messages()}
    assert {states[row.guid] for row in past} == {"before-start"}
    assert mac.complaints() == []


@pytest.mark.parametrize("name", DEAF)
async def test_a_deaf_watch_is_found_and_what_it_missed_is_answered(macs: dict[str, Mac], name: str) -> None:
    """imsg#126, imsg#307: a child that lives and tells nothing is compared with the history each minute."""
    mac = macs[name]
    await patiently(mac, mac.lines[0])
    mac.behave()
    await mac.answered(mac.say(mac.somebody()), mac.say(CREW))
    assert mac.complaints() == []


async def test_at_the_end_nothing_was_said_twice(macs: dict[str, Mac]) -> None:
    """Promises 1 and 2, for all that was said in this house."""
    assert [wrong for mac in macs.values() for wrong in mac.complaints()] == []


async def test_long_answers_are_known_as_ours_on_every_imsg(tmp_path_factory: pytest.TempPathFactory) -> None:
    """oc#64309, imsg contract 3.5: old releases garble bodies from 128 bytes on; no answer starts another turn."""
    releases = {
        "three": "0.3.0",
        "five": "0.5.0",
        "six": "0.6.0",
        "seven": "0.7.0",
        "nine": "0.9.0",
        "last": NEW,
    }
    house, every = build(tmp_path_factory.mktemp("releases"), releases)
    async with open_model_server() as server:
        configure(house, every, server.url, textChunkLimit=20_000)
        async with house.gateway():
            await asyncio.gather(*map(long_answers, every.values()))


async def long_answers(mac: Mac) -> None:
    """Answers of more than 128, 8,192 and 32,767 bytes, all with their text in the body alone."""
    mac.settings["ownText"] = "body"
    mac.behave()
    for more in ("Once more, with feeling. " * 8, "Ünd größer. " * 700, "漢字かな" * 3000):
        await mac.answered(mac.say(mac.somebody(), more), mac.say(CREW, more))
        assert mac.complaints() == [], mac.release
