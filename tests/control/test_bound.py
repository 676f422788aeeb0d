"""What a chat is, or was, bound to, as explain tells it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.making import ACCOUNT, ANN, NOON, direct_chat
from tests.rig import open_to_all

from openclaw.assembly import judging, make_plan
from openclaw.config.load import check_document
from openclaw.config.locations import Locations
from openclaw.control.hypothesis import suppose
from openclaw.control.judging import Judging
from openclaw.domain.acp import AcpBinding, AcpSession
from openclaw.domain.ids import AgentId, SessionKey
from openclaw.store import Ledger, acp_bindings, acp_sessions
from openclaw.store.acp_bindings import Lifetime

HERE = Path("/nonexistent")
KEY = SessionKey("agent:codex:acp:1")
BINDING = AcpBinding(ACCOUNT, direct_chat().key, KEY, AgentId("acp:codex"), ANN, NOON, NOON)
SESSION = AcpSession(KEY, BINDING.agent, "codex", "persistent", "/srv")


def judged(**threads: Any) -> Judging:
    """How messages are judged where chats stay bound as ``threads`` says."""
    document = open_to_all() | {"session": {"dmScope": "per-channel-peer", "threadBindings": threads}}
    return judging(make_plan(check_document(document, Locations(HERE, HERE, HERE / "openclaw.json"), {})))


async def told(ledger: Ledger, judging: Judging, hours: int = 0) -> tuple[str, str, str]:
    """The session, the rule and the sentence for a message of Ann."""
    params, at = {"from": ANN, "text": "hello"}, NOON + timedelta(hours=hours)
    body: Any = (await ledger.read(lambda tx: suppose(tx, params, at, judging))).body
    return body["route"]["session"], body["route"]["matchedBy"], body["bound"]


async def test_explain_tells_who_bound_a_chat_and_why_it_counts_no_more(ledger: Ledger) -> None:
    """Never silent about why: bound, over but still there, released, switched off (promise 4)."""
    ordinary = f"agent:main:imessage:direct:{ANN}"
    assert await told(ledger, judged()) == (ordinary, "default", "")

    await ledger.write(lambda tx: acp_bindings.bind(tx, BINDING))
    session, _, says = await told(ledger, judged(), 23)
    assert session == ordinary
    assert says.endswith("its session is gone, so it does not count.")
    await ledger.write(lambda tx: acp_sessions.begin(tx, SESSION, NOON))
    session, rule, says = await told(ledger, judged(), 23)
    assert (session, rule) == (KEY, f"bound in the chat by {ANN}")
    assert says.startswith("The chat is bound to acp:codex")
    session, _, says = await told(ledger, judged(), 24)
    assert session == ordinary
    assert says.endswith("that is over, so it does not count.")
    session, _, says = await told(ledger, judged(enabled=False))
    assert session == ordinary
    assert "session.threadBindings.enabled is false" in says

    idle, at = Lifetime(idle=timedelta(hours=24)), NOON + timedelta(hours=25)
    await ledger.write(lambda tx: acp_bindings.expire(tx, idle, at))
    session, _, says = await told(ledger, judged(), 26)
    assert session == ordinary
    assert says.startswith("The chat was bound until ")
    assert "nothing was said for too long" in says
