"""Session moves: the sessions of groups follow their groups to other chat numbers, without ever meeting.

A session of a group is named by the group's number at its account (``agent:…:imessage:group:7``), and numbers are given
anew by another database. Knows nothing of why they changed.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select, union, update

from openclaw.domain.ids import AccountId, ChatRowId
from openclaw.domain.sessions import group_conversation
from openclaw.store.acp_schema import acp_session, permission
from openclaw.store.schema import message, session, session_setting, transcript, turn


def move(tx: Connection, account: AccountId, numbers: Mapping[ChatRowId, ChatRowId], epoch: int) -> None:
    """Rename what ``account`` said in groups from old to new numbers; 0 is a group that is not there any more.

    Everything is put aside first, so that two groups that changed numbers do not meet. What cannot have its new name
    stays aside, under one that no number gives: its words are kept, and nobody inherits them.
    """
    aside: list[tuple[str, str]] = []
    for old, new in numbers.items():
        name = group_conversation(account, str(old))
        for key in _keys(tx, account, f":{name}"):
            prefix = key.removesuffix(name)
            kept = f"{prefix}{group_conversation(account, f'{old}-before-{epoch}')}"
            _rename(tx, account, key, kept)
            if new > 0:
                aside.append((kept, f"{prefix}{group_conversation(account, str(new))}"))
    for kept, final in aside:
        if not _is_taken(tx, final):
            _rename(tx, account, kept, final)


def _keys(tx: Connection, account: AccountId, ending: str) -> list[str]:
    """The sessions with this ending in which ``account`` has messages or turns."""
    query = union(
        *(
            select(table.c.session_key).where(
                table.c.account == account, table.c.session_key.endswith(ending, autoescape=True)
            )
            for table in (message, turn)
        )
    )
    return list(tx.scalars(query))


def _rename(tx: Connection, account: AccountId, old: str, new: str) -> None:
    for table in (message, turn):
        tx.execute(
            update(table)
            .where(table.c.account == account, table.c.session_key == old)
            .values(session_key=new)
        )
    for table in (session, acp_session):
        tx.execute(update(table).where(table.c.key == old).values(key=new))
    for table in (transcript, session_setting, permission):
        tx.execute(update(table).where(table.c.session_key == old).values(session_key=new))


def _is_taken(tx: Connection, key: str) -> bool:
    used = (select(table.c.id).where(table.c.session_key == key).limit(1) for table in (message, turn))
    known = (select(table.c.key).where(table.c.key == key) for table in (session, acp_session))
    return any(tx.execute(query).first() for query in (*used, *known))
