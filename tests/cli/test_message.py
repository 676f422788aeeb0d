from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.waiting import until

from openclaw.domain.delivery import DeliveryState
from openclaw.domain.ids import MessageGuid, RowId
from openclaw.store import deliveries

from .conftest import ANN, NOW, Gateway, Installation, running_gateway

ENABLED = {"channels": {"imessage": {"enabled": True}}}
TO_ANN = ("message", "send", "--channel", "imessage", "--target", ANN, "--message", "See you at *8*")


def queued(tx: Any) -> list[tuple[object, str]]:
    return [(one.message.target, one.message.text) for one in deliveries.in_state(tx, DeliveryState.QUEUED)]


def contents(directory: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


async def settle(gateway: Gateway, state: DeliveryState) -> None:
    """What the gateway would find out about the first bubble that is queued."""

    async def waiting() -> Any:
        found = await gateway.ledger.read(lambda tx: deliveries.in_state(tx, DeliveryState.QUEUED))
        return found[0] if found else None

    one = await until(waiting, "a queued bubble")

    def write(tx: Any) -> None:
        if state is DeliveryState.CONFIRMED:
            deliveries.confirm(tx, one.id, MessageGuid("G-99"), RowId(99), NOW)
        else:
            deliveries.mark(tx, one.id, state, NOW, "the phone has no such chat")

    await gateway.ledger.write(write)


def test_without_a_gateway_the_message_waits_and_says_so(installation: Installation):
    """The ledger is the queue; the next start sends it (design 4)."""
    installation.configure(ENABLED)
    installation.fill()
    ran = installation.run(*TO_ANN)
    assert ran.code == 0
    assert "Delivery 1 to chat_id:7 (+15550100001) of account default: It waits to be sent." in ran.out
    assert "No gateway runs." in ran.out
    assert [text for _, text in installation.read(queued)] == ["See you at *8*"]


def test_the_key_of_the_answer_makes_a_retry_harmless(installation: Installation):
    """Whoever is not sure whether it was taken asks again with the same key (demand D8)."""
    installation.configure(ENABLED)
    key = installation.run(*TO_ANN, "--json").json["key"]
    ran = installation.run(*TO_ANN, "--key", key)
    assert f"The key {key} was used before: nothing is sent a second time." in ran.out
    assert installation.read(queued) == [(ANN, "See you at *8*")]


def test_a_dry_run_says_not_sent_and_changes_nothing(installation: Installation):
    """It resolves the target like the real thing, and not a byte is written (demand K6)."""
    installation.configure(ENABLED)
    installation.fill()
    before = contents(installation.home)
    ran = installation.run(*TO_ANN, "--dry-run")
    assert ran.out == (
        "NOT SENT (dry run). It would go to chat_id:7 (+15550100001) of account default, as 1 message:\n"
        "  See you at *8*\n"
    )
    body = installation.run(*TO_ANN, "--dry-run", "--json").json
    assert (body["dryRun"], body["sent"], body["to"], body["texts"]) == (
        True,
        False,
        "chat_id:7",
        ["See you at *8*"],
    )
    assert installation.read(queued) == []
    assert {path: held for path, held in contents(installation.home).items() if path in before} == before


def test_a_dry_run_makes_no_installation(installation: Installation):
    """Where there is no ledger, none comes into being (demand K6)."""
    installation.configure(ENABLED)
    assert "NOT SENT" in installation.run(*TO_ANN, "--dry-run").out
    assert [path.name for path in installation.state_dir.iterdir()] == ["openclaw.json"]


@pytest.mark.parametrize("words", [(), ("--dry-run",)])
def test_an_unusable_target_is_an_error_with_its_hint(installation: Installation, words: tuple[str, ...]):
    """Five is no phone number, rehearsed or not (demand B8)."""
    installation.configure(ENABLED)
    ran = installation.run("message", "send", "-t", "5", "-m", "Hi", *words)
    assert (ran.code, ran.out) == (1, "")
    assert "'5' is too short for a phone number; write chat_id:5" in ran.err


@pytest.mark.parametrize("words", [(), ("--dry-run",)])
def test_an_empty_message_is_refused(installation: Installation, words: tuple[str, ...]):
    """There is nothing to say, rehearsed or not."""
    installation.configure(ENABLED)
    ran = installation.run("message", "send", "-t", ANN, "-m", " ", *words)
    assert (ran.code, ran.err) == (1, "Error: the message is empty; say something\n")


def test_without_an_account_in_use_nothing_is_queued(installation: Installation):
    """A message for an account that never runs would wait for nothing."""
    ran = installation.run(*TO_ANN)
    assert ran.code == 1
    assert "no account is configured and enabled" in ran.err


async def test_the_command_waits_for_what_becomes_of_it(installation: Installation):
    """The gateway sends at once, and the answer says what is known (promise 4)."""
    async with running_gateway(installation) as gateway:
        sending = asyncio.create_task(installation.run_beside(*TO_ANN, "--wait", "60"))
        await settle(gateway, DeliveryState.CONFIRMED)
        ran = await sending
    assert (ran.code, ran.err) == (0, "")
    assert "It was sent, and seen on the phone." in ran.out
    assert "--key" not in ran.out


async def test_what_did_not_arrive_is_exit_code_1(installation: Installation):
    """A script must not take a refusal for a success; the reason and the way on are said (promise 4)."""
    async with running_gateway(installation) as gateway:
        sending = asyncio.create_task(installation.run_beside(*TO_ANN, "--wait", "60"))
        await settle(gateway, DeliveryState.FAILED)
        ran = await sending
    assert ran.code == 1
    assert "The phone refused it. The phone has no such chat." in ran.out


async def test_waiting_has_an_end(installation: Installation):
    """What is not known in time is on its way, and says how to ask again."""
    async with running_gateway(installation):
        ran = await installation.run_beside(*TO_ANN, "--wait", "0", "--key", "mine")
    assert ran.code == 0
    assert "It waits to be sent." in ran.out
    assert "--key mine" in ran.out
    assert "No gateway runs" not in ran.out


async def test_a_paused_chat_is_not_waited_for(installation: Installation):
    """Nothing is sent into a pause, and the operator is told what ends it."""
    async with running_gateway(installation):
        await installation.run_beside("pause")
        ran = await installation.run_beside(*TO_ANN, "--wait", "60")
    assert "Its chat is paused" in ran.out
    assert "openclaw resume" in ran.out


async def test_an_order_whose_answer_was_lost_names_the_key_for_a_retry(installation: Installation):
    """Nobody knows whether it was taken; with the key nothing is said twice (demand D8)."""
    async with running_gateway(installation, token="another"):
        (installation.state_dir / "gateway-token").unlink(missing_ok=True)
        ran = await installation.run_beside(*TO_ANN, "--json")
    assert ran.code == 1
    assert "try again with --key " in json.loads(ran.err)["error"]
