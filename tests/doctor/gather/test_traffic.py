"""What the ledger tells, read beside whoever works on it."""

from __future__ import annotations

from pathlib import Path

from tests.making import ACCOUNT, ANN, NOON, direct_chat, inbound

from openclaw.doctor.gather.traffic import Traffic, read_traffic
from openclaw.domain.handles import Handle
from openclaw.domain.ids import AccountId, RowId
from openclaw.store import Ledger, Tx, accounts, pairing


async def test_chats_approvals_and_signs_are_read_while_the_ledger_is_open(
    ledger: Ledger, tmp_path: Path
) -> None:
    """Of each account its own."""

    def work(tx: Tx) -> None:
        accounts.begin(tx, ACCOUNT, RowId(0), NOON)
        accounts.note_chat(tx, inbound(1, "hi"), is_group=False)
        pairing.grant(tx, ACCOUNT, Handle(ANN), "operator", NOON)

    await ledger.write(work)
    found = read_traffic(tmp_path / "state")
    assert found.chats(ACCOUNT) == (direct_chat(),)
    assert (found.approved(ACCOUNT), found.approved(AccountId("other"))) == (1, 0)
    assert list(found.signs) == [ACCOUNT]


def test_a_ledger_that_cannot_be_read_tells_nothing(tmp_path: Path) -> None:
    """A missing one, and one that is none; its own check says why."""
    assert read_traffic(tmp_path) == Traffic()
    (tmp_path / "openclaw.sqlite").write_text("no database")
    assert read_traffic(tmp_path).chats(ACCOUNT) is None
