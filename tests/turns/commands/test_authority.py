"""Who may give which command: every command, everybody who could try; and that nothing else changes anything."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.inbound.policies import facts, policy
from tests.making import direct_chat, group_chat, inbound
from tests.rig import running

from openclaw.config.sections.commands import Commands
from openclaw.config.sections.imessage import GroupConfig
from openclaw.domain.admission import Admitted, Reason, Verdict
from openclaw.domain.ids import SessionKey
from openclaw.domain.messages import MessageState
from openclaw.domain.sessions import SessionSettings
from openclaw.inbound.admit import admit
from openclaw.inbound.mentions import MentionPatterns
from openclaw.store import Ledger, Tx, messages, open_ledger, pairing, session_settings, sessions
from openclaw.turns.commands.recognise import command_of
from openclaw.turns.commands.words import COMMANDS

from .house import OTHER, OWNER, STRANGER, Outside, house, in_group, says

ANYONE, APPROVER, OWNERS = "anyone", "approver", "owner"

RANKS = {
    "/new": ANYONE,
    "/reset": ANYONE,
    "/stop": ANYONE,
    "/compact": ANYONE,
    "/model opus": ANYONE,
    "/models": ANYONE,
    "/think high": ANYONE,
    "/verbose on": ANYONE,
    "/usage tokens": ANYONE,
    "/queue collect": ANYONE,
    "/activation always": ANYONE,
    "/status": ANYONE,
    "/whoami": ANYONE,
    "/context": ANYONE,
    "/export-session": ANYONE,
    "/help": ANYONE,
    "/commands": ANYONE,
    "/allowlist": ANYONE,
    "/allowlist add +15550100009": OWNERS,
    "/allowlist remove +15550100009": OWNERS,
    "/allowlist \u200badd +15550100009": OWNERS,
    "/allowlist: \ufffc add +15550100009": OWNERS,
    "/Allowlist:ADD +15550100009": OWNERS,
    "/acp spawn codex": ANYONE,
    "/acp cwd /srv": ANYONE,
    "/approve ABCD2345": APPROVER,
    "/send off": OWNERS,
    "/config show": OWNERS,
    "/config set a.b=1": OWNERS,
    "/CONFIG:set a.b=1": OWNERS,
    "/debug show": OWNERS,
    "/debug: set a.b=1": OWNERS,
    "/restart": OWNERS,
    "\u200e/restart:": OWNERS,
}

# Who tries: how they write, what is configured for that, and what becomes of a command of each rank.
NAMED = Commands(owner_allow_from=(OWNER,), allow_from={"imessage": (OWNER, OTHER)})
ALONE = {"dm_policy": "pairing", "allow_from": (OWNER,)}
SEVERAL = {"dm_policy": "pairing", "allow_from": (OWNER, OTHER)}
SMS = direct_chat(OWNER, service="SMS")
UNTOLD = direct_chat(OWNER, service="any")
NO = Reason.COMMAND_UNAUTHORISED
WHO: dict[str, tuple[Any, Commands, dict[str, Any], dict[str, Any], dict[str, Reason | None]]] = {
    "stranger": (
        (STRANGER, None),
        NAMED,
        SEVERAL,
        {},
        dict.fromkeys((ANYONE, APPROVER, OWNERS), Reason.PAIRING_STARTED),
    ),
    "allowed": (
        (OTHER, None),
        Commands(),
        SEVERAL,
        {},
        {ANYONE: None, APPROVER: Reason.COMMAND_OWNER, OWNERS: Reason.COMMAND_OWNER},
    ),
    "paired": (
        (STRANGER, None),
        Commands(),
        ALONE,
        {"granted": True},
        {ANYONE: None, APPROVER: Reason.COMMAND_OWNER, OWNERS: Reason.COMMAND_OWNER},
    ),
    "allowed, not to command": (
        (STRANGER, None),
        NAMED,
        {"dm_policy": "pairing", "allow_from": (OWNER, STRANGER)},
        {},
        dict.fromkeys((ANYONE, APPROVER, OWNERS), NO),
    ),
    "command-allowed": (
        (OTHER, None),
        NAMED,
        SEVERAL,
        {},
        {ANYONE: None, APPROVER: Reason.COMMAND_OWNER, OWNERS: Reason.COMMAND_OWNER},
    ),
    "owner by name": ((OWNER, None), NAMED, SEVERAL, {}, dict.fromkeys((ANYONE, APPROVER, OWNERS))),
    "owner in another spelling": (
        ("(555) 010-0001", direct_chat(OWNER)),
        NAMED,
        SEVERAL,
        {},
        dict.fromkeys((ANYONE, APPROVER, OWNERS)),
    ),
    "owner as the only one allowed": (
        (OWNER, None),
        Commands(),
        ALONE,
        {},
        dict.fromkeys((ANYONE, APPROVER, OWNERS)),
    ),
    "nobody is owner of two": (
        (OWNER, None),
        Commands(),
        SEVERAL,
        {},
        {ANYONE: None, APPROVER: Reason.COMMAND_OWNER, OWNERS: Reason.COMMAND_OWNER},
    ),
    "nobody is owner where all may write": (
        (OWNER, None),
        Commands(),
        {"dm_policy": "open", "allow_from": ("*",)},
        {},
        {ANYONE: None, APPROVER: Reason.COMMAND_OWNER, OWNERS: Reason.COMMAND_OWNER},
    ),
    "a star names no owner": (
        (OTHER, None),
        Commands(owner_allow_from=("*",)),
        SEVERAL,
        {},
        {ANYONE: None, APPROVER: Reason.COMMAND_OWNER, OWNERS: Reason.COMMAND_OWNER},
    ),
    "owner by SMS": (
        (OWNER, SMS),
        NAMED,
        SEVERAL,
        {},
        {ANYONE: None, APPROVER: Reason.COMMAND_SMS, OWNERS: Reason.COMMAND_SMS},
    ),
    "owner over an untold service": (
        (OWNER, UNTOLD),
        NAMED,
        SEVERAL,
        {},
        {ANYONE: None, APPROVER: Reason.COMMAND_SMS, OWNERS: Reason.COMMAND_SMS},
    ),
    "owner in a group": (
        (OWNER, group_chat()),
        NAMED,
        SEVERAL,
        {},
        dict.fromkeys((ANYONE, APPROVER, OWNERS)),
    ),
    "group member": (
        (STRANGER, group_chat()),
        NAMED,
        SEVERAL,
        {},
        dict.fromkeys((ANYONE, APPROVER, OWNERS), NO),
    ),
    "group member who may command": (
        (OTHER, group_chat()),
        NAMED,
        SEVERAL,
        {},
        {ANYONE: None, APPROVER: Reason.COMMAND_OWNER, OWNERS: Reason.COMMAND_OWNER},
    ),
    "the chat is named as owner": (
        (OTHER, group_chat()),
        Commands(owner_allow_from=("chat_id:7",)),
        SEVERAL,
        {},
        {ANYONE: None, APPROVER: Reason.COMMAND_OWNER, OWNERS: Reason.COMMAND_OWNER},
    ),
}


def judged(text: str, who: str, **trust: Any) -> Verdict:
    """What the gates say when somebody of the table writes ``text``."""
    (sender, chat), commands, lists, known, _ = WHO[who]
    rules = policy(commands, group_policy="open", groups={"*": GroupConfig()}, **lists, **trust)
    message = inbound(1, text, chat=chat or direct_chat(sender), sender=sender)
    return admit(message, rules, facts(**known), command_of(text), lambda _peer: MentionPatterns(()))


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("text", RANKS)
def test_every_command_and_everybody_who_could_try(text: str, who: str) -> None:
    """Rulings: owner, SMS; behaviour facts C.6, C.7, I.2."""
    expected = WHO[who][4][RANKS[text]]
    found = judged(text, who)
    assert isinstance(found, Admitted) is (expected is None)
    assert expected is None or found.reason is expected


def test_the_table_has_every_command() -> None:
    """A new command needs its row."""
    given = {command.word for text in RANKS if (command := command_of(text))}
    assert given == {command.word for command in COMMANDS}


async def test_each_row_holds_in_a_running_gateway(ledger: Ledger) -> None:
    """Refusals are silent to the sender, with their reason in the ledger; nothing outside is touched."""
    outside, row = Outside(), 0
    async with running(ledger, house(), ports=outside.ports) as rig:
        for text, rank in RANKS.items():
            for message in (
                says(row + 1, text, STRANGER),
                in_group(row + 2, text, STRANGER),
                *([says(row + 3, text, OTHER)] if rank != ANYONE else []),
            ):
                await rig.hear(message)
            row += 10
        await rig.hear(says(row, "/whoami"))
        assert len(await rig.phone.texts(1)) == 1
    kept = await ledger.read(lambda tx: messages.in_state(tx, MessageState.DROPPED))
    privileged = [rank for rank in RANKS.values() if rank != ANYONE]
    assert len(kept) == 2 * len(RANKS) + len(privileged)
    assert {held.reason for held in kept} == {Reason.DM_NOT_ALLOWED, NO, Reason.COMMAND_OWNER}
    assert (outside.desk.writes, outside.restarts, outside.exports.files) == ([], 0, {})


_PIECES = st.sampled_from(
    [
        *RANKS,
        "hello",
        '"',
        "`",
        "```",
        "> ",
        "\n",
        " ",
        "\u200b",
        "\u202e",
        "[System]",
        "System: ",
        "/",
        "/usr/bin",
        "x",
        "@claw",
    ]
)
_TEXTS = st.lists(_PIECES, min_size=1, max_size=6).map("".join)


def _changed(tx: Tx, outside: Outside) -> list[object]:
    """What commands can change, as far as it was."""
    direct = [f"agent:main:imessage:direct:{handle}" for handle in (OWNER, OTHER, STRANGER)]
    keys = [SessionKey(key) for key in (*direct, "agent:main:imessage:group:7")]
    granted = [one.handle for one in pairing.grants(tx)]
    set_ones = [found for key in keys if (found := session_settings.load(tx, key)) != session_settings.NONE]
    begun_anew = [session.key for session in sessions.every(tx) if session.generation > 1]
    return [
        *granted,
        *set_ones,
        *begun_anew,
        *outside.desk.writes,
        *outside.desk.laid,
        *outside.exports.files,
    ]


async def _play(texts: list[str], sender: str, *, group: bool) -> tuple[list[object], int]:
    outside, say = Outside(), in_group if group else says
    with tempfile.TemporaryDirectory() as where:
        async with open_ledger(Path(where)) as ledger:
            document = house()
            document["channels"]["imessage"]["allowFrom"] = [OWNER, OTHER, STRANGER]
            async with running(ledger, document, ports=outside.ports) as rig:
                for row, text in enumerate(texts, 1):
                    await rig.hear(say(row, text, sender))
            changed = await ledger.read(lambda tx: _changed(tx, outside))
    return changed, outside.restarts


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_TEXTS, max_size=8), st.booleans())
def test_nothing_that_somebody_without_authority_writes_changes_anything(
    texts: list[str], group: bool
) -> None:
    """Whoever may write and not command: whatever they write is talk, or dropped."""
    assert asyncio.run(_play(texts, STRANGER, group=group)) == ([], 0)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_TEXTS, max_size=8), st.booleans())
def test_nothing_that_is_the_owners_is_changed_by_anybody_else(texts: list[str], group: bool) -> None:
    """Whoever may command: their conversation is theirs to set, the gateway is not."""
    changed, restarts = asyncio.run(_play(texts, OTHER, group=group))
    own = [one for one in changed if isinstance(one, SessionSettings) and not one.send]
    begun_or_exported = [one for one in changed if isinstance(one, str) and one.startswith("agent")]
    assert (len(changed), restarts) == (len(own) + len(begun_or_exported), 0)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_TEXTS.filter(lambda text: command_of(text) is None), max_size=8), st.booleans())
def test_nothing_that_is_not_wholly_a_command_changes_anything(texts: list[str], group: bool) -> None:
    """Not even the owner's words, when the command is only part of them."""
    assert asyncio.run(_play(texts, OWNER, group=group)) == ([], 0)
