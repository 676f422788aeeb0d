"""What a phone needs of the rest: the account's settings, and somewhere to put what it hears."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from openclaw.domain.chats import ChatRef
from openclaw.domain.databases import AnotherDatabase, KnownDatabase, RestoredDatabase
from openclaw.domain.ids import AccountId, RowId
from openclaw.domain.messages import InboundMessage


class PhoneAccount(Protocol):
    """The settings of one account that its line to the phone depends on."""

    @property
    def id(self) -> AccountId:
        """Names the account."""
        ...

    @property
    def cli_path(self) -> str:
        """imsg or a wrapper that speaks for it."""
        ...

    @property
    def db_path(self) -> str | None:
        """A database other than imsg's own default."""
        ...

    @property
    def remote_host(self) -> str | None:
        """The machine that imsg runs on, when it is another one."""
        ...

    @property
    def service(self) -> str:
        """The service for bare handles: ``imessage``, ``sms`` or ``auto``."""
        ...

    @property
    def region(self) -> str:
        """The country in which numbers without a country code are read."""
        ...

    @property
    def send_timeout_ms(self) -> int:
        """How long one send may take, in milliseconds, before its outcome counts as unknown."""
        ...

    @property
    def deaf_restarts_per_hour(self) -> int:
        """How often within an hour a watch that hears nothing is restarted; what it missed is taken either way."""
        ...

    @property
    def attachment_roots(self) -> Sequence[str]:
        """Below which folders of this machine attachments may be read; ``*`` stands for one segment."""
        ...

    @property
    def remote_attachment_roots(self) -> Sequence[str]:
        """The same for the Mac that a wrapper leads to."""
        ...

    @property
    def include_attachments(self) -> bool:
        """Whether attachments are wanted with messages."""
        ...

    @property
    def reaction_notifications(self) -> str:
        """Which tapbacks are wanted: ``off``, ``own`` or ``all``."""
        ...


class Inbox(Protocol):
    """The durable end of the watch."""

    async def cursor(self) -> RowId | None:
        """The highest row durably kept, or ``None`` when this account has never run."""
        ...

    async def known(self) -> KnownDatabase | None:
        """What is known of the phone's database, or ``None`` when this account has never run."""
        ...

    async def moved(self, verdict: RestoredDatabase | AnotherDatabase, chats: Sequence[ChatRef]) -> None:
        """The phone has another database, whose conversations are ``chats``; returns when the cursor fits it."""
        ...

    async def unkept(self, rows: Sequence[InboundMessage]) -> list[InboundMessage]:
        """Those of ``rows`` that have a guid, were never kept, and are not the second row of a link; by number."""
        ...

    async def assured(self) -> RowId:
        """The row at or below which nothing needs to be looked for, in the phone's present database."""
        ...

    async def prove(self, row: RowId) -> None:
        """Nothing at or below ``row`` needs to be looked for again, also after the next start."""
        ...

    async def begin(self, cursor: RowId, written_at: datetime | None) -> None:
        """The start of a first run: nothing at or below ``cursor`` is answered.

        ``written_at`` is when the phone's newest row was written, by its own clock; ``None`` when it has none.
        """
        ...

    async def receive(self, batch: Sequence[InboundMessage]) -> None:
        """Keep ``batch``, in order; returns when the rows and the cursor are durable."""
        ...

    async def keep(self, rows: Sequence[InboundMessage]) -> None:
        """Keep ``rows`` out of their turn: the cursor stays, because rows before them may still come."""
        ...
