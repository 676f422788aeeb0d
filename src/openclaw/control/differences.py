"""Differences between two configurations as JSON: grouped by what would change, with reasons and keys on both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openclaw.config.deciding import Matter
from openclaw.control.grounds import reason_shape, route_shape
from openclaw.control.hypothesis import outcome
from openclaw.control.impact import Difference, Fate, Kind
from openclaw.control.judging import Judging
from openclaw.control.shapes import Json, iso
from openclaw.domain.messages import LedgerMessage

TITLES: Mapping[Kind, str] = {
    "admitted": "would now be admitted",
    "refused": "would now be refused",
    "asked": "would now be met with a pairing request",
    "held": "would now be held",
    "reason": "would fare the same for another reason, or at another time",
    "route": "would go to another agent or session",
    "served": "would now be heard: the account is served",
    "unserved": "would not be heard: the account is not served",
}


def differences_shape(found: Sequence[Difference], before: Judging, after: Judging) -> list[Json]:
    """The groups that have any, in the order of ``TITLES``."""
    groups: list[Json] = []
    for kind, title in TITLES.items():
        members = [one for one in found if one.kind == kind]
        if members:
            senders = {(one.held.message.account, one.held.message.sender) for one in members}
            items = [_item(one, before, after) for one in members]
            groups.append(
                {
                    "kind": kind,
                    "title": title,
                    "messages": len(members),
                    "senders": len(senders),
                    "items": items,
                }
            )
    return groups


def _item(one: Difference, before: Judging, after: Judging) -> Json:
    message, chat = one.held.message, one.held.message.chat
    return {
        "id": one.held.id,
        "guid": message.guid,
        "accountId": message.account,
        "chatId": chat.row_id if chat else None,
        "sender": message.sender,
        "receivedAt": iso(one.held.received_at),
        "certain": one.is_certain,
        "before": _fate(one.before, one.held, before),
        "after": _fate(one.after, one.held, after),
    }


def _fate(fate: Fate, held: LedgerMessage, judging: Judging) -> Json:
    if fate.verdict is None:
        return {"outcome": "not heard", "reason": "", "says": "", "fix": "", "keys": [], "route": None}
    message = held.message
    matter = Matter(message.account, message.chat, fate.is_group, fate.agent)
    return {
        "outcome": outcome(fate.verdict),
        **reason_shape(fate.verdict.reason, matter, judging),
        "route": route_shape(fate.route) if fate.route else None,
    }
