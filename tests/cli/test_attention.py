from __future__ import annotations

from openclaw.domain.admission import Held, Reason
from openclaw.store import messages

from .conftest import NOW, Installation, ann_wrote, running_gateway


def hold(tx: object) -> None:
    held = messages.load(tx, [ann_wrote(tx, 42, "See you tomorrow")])[0]  # type: ignore[arg-type]
    messages.judge(tx, held, Held(Reason.SUSPECT_ECHO), None, NOW)  # type: ignore[arg-type]


def test_what_needs_a_person_is_listed_and_decided(installation: Installation):
    """A held message: listed with its commands, told as a story, released, and gone from the list (issue)."""
    installation.fill(hold)
    listed = installation.run("attention").out
    assert "messages release, messages drop" in listed
    assert "asks to be let in" in listed
    story = installation.run("messages", "story", "2").out
    assert "It is held for your decision." in story
    assert "Release it if a person really wrote it." in story
    assert "Released message 2." in installation.run("messages", "release", "2").out
    assert installation.run("messages", "drop", "2").code == 1
    assert "Denied" in installation.run("pairing", "deny", "ABCD2345").out
    assert installation.run("attention").out == "Nothing needs you.\n"


def test_the_last_hours_are_shown(installation: Installation):
    """They have the message that came (issue: health); an hour may begin meanwhile."""
    installation.fill()
    told = installation.run("health", "--hours", "2", "--json")
    buckets = told.json["buckets"]
    assert sum(bucket["received"] for bucket in buckets) == 1
    shown = installation.run("health")
    assert "Outbox" in shown.out
    assert "No gateway is running" in shown.err
    assert (told.code, told.json["gatewayReachable"], shown.code) == (1, False, 1)


async def test_health_succeeds_while_a_gateway_runs(installation: Installation):
    """Scripts of the original ask it whether there is one (facts J.5)."""
    async with running_gateway(installation):
        told = await installation.run_beside("health", "--json")
    assert (told.code, told.json["gatewayReachable"]) == (0, True)


def test_conversations_are_shown(installation: Installation):
    """The list with last words, and the conversation itself (issue: conversations)."""
    installation.fill()
    assert "Are you there?" in installation.run("chats", "recent").out
    assert "Are you there?" in installation.run("chats", "show", "chat_id:7").out
    assert installation.run("chats", "show", "chat_id:8").code == 1


def test_empty_lists_say_so(installation: Installation):
    """An empty list is a sentence (promise 4)."""
    assert installation.run("turns", "list").out == "No turns.\n"
    assert installation.run("sessions", "list").out == "No sessions.\n"
    assert installation.run("pairing", "grants").out == "Nobody was let in by approval.\n"
    assert installation.run("turns", "retry", "1").code == 1
    assert installation.run("sessions", "reset", "agent:main:main").code == 1
    assert installation.run("deliveries", "resend", "1").code == 1
