from __future__ import annotations

from typing import Any

import pytest

from openclaw.domain.health import AccountState
from openclaw.domain.ids import MessageId
from openclaw.domain.messages import MessageState
from openclaw.domain.reasons import Reason
from openclaw.store import messages

from .conftest import ANN, NOW, Installation, ann_wrote, running_gateway

LISTED = {"channels": {"imessage": {"dmPolicy": "allowlist", "allowFrom": ["+15550100009"]}}}


def refused(tx: object) -> None:
    """Ann's message was refused."""
    messages.settle(tx, [MessageId(1)], MessageState.DROPPED, NOW, Reason.DM_NOT_ALLOWED)  # type: ignore[arg-type]


def test_it_says_why_a_message_was_ignored(installation: Installation):
    """Gate, sentence, the key that decided with its value, and the fix; by number, by guid, or as the newest one."""
    installation.configure(LISTED)
    installation.fill(refused)
    for words in ((), ("1",), ("G-41",), ("--last", "1")):
        ran = installation.run("explain", *words)
        assert ran.code == 0, ran.err
        assert "stopped senders   The sender is not in the allowlist." in ran.out
        assert 'Decided by: channels.imessage.allowFrom = ["+15550100009"]' in ran.out
        assert "What helps: Add them to channels.imessage.allowFrom." in ran.out
        assert f"from {ANN}" in ran.out
        assert "(no text kept)" in ran.out
    [one] = installation.run("explain", "1", "--json").json["messages"]
    assert one["verdict"]["keys"][1]["key"] == "channels.imessage.dmPolicy"


async def test_a_running_gateway_is_asked(installation: Installation):
    """The same words with a gateway, whose configuration is the one that counts."""
    installation.configure(LISTED)
    async with running_gateway(installation):
        ran = await installation.run_beside("explain", "1")
        assert "Waits for: It waits to be judged" in ran.out
        unknown = await installation.run_beside("explain", "nobody-knows-it")
        assert unknown.code == 1
        assert "Nobody knows it." in unknown.out
        none = await installation.run_beside("explain", "--from", ANN, "--text", "hi")
        assert "not known here" in none.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--from", ANN, "--text", "hi"), "It would be dropped (state dropped)."),
        (("--from", "(555) 010-0009", "--text", "hi"), "It would be admitted (state waiting)."),
        (("--from", "+15550100009", "--text", "/status"), "as the command /status (state commanded)"),
        (("--from", ANN, "--text", "hi", "--group"), "in a group of account default"),
        (
            ("--from", "+15550100009", "--text", "hi"),
            "Route: agent main, session agent:main:main, by default.",
        ),
        (("--from", "+15550100009", "--text", "hi"), "Waits for: Agent main has no model"),
    ],
)
def test_it_says_what_would_happen(installation: Installation, words: tuple[str, ...], says: str):
    """Without a gateway too, and nothing is made where there was nothing (issue: explain)."""
    installation.configure(LISTED)
    before = sorted(installation.state_dir.iterdir())
    ran = installation.run("explain", *words)
    assert ran.code == 0, ran.err
    assert says in ran.out
    assert sorted(installation.state_dir.iterdir()) == before


@pytest.mark.parametrize(
    "words",
    [
        ("--from", ANN),
        ("--text", "x"),
        ("G-41", "--last", "2"),
        ("G-41", "--from", ANN, "--text", "x"),
        ("--chat", "chat_id:7"),
        ("--last", "0"),
    ],
)
def test_what_does_not_go_together_is_refused(installation: Installation, words: tuple[str, ...]):
    """A mistake in the words is not answered with another question's answer."""
    assert installation.run("explain", *words).code == 2


def test_a_broken_file_hides_nothing_of_the_past(installation: Installation):
    """What happened is told; what would happen cannot be, and the file's mistake is."""
    installation.configure({"channels": {"imessage": {"dmPolicy": "everybody"}}})
    installation.fill(refused)
    assert "Reason: dm-not-allowed" in installation.run("explain", "1").out
    ran = installation.run("explain", "--from", ANN, "--text", "x")
    assert ran.code == 1
    assert "channels.imessage.dmPolicy" in ran.err


def test_our_own_bubble_is_not_the_newest_message(installation: Installation):
    """After each answer the phone reports it; who asks why the newest message was ignored means a person's."""

    def answered(tx: Any) -> None:
        refused(tx)
        own = ann_wrote(tx, 42, "our answer")
        messages.settle(tx, [own], MessageState.OURS, NOW, Reason.OWN_TEXT)

    installation.configure(LISTED)
    installation.fill(answered)
    for words in ((), ("--last", "5")):
        told = installation.run("explain", *words, "--json").json["messages"]
        assert [one["message"]["guid"] for one in told] == ["G-41"]
    assert "It is ours." in installation.run("explain", "G-42").out


@pytest.mark.parametrize("words", [(), ("1",), ("--from", ANN, "--text", "hi")])
def test_a_file_that_cannot_be_used_and_a_gateway_that_does_not_run_are_said(
    installation: Installation, words: tuple[str, ...]
):
    """What never came has no story, and what would happen does not happen while nobody hears (ruling 18)."""
    installation.configure(LISTED)
    installation.fill(refused)
    assert "At present: gateway: none runs" in installation.run("explain", *words).out
    installation.configure({"channels": {"imessage": {"alowFrom": [ANN]}}})
    if not words:
        said = installation.run("explain").out
        assert "At present: configuration: cannot be used: channels.imessage.alowFrom unknown key" in said


async def test_a_phone_that_is_not_heard_is_said(installation: Installation):
    """The account's own cause stands below the newest message, which may be an old one (ruling 18)."""
    installation.configure(LISTED)
    async with running_gateway(installation) as gateway:
        assert "At present" not in (await installation.run_beside("explain")).out
        gateway.state, gateway.cause = AccountState.NEEDS_PERMISSION, "it may not read. Grant it"
        ran = await installation.run_beside("explain")
        assert "At present: account default: needs permission since" in ran.out
        assert "it may not read. Grant it" in ran.out
        [one] = (await installation.run_beside("explain", "--json")).json["hindrances"]
        assert (one["about"], one["fix"]) == ("account default", "")


async def test_a_pause_is_said_where_it_was_made(installation: Installation):
    """Whoever paused it months ago and asks now why nobody answers is told what to go on with (ruling 18)."""
    installation.configure(LISTED)
    async with running_gateway(installation):
        await installation.run_beside("pause", "--account", "default")
        [one] = (await installation.run_beside("explain", "--json")).json["hindrances"]
        assert (one["about"], one["fix"]) == ("account default", "openclaw resume --account default")
        await installation.run_beside("pause")
        [one] = (await installation.run_beside("explain", "--json")).json["hindrances"]
        assert (one["about"], one["fix"]) == ("gateway", "openclaw resume")


def test_an_unknown_guid_is_looked_for_on_the_phones(installation: Installation):
    """Without a gateway directly; a phone that cannot be asked is named with its cause."""
    installation.configure({"channels": {"imessage": {"cliPath": "/nowhere/imsg"}}})
    ran = installation.run("explain", "no-such-guid")
    assert ran.code == 1
    assert "The ledger has no message with the guid no-such-guid." in ran.out
    assert "Its phone could not be asked: /nowhere/imsg" in ran.out
    assert "Nobody who could be asked knows it." in ran.out
    found = installation.run("explain", "no-such-guid", "--json").json["search"]
    assert (found["found"], found["accounts"][0]["found"]) == (False, False)


def test_an_unknown_number_is_an_error(installation: Installation):
    """A number is ours alone; no phone knows it."""
    assert "no message 99 is kept" in installation.run("explain", "99").err


def test_an_empty_ledger_has_nothing_to_explain(installation: Installation):
    """And none is made by asking; why nothing came is said (ruling 18)."""
    said = installation.run("explain").out.splitlines()
    assert said[0] == "No message has reached the gateway yet."
    assert said[1].startswith("At present: gateway: none runs")
    assert said[1].endswith("Fix: openclaw gateway")
    assert not installation.state_dir.exists()


def test_searching_needs_a_configuration(installation: Installation):
    """Which phones there are is in the file alone."""
    installation.configure("{ broken")
    assert installation.run("explain", "no-such-guid").code == 1
