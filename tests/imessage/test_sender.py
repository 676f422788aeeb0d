"""Sending through children that fail in every way."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from tests.imessage.phones import Account, connected, scripted

from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import NotSent, OutboundMessage, SendResult, Sent, Unknown
from openclaw.domain.handles import Handle
from openclaw.domain.ids import AccountId, ChatRowId
from openclaw.imessage.phone import Phone
from openclaw.imessage.sender import service_of_chat

CHAT = ChatRef(ChatRowId(1), "iMessage;-;+15550100001")


def on_send(program: str) -> str:
    """An ordinary imsg that runs ``program`` for each ``send``, after writing its parameters down."""
    body = "\n".join(" " * 8 + line for line in program.splitlines())
    return (
        "log = os.path.join(os.path.dirname(sys.argv[0]), 'sent')\n"
        "for request in requests():\n"
        "    if request['method'] == 'send':\n"
        "        open(log, 'a').write(json.dumps(request['params']) + '\\n')\n"
        f"{body}\n    else:\n        ordinary(request)\n"
    )


def sent(folder: Path) -> list[dict[str, object]]:
    """The parameters of every send that a child has seen."""
    path = folder / "sent"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


async def say_hi(phone: Phone, text: str = "hi") -> SendResult:
    """Send ``text`` into the one chat of a scripted imsg."""
    return await phone.send(OutboundMessage(AccountId("default"), CHAT, text))


async def test_a_chat_is_named_by_one_selector_and_its_service(tmp_path: Path) -> None:
    """Never two selectors; the reply keeps the service; one transport only (imsg contract 1.11, 4.6)."""
    cli = scripted(tmp_path, on_send("answer(request, {'ok': True, 'guid': 'G', 'id': 9})"))

    async with connected(Account(cli)) as (phone, _, _):
        assert await say_hi(phone) == Sent("G", 9)  # type: ignore[arg-type]

    assert sent(tmp_path) == [{"chat_id": 1, "text": "hi", "service": "imessage", "transport": "applescript"}]


async def test_a_handle_goes_with_service_and_region(tmp_path: Path) -> None:
    """The message's own service wins over the account's (design ruling 11)."""
    cli = scripted(tmp_path, on_send("answer(request, {'ok': True})"), version="0.5.0")

    async with connected(Account(cli, service="sms", region="DE")) as (phone, _, _):
        for service in ("auto", "imessage"):
            message = OutboundMessage(AccountId("default"), Handle("ann@example.com"), "hi", service)
            assert await phone.send(message) == Sent()

    assert sent(tmp_path) == [
        {"to": "ann@example.com", "text": "hi", "service": service, "region": "DE"}
        for service in ("sms", "imessage")
    ]


async def test_the_moment_in_which_a_request_may_have_left_is_told(tmp_path: Path) -> None:
    """Before it, a cut-off sending is proven not to have left; after it, nothing is (design 4)."""
    cli, moments = scripted(tmp_path, on_send("answer(request, {'ok': True})")), list[int]()

    async with connected(Account(cli)) as (phone, _, _):
        message = OutboundMessage(AccountId("default"), CHAT, "hi")
        await phone.send(message, lambda: moments.append(len(sent(tmp_path))))
        nowhere = OutboundMessage(AccountId("default"), ChatRef(ChatRowId(5), "any;-;x"), "hi")
        await phone.send(nowhere, lambda: moments.append(-1))

    assert len(moments) == 1
    assert moments[0] >= 0


@pytest.mark.parametrize(
    ("listed", "reached"),
    [
        (["SMS;-;+15550100001", "iMessage;-;+15550100001"], 2),
        (["SMS;-;+15550100001", "any;-;+15550100001"], 2),
        (["SMS;-;+15550100001"], None),
    ],
)
async def test_a_chat_that_moved_is_found_with_its_service_or_not_at_all(
    tmp_path: Path, listed: list[str], reached: int | None
) -> None:
    """Issue 4, point 4: a person's SMS chat is not the place of a reply to their iMessage (demand D)."""
    chats = [{"id": number, "guid": guid} for number, guid in enumerate(listed, start=1)]
    cli = scripted(
        tmp_path,
        f"chats = {chats!r}\n"
        + on_send("answer(request, {'ok': True})").replace(
            "    else:\n",
            "    elif request['method'] == 'chats.list':\n"
            "        answer(request, {'chats': chats})\n"
            "    elif request['method'] == 'messages.history':\n"
            "        answer(request, {'messages': []})\n"
            "    else:\n",
        ),
    )

    async with connected(Account(cli)) as (phone, _, _):
        result = await say_hi(phone)

    assert [params["chat_id"] for params in sent(tmp_path)] == ([reached] if reached else [])
    assert isinstance(result, Sent if reached else NotSent)


@pytest.mark.parametrize("ending", ["fail(request, -32603, 'odd')", "answer(request, {})"])
async def test_the_child_that_took_a_request_of_unknown_fate_is_ended(tmp_path: Path, ending: str) -> None:
    """Only a dead child can be proved to send nothing any more (design 4)."""
    cli = scripted(tmp_path, on_send(f"if launch == 2: {ending}\nelse: answer(request, {{'ok': True}})"))

    async with connected(Account(cli)) as (phone, _, _):
        assert isinstance(await say_hi(phone), Unknown)
        assert await say_hi(phone) == Sent()


async def test_a_child_that_dies_during_a_send_leaves_its_fate_unknown(tmp_path: Path) -> None:
    """It had the request; the next send gets a new child."""
    cli = scripted(
        tmp_path, on_send("if len(open(log).readlines()) == 1: os._exit(9)\nanswer(request, {'ok': True})")
    )

    async with connected(Account(cli)) as (phone, _, _):
        assert isinstance(await say_hi(phone), Unknown)
        assert await say_hi(phone) == Sent()


async def test_a_send_beside_a_dying_one_is_not_touched_by_it(tmp_path: Path) -> None:
    """Two at a time go through children of their own; what waits behind one was never written, and is simply sent."""
    cli = scripted(
        tmp_path,
        on_send("if 'bomb' in request['params']['text']: os._exit(9)\nanswer(request, {'ok': True})"),
    )

    async with connected(Account(cli)) as (phone, _, _):
        results = await asyncio.gather(*(say_hi(phone, text) for text in ("bomb", "beside", "behind")))

    assert isinstance(results[0], Unknown)
    assert results[1:] == [Sent(), Sent()]
    assert sorted(str(params["text"]) for params in sent(tmp_path)) == ["behind", "beside", "bomb"]


async def test_a_send_without_an_answer_is_unknown_and_its_child_is_replaced(tmp_path: Path) -> None:
    """The deadline is the account's; the late answer has nobody to go to."""
    hang_once = "if len(open(log).readlines()) == 1: time.sleep(600)\nanswer(request, {'ok': True})"
    cli = scripted(tmp_path, on_send(hang_once))

    async with connected(Account(cli, send_timeout_ms=2000)) as (phone, _, _):
        assert isinstance(await say_hi(phone), Unknown)
        assert await say_hi(phone) == Sent()


@pytest.mark.parametrize("data", ["transport", "unknown key: transport"])
async def test_a_refused_key_is_left_out_and_the_message_sent(tmp_path: Path, data: str) -> None:
    """Later releases refuse what they do not know, before sending anything (imsg contract 1.10)."""
    cli = scripted(
        tmp_path,
        on_send(
            f"fail(request, -32602, {data!r}) if 'transport' in request['params'] else answer(request, {{'ok': 1}})"
        ),
    )

    async with connected(Account(cli)) as (phone, _, _):
        assert [await say_hi(phone), await say_hi(phone)] == [Sent(), Sent()]

    assert ["transport" in params for params in sent(tmp_path)] == [True, False, False]


async def test_a_sender_that_cannot_start_sends_nothing_and_says_why(tmp_path: Path) -> None:
    """The handshake proves the start-up before anything is written: a banner is a proof of a miss."""
    cli = scripted(
        tmp_path,
        "if launch == 1:\n    for request in requests(): ordinary(request)\n"
        "say('Permission Error: grant Full Disk Access')\nsys.exit(1)",
    )

    async with connected(Account(cli)) as (phone, _, diary):
        await diary.when(lambda health: bool(health.version))
        message = OutboundMessage(AccountId("default"), Handle("ann@example.com"), "hi")
        result = await phone.send(message)

    assert isinstance(result, NotSent)
    assert "Full Disk Access" in result.reason
    assert sent(tmp_path) == []


@pytest.mark.parametrize(
    ("guid", "asked", "service"),
    [
        ("SMS;-;+1555", "auto", "sms"),
        ("RCS;-;+1555", "imessage", "sms"),
        ("iMessage;-;+1555", "sms", "imessage"),
        ("any;-;+1555", "sms", "sms"),
        ("any;-;+1555", "auto", "auto"),
        ("SMS;+;chat1", "auto", None),
    ],
)
def test_a_conversation_keeps_its_service(guid: str, asked: str, service: str | None) -> None:
    """Where the guid does not say, the message does; groups keep their own (imsg contract 4.2)."""
    assert service_of_chat(ChatRef(ChatRowId(1), guid), asked) == service
