"""The own rows of a send, and what may be wrong with them, over real pipes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.simulator.looking import eventually

from openclaw.simulator import phone
from openclaw.simulator.behaviour import write_settings

ANN, ME = "+15550100001", "+15550100000"


def behave(database: Path, *misbehaviour: dict[str, Any], **settings: Any) -> None:
    """Watches without delay, and what goes wrong."""
    write_settings(
        str(database), {"debounceMs": 0, "pollMs": 50, "misbehaviour": list(misbehaviour), **settings}
    )


def watching(imsg: Callable[..., Any], version: str = "0.9.0") -> Any:
    """A child with a subscription from now on."""
    child = imsg(version)
    child.ask("watch.subscribe")
    return child


def history(child: Any) -> list[dict[str, Any]]:
    """The newest chat, oldest row first."""
    chats = child.ask("chats.list")["chats"]
    return child.ask("messages.history", chat_id=chats[0]["id"])["messages"][::-1] if chats else []


@pytest.mark.parametrize("version", ["0.5.0", "0.9.0"])
def test_an_own_row_may_be_seen_before_its_chat(
    version: str, database: Path, imsg: Callable[..., Any]
) -> None:
    """`late-join`: reported with `chat_id` 0 and never again, while history has it later (imsg contract 5.2)."""
    behave(database, {"kind": "late-join", "delayMs": 300})
    child = watching(imsg, version)
    child.ask("send", to=ANN, text="hi")
    assert (child.message()["chat_id"], child.notices) == (0, [])
    assert [row["text"] for row in eventually(lambda: history(child))] == ["hi"]


def test_an_own_row_may_be_seen_before_its_text(database: Path, imsg: Callable[..., Any]) -> None:
    """`late-text`: reported empty, filled in later (imsg contract 5.1, 5.2)."""
    behave(database, {"kind": "late-text", "delayMs": 300, "whose": "own"}, ownText="body")
    child = watching(imsg)
    child.ask("send", to=ANN, text="hi")
    said = child.message()
    assert said["text"] == ""
    assert eventually(lambda: [row["id"] for row in history(child) if row["text"] == "hi"]) == [said["id"]]


def test_an_own_row_may_seem_to_be_the_peers_at_first(database: Path, imsg: Callable[..., Any]) -> None:
    """`flip`: is_from_me is 0 for a moment and the sender is the peer (imsg#80, oc#59363)."""
    behave(database, {"kind": "flip", "delayMs": 300})
    child = watching(imsg)
    child.ask("send", to=ANN, text="hi")
    said = child.message()
    assert (said["is_from_me"], said["sender"], said["text"]) == (False, ANN, "hi")
    assert eventually(lambda: [row["id"] for row in history(child) if row["is_from_me"]]) == [said["id"]]


def test_a_chat_with_oneself_has_every_message_twice(database: Path, imsg: Callable[..., Any]) -> None:
    """`mirror`: a second, inbound row with a guid of its own, only there (oc#32166, oc#48859)."""
    behave(database, {"kind": "mirror"})
    child = watching(imsg)
    child.ask("send", to=ME, text="note")
    own, twin = child.message(), child.message()
    assert [(each["is_from_me"], each["sender"], each["text"]) for each in (own, twin)] == [
        (True, ME, "note"),
        (False, ME, "note"),
    ]
    assert own["guid"] != twin["guid"]
    child.ask("send", to=ANN, text="to another")
    assert [row["text"] for row in history(child)] == ["to another"]


@pytest.mark.parametrize("reply", [False, True])
def test_own_words_may_come_back_from_the_other_side(
    reply: bool, database: Path, imsg: Callable[..., Any]
) -> None:
    """`reflect`: inbound, later, with or without `reply_to_guid` (oc#59363, oc#135704)."""
    behave(database, {"kind": "reflect", "delayMs": 100, "reply": reply, "times": 1})
    child = watching(imsg)
    child.ask("send", to=ANN, text="hi")
    own, echo = child.message(), child.message()
    assert (echo["is_from_me"], echo["sender"], echo["text"]) == (False, ANN, "hi")
    assert echo.get("reply_to_guid") == (own["guid"] if reply else None)


def test_what_is_planned_comes_though_the_child_was_killed(database: Path, imsg: Callable[..., Any]) -> None:
    """Messages writes the row, not imsg: the next that looks finds it (imsg contract 4.5)."""
    behave(database, {"kind": "late-own-row", "delayMs": 300}, {"kind": "late-join", "whose": "inbound"})
    child = imsg()
    child.ask("send", to=ANN, text="hi")
    child.kill()
    later = imsg()
    assert [row["text"] for row in eventually(lambda: history(later))] == ["hi"]


@pytest.mark.parametrize("sent", [True, False])
def test_an_unknown_outcome_says_nothing_about_the_row(
    sent: bool, database: Path, imsg: Callable[..., Any]
) -> None:
    """`outcome-unknown`: -32001 with an object as data, from 0.14 (imsg contract 1.10)."""
    behave(database, {"kind": "outcome-unknown", "sent": sent})
    error = imsg("0.14.0").ask("send", to=ANN, text="hi")
    assert (error["code"], error["data"]["retry_safe"]) == (-32001, False)
    assert [each.text for each in phone.read_thread(database, ANN)] == (["hi"] if sent else [])
    assert imsg("0.9.0").ask("send", to=ANN, text="hi")["ok"] is True


@pytest.mark.parametrize("own", [True, False], ids=["own", "inbound"])
@pytest.mark.parametrize(
    ("version", "length", "before"),
    [
        *(("0.5.0", 40, ""), ("0.6.0", 127, ""), ("0.3.0", 200, "junk"), ("0.6.0", 128, "junk")),
        *(("0.7.0", 31, ""), ("0.7.3", 32, " "), ("0.7.3", 126, "~"), ("0.7.3", 128, "")),
        *(("0.8.0", 8191, ""), ("0.8.0", 8588, "!"), ("0.14.0", 8588, "!")),
    ],
)
def test_bodies_are_spoilt_as_the_release_does_it(
    version: str, length: int, before: str, own: bool, database: Path, imsg: Callable[..., Any]
) -> None:
    """Own rows with `ownText` body and inbound ones alike, in the watch (imsg contract 1.10, 3.5; oc#64309)."""
    behave(database, ownText="body")
    child = watching(imsg, version)
    if own:
        child.ask("send", to=ANN, text="F" * length)
    else:
        phone.say(database, ANN, "F" * length, body_only=True)
    text = child.message()["text"]
    assert text.endswith("F" * length)
    junk = text[: len(text) - length]
    assert bool(junk) if before == "junk" else junk == before


@pytest.mark.parametrize("version", ["0.3.0", "0.6.0", "0.7.3", "0.9.0", "0.14.0"])
def test_an_empty_body_is_shown_as_the_archive(
    version: str, database: Path, imsg: Callable[..., Any]
) -> None:
    """A text that starts with `streamtyped` (imsg contract 3.5)."""
    behave(database)
    child = watching(imsg, version)
    phone.say(database, ANN, "", body_only=True)
    assert child.message()["text"].startswith("streamtyped")
