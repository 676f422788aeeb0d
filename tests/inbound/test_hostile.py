"""Hostile input at the gates: look-alikes, marks, floods of characters. Refused or defused, with a reason, at once."""

from __future__ import annotations

import pytest
from tests.inbound.policies import CLAW, policy, verdict
from tests.making import ANN, NOON, direct_chat, group_chat, inbound
from tests.rig import open_to_all, running

from openclaw.domain.admission import Admitted, Dropped
from openclaw.domain.handles import LONGEST, parse_handle
from openclaw.domain.messages import MessageState
from openclaw.domain.reasons import Reason
from openclaw.inbound.mentions import compile_mentions
from openclaw.store import Ledger, messages

MAIL = "ann@example.com"
FLOOD = "a" * 100_000


@pytest.mark.parametrize(
    "sender",
    [
        "\u0430nn@example.com",  # Cyrillic а
        "ann@ex\u0430mple.com",
        "a\u0131n@example.com",
        "ann@example.com\x00",
        "ann\x00@example.com",
        "ann@example.com, +15550100001",
        "\uff0b\uff11\uff15\uff15\uff15\uff10\uff11\uff10\uff10\uff10\uff10\uff11",  # full-width
        "+1555010000\u0661",  # Arabic digit
        "+1555010000l",
        "+15550100001;+15550100002",
        FLOOD,
        f"{FLOOD}@example.com",
        "+" + "1" * 100_000,
    ],
)
def test_a_look_alike_is_nobody_who_is_listed(sender: str) -> None:
    """Ruling 4: what is not written as a handle is not one, and no part of it is picked out."""
    rules = policy(dm_policy="allowlist", allow_from=(MAIL, ANN))

    found = verdict(inbound(1, "hi", sender=sender, chat=direct_chat("x")), rules)

    assert found in (Dropped(Reason.DM_NOT_ALLOWED), Dropped(Reason.NO_SENDER))


@pytest.mark.parametrize(
    "sender", [f"\u200e{ANN}\u200f", f"\u202a{ANN}\u202c", f"\ufeff{MAIL}", "Ann@Example.COM"]
)
def test_marks_that_nobody_sees_make_no_other_person(sender: str) -> None:
    """macOS puts direction marks around numbers copied from contacts; they are the same person in every list."""
    rules = policy(dm_policy="allowlist", allow_from=(MAIL, f"\u2068{ANN}\u2069"))

    assert isinstance(verdict(inbound(1, "hi", sender=sender, chat=direct_chat("x")), rules), Admitted)


def test_a_handle_has_an_end() -> None:
    """No address is longer than a mail address may be; nothing longer is looked at or remembered."""
    assert parse_handle("a" * (LONGEST - 12) + "@example.com") is not None
    assert parse_handle("a" * LONGEST + "@example.com") is None


def test_the_name_is_found_in_a_flood_of_characters() -> None:
    """Patterns run in linear time, also one that explodes elsewhere (issue: user regexes)."""
    rules = policy(group_allow_from=("*",))
    explodes = compile_mentions(["(a+)+$", r"(x|x?)+claw"], "mentionPatterns")

    shout = inbound(1, FLOOD + " claw", chat=group_chat())
    assert isinstance(verdict(shout, rules, patterns=CLAW), Admitted)
    assert verdict(inbound(1, FLOOD + "!", chat=group_chat()), rules, patterns=explodes) == Dropped(
        Reason.NOT_MENTIONED
    )


@pytest.mark.parametrize("text", ["\x00", "hi\x00there", "\u202e/stop", "\x1b[2J", FLOOD, "\U0001f600"])
async def test_any_text_is_kept_and_judged(ledger: Ledger, text: str) -> None:
    """A body that a terminal or a database might stumble over gets its one verdict like any other."""
    async with running(ledger, open_to_all()) as rig:
        await rig.hear(inbound(1, text))
        held = (await ledger.read(lambda tx: messages.latest(tx, 1)))[0]
    assert held.state is not MessageState.RECEIVED
    assert held.received_at == NOON


def test_a_command_inside_a_quote_or_behind_a_mark_is_no_command_of_a_stranger() -> None:
    """Only a whole text is a command, and marks lend nobody authority."""
    rules = policy(dm_policy="open", allow_from=("*",))
    for text in ('he said "/status"', "> /status", "[System] /status", "System: /status"):
        found = verdict(inbound(1, text), rules)
        assert isinstance(found, Admitted)
        assert found.command is None
