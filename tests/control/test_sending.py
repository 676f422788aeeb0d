from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from openclaw.config.accounts import AccountConfig
from openclaw.control.operation import Answer
from openclaw.control.operations import perform
from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import Cause, DeliveryState
from openclaw.domain.ids import AccountId, ChatRowId, MessageGuid, RowId
from openclaw.domain.messages import InboundMessage
from openclaw.errors import BadRequest, NotFound
from openclaw.outbound.shelf import Shelf, id_of
from openclaw.store import Ledger, accounts, deliveries, open_ledger

from .conftest import ANN, ANNS_CHAT, DEFAULT, NOW, configured

BOB = "+15550100002"
TEAM = ChatRef(ChatRowId(9), "iMessage;+;chat551234", "chat551234")
BOBS_TEXTS = ChatRef(ChatRowId(11), f"SMS;-;{BOB}", BOB)
EITHER = ChatRef(ChatRowId(12), "any;-;cy@example.com", "cy@example.com")


@dataclass
class Desk:
    """An operator with a ledger in which Ann, a team, Bob by SMS and Cy have written."""

    ledger: Ledger
    accounts: Mapping[AccountId, AccountConfig]

    async def ask(self, name: str, **params: object) -> Answer:
        return await self.ledger.write(lambda tx: perform(tx, name, params, NOW, self.accounts))

    async def where(self, target: str, **params: object) -> dict[str, Any]:
        return (await self.ask("messages/recipient", target=target, **params)).body

    async def send(self, target: str = ANN, text: str = "Hello", **params: object) -> dict[str, Any]:
        return (await self.ask("messages/send", target=target, text=text, **params)).body

    async def queued(self) -> list[tuple[object, str, str]]:
        found = await self.ledger.read(lambda tx: deliveries.in_state(tx, DeliveryState.QUEUED))
        assert all(one.cause is Cause.OPERATOR for one in found)
        return [(one.message.target, one.message.text, one.message.service) for one in found]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    def fill(tx: Any) -> None:
        for row, chat in enumerate((ANNS_CHAT, TEAM, BOBS_TEXTS, EITHER), start=41):
            wrote = InboundMessage(
                DEFAULT, RowId(row), MessageGuid(f"G-{row}"), chat, chat.identifier, False, "Hi", NOW
            )
            accounts.note_chat(tx, wrote, is_group=chat is TEAM)

    async with open_ledger(tmp_path) as ledger:
        await ledger.write(fill)
        yield Desk(ledger, configured())


@pytest.mark.parametrize(
    ("target", "service", "chat", "spoken"),
    [
        ("chat_id:7", None, ANNS_CHAT, "auto"),
        ("+1 (555) 010-0001", None, ANNS_CHAT, "auto"),
        ("imessage:+15550100001", None, ANNS_CHAT, "imessage"),
        ("chat_guid:any;-;+15550100001", None, ANNS_CHAT, "auto"),
        ("chat_identifier:chat551234", None, TEAM, "auto"),
        ("chat_id:11", None, BOBS_TEXTS, "sms"),
        (BOB, None, BOBS_TEXTS, "sms"),
        (BOB, "sms", BOBS_TEXTS, "sms"),
        ("Cy@Example.com", None, EITHER, "auto"),
        ("cy@example.com", "sms", EITHER, "sms"),
        ("chat_id:12", "imessage", EITHER, "imessage"),
    ],
)
async def test_a_message_goes_to_the_chat_that_is_meant(
    desk: Desk, target: str, service: str | None, chat: ChatRef, spoken: str
):
    """Every spelling, and a person's known chat with the service that it has (rulings 5 and 11)."""
    body = await desk.send(target, service=service)
    assert await desk.queued() == [(chat, "Hello", spoken)]
    assert (body["to"], body["chatGuid"]) == (f"chat_id:{chat.row_id}", chat.guid)


@pytest.mark.parametrize(
    ("target", "service", "handle", "spoken"),
    [
        ("+15550100009", None, "+15550100009", "auto"),
        ("sms:+15550100009", None, "+15550100009", "sms"),
        ("sms:+15550100001", None, "+15550100001", "sms"),
        (ANN, "sms", "+15550100001", "sms"),
        (BOB, "imessage", BOB, "imessage"),
    ],
)
async def test_a_new_person_or_another_service_is_reached_by_handle(
    desk: Desk, target: str, service: str | None, handle: str, spoken: str
):
    """A chat never changes its service; who asks for another begins anew (ruling 11)."""
    await desk.send(target, service=service)
    assert await desk.queued() == [(handle, "Hello", spoken)]


@pytest.mark.parametrize(
    ("params", "kind", "said"),
    [
        ({"target": "abc123"}, BadRequest, "neither a number nor a mail address"),
        ({"target": "chat_id:8"}, NotFound, "openclaw chats list"),
        ({"target": "chat_guid:iMessage;+;chat9"}, NotFound, "openclaw chats list"),
        ({"target": ""}, BadRequest, "defaultTo"),
        ({"text": " "}, BadRequest, "empty"),
        ({"text": 7}, BadRequest, "empty"),
        ({"service": "telex"}, BadRequest, "auto, imessage, sms"),
        ({"target": f"sms:{ANN}", "service": "imessage"}, BadRequest, "contradict"),
        ({"target": "chat_id:7", "service": "sms"}, BadRequest, "keeps its own service"),
        ({"target": "chat_id:9", "service": "imessage"}, BadRequest, "keeps its own service"),
        ({"account": "nope"}, BadRequest, "account nope does not exist in the configuration.*: default"),
        ({"acount": "default"}, BadRequest, "unknown parameter"),
    ],
)
async def test_what_cannot_be_sent_is_refused_and_nothing_is_queued(
    desk: Desk, params: dict[str, object], kind: type[Exception], said: str
):
    """Each refusal says what to write instead; no other place is tried (demand B7, B8)."""
    with pytest.raises(kind, match=said):
        await desk.ask("messages/send", **({"target": ANN, "text": "Hello"} | params))
    assert await desk.queued() == []


async def test_the_same_key_sends_once(desk: Desk):
    """Whoever gave up waiting may ask again and hears what became of it (demand D8)."""
    first = await desk.send(key="bill-7")
    again = await desk.send("chat_id:7", key="bill-7")
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert [one["id"] for one in first["deliveries"]] == [one["id"] for one in again["deliveries"]]
    assert len(await desk.queued()) == 1


async def test_without_a_key_each_order_is_a_message_of_its_own(desk: Desk):
    """Who says the same twice means it twice; the answer has a key for a retry all the same."""
    first, second = await desk.send(), await desk.send()
    assert first["key"] != second["key"]
    assert len(await desk.queued()) == 2
    assert (await desk.send(key=first["key"]))["repeated"] is True


@pytest.mark.parametrize("other", [{"text": "Goodbye"}, {"target": BOB}])
async def test_a_used_key_never_swallows_another_message(desk: Desk, other: dict[str, Any]):
    """A key that comes back with other words or for somebody else is a mistake of the caller, and it is said."""
    await desk.send(key="bill-7")
    with pytest.raises(BadRequest, match="was used for another message, delivery 1"):
        await desk.send(key="bill-7", **other)


async def test_a_key_holds_when_the_chat_came_into_being_meanwhile(desk: Desk):
    """The first message to a person makes the chat; a retry then finds it, and is still the same order."""
    await desk.send("+15550100009", key="first")
    made = ChatRef(ChatRowId(20), "iMessage;-;+15550100009", "+15550100009")
    wrote = InboundMessage(DEFAULT, RowId(60), MessageGuid("G-60"), made, "+15550100009", False, "Hi", NOW)
    await desk.ledger.write(lambda tx: accounts.note_chat(tx, wrote, is_group=False))
    assert (await desk.send("+15550100009", key="first"))["repeated"] is True
    assert len(await desk.queued()) == 1


async def test_a_long_text_is_cut_as_the_account_says_and_not_rendered(desk: Desk):
    """The operator's words stay as they are; only the limit of a bubble counts (requirements: chunking)."""
    desk.accounts = configured(textChunkLimit=12, chunkMode="newline")
    body = await desk.send(text="**one two**\n\nthree four five")
    assert [one["text"] for one in body["deliveries"]] == ["**one two**", "three four", "five"]
    assert [text for _, text, _ in await desk.queued()] == ["**one two**", "three four", "five"]


async def test_only_an_order_wakes_the_sending(desk: Desk):
    """A new message is sent at once; a repeated one and a look have nothing to send (demand K6)."""
    assert (await desk.ask("messages/send", target=ANN, text="Hello", key="k")).deliver is True
    assert (await desk.ask("messages/send", target=ANN, text="Hello", key="k")).deliver is False
    assert (await desk.ask("messages/recipient", target=ANN)).deliver is False


async def test_where_a_message_would_go_is_told_without_queueing_it(desk: Desk):
    """A rehearsal resolves the target like the real thing and leaves nothing behind (demand K6)."""
    body = await desk.where(ANN)
    assert (body["to"], body["accountId"], body["paused"]) == ("chat_id:7", "default", False)
    assert (body["textChunkLimit"], body["chunkMode"]) == (4000, "length")
    assert await desk.queued() == []


async def test_a_paused_chat_is_named_as_such(desk: Desk):
    """The message waits with everything else, and the operator is told (promise 4)."""
    await desk.ask("pause", target=ANN)
    assert (await desk.send())["paused"] is True
    assert (await desk.send(BOB))["paused"] is False


async def test_with_several_accounts_one_has_to_be_named(desk: Desk):
    """No account is guessed; those that send are listed, and one that is off is called so."""
    desk.accounts = configured(accounts={"home": {}, "shop": {}, "old": {"enabled": False}})
    with pytest.raises(BadRequest, match="home, shop"):
        await desk.send()
    with pytest.raises(BadRequest, match="account old is not enabled"):
        await desk.send(account="old")
    body = await desk.send(account="shop")
    assert (body["accountId"], body["handle"]) == ("shop", ANN)


async def test_an_account_may_have_a_usual_target(desk: Desk):
    """`defaultTo` stands in for a target that is not given (facts E.1)."""
    desk.accounts = configured(defaultTo="chat_id:9")
    assert (await desk.ask("messages/recipient")).body["to"] == "chat_id:9"


async def test_the_accounts_region_completes_national_numbers(desk: Desk):
    """The same digits are another person elsewhere (ruling 4)."""
    desk.accounts = configured(region="GB")
    assert (await desk.where("020 7946 0018"))["handle"] == "+442079460018"


async def test_one_delivery_can_be_looked_at(desk: Desk):
    """Whoever sent it can follow it by its number."""
    number = (await desk.send())["deliveries"][0]["id"]
    found = (await desk.ask("delivery", id=number)).body["delivery"]
    assert isinstance(found, dict)
    assert (found["state"], found["text"]) == ("queued", "Hello")
    with pytest.raises(NotFound, match="openclaw deliveries list"):
        await desk.ask("delivery", id=99)


async def test_files_go_by_the_id_of_a_copy_behind_the_text(desk: Desk, tmp_path: Path):
    """Each is a message of its own (decision 025); a request names no path."""
    shelf = Shelf.of(tmp_path)
    one, two = shelf.put("a.txt", [b"one"], 1), shelf.put("b.txt", [b"two"], 1)
    ids = f"{id_of(one)},{id_of(two)}"
    body = await desk.send(text="Two files", files=ids, key="k")
    assert [(each["text"], each["file"]) for each in body["deliveries"]] == [
        ("Two files", None),
        ("", {"name": "a.txt", "type": "text/plain", "bytes": 3}),
        ("", {"name": "b.txt", "type": "text/plain", "bytes": 3}),
    ]
    kept = await desk.ledger.read(lambda tx: deliveries.in_state(tx, DeliveryState.QUEUED))
    assert [each.message.file for each in kept] == [None, one, two]


async def test_the_same_key_with_another_file_is_refused(desk: Desk, tmp_path: Path):
    """By what is in the file: another copy of the same one is the same order."""
    shelf = Shelf.of(tmp_path)
    first, same, other = (id_of(shelf.put("a.txt", [each], 1)) for each in (b"one", b"one", b"two"))
    assert not (await desk.send(text="", files=first, key="k"))["repeated"]
    assert (await desk.send(text="", files=same, key="k"))["repeated"]
    for changed in ({"files": other}, {"files": f"{first},{first}"}, {"text": "Hello"}):
        with pytest.raises(BadRequest, match="another message"):
            await desk.ask("messages/send", **({"target": ANN, "key": "k"} | changed))


@pytest.mark.parametrize("id_", ["/etc/passwd", "../../etc", "0" * 16 + "-" + "0" * 64, "a"])
async def test_no_request_has_another_file_opened(desk: Desk, id_: str):
    """CVE-2026-25475: whoever may ask names ids, never paths."""
    with pytest.raises(NotFound, match="lies ready"):
        await desk.send(files=id_)
    assert await desk.queued() == []


async def test_a_copy_over_the_limit_of_the_account_is_refused(desk: Desk, tmp_path: Path):
    """mediaMaxMb, whatever the one who made the copy thought of it."""
    large = Shelf.of(tmp_path).put("a.bin", [b"x" * 1_000_000] * 17, 20)
    with pytest.raises(BadRequest, match=r"larger than 16 MB \(mediaMaxMb\)"):
        await desk.send(files=id_of(large))
