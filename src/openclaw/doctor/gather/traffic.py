"""What the ledger tells of accounts, chats and approvals, read beside whoever works on it; nothing if it cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from openclaw.domain.access import Grant
from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import AccountId, AgentId
from openclaw.domain.messages import KnownChat
from openclaw.errors import StoreError
from openclaw.store import FILE_NAME, accounts, pairing, signs
from openclaw.store.signs import Signs
from openclaw.store.view import open_view

# More chats than a person has; what is looked for among them is a handful of groups.
_CHATS = 10_000


@dataclass(frozen=True, slots=True)
class Traffic:
    """``known`` is ``None`` when the ledger could not be read, which its own check tells.

    ``complaints`` are the errors of agents whose newest turn has no answer.
    """

    signs: Mapping[AccountId, Signs] = field(default_factory=dict[AccountId, Signs])
    known: Sequence[KnownChat] | None = None
    grants: Sequence[Grant] = ()
    complaints: Mapping[AgentId, str] = field(default_factory=dict[AgentId, str])

    def chats(self, account: AccountId) -> tuple[ChatRef, ...] | None:
        """The chats of ``account`` that wrote."""
        if self.known is None:
            return None
        return tuple(one.chat for one in self.known if one.account == account)

    def approved(self, account: AccountId) -> int:
        """How many people were let in by approval."""
        return sum(grant.account == account for grant in self.grants)


def read_traffic(state_dir: Path) -> Traffic:
    """Look into the ledger of ``state_dir``; takes no lock and changes nothing."""
    try:
        with open_view(state_dir / FILE_NAME) as tx:
            known, grants = accounts.chats(tx, None, _CHATS), pairing.grants(tx, None)
            return Traffic(signs.of_accounts(tx), known, grants, signs.complaints(tx))
    except StoreError:
        return Traffic()
