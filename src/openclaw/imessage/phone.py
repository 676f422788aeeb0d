"""One account's line to its phone: a child that watches, one that sends, and one that reads when asked.

Owns them and their tasks. They share nothing but the health, so that a hung send never deafens the watch; a second
child sends while a request to the first one hangs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import structlog

from openclaw.domain.bridge import Bridge, Deed, DeedResult, Gesture
from openclaw.domain.delivery import NotSent, OutboundFile, OutboundMessage, SendResult, Target
from openclaw.domain.health import AccountHealth, AccountState, Probe
from openclaw.domain.ids import ChatRowId, MessageGuid
from openclaw.domain.messages import InboundMessage
from openclaw.errors import OpenClawError
from openclaw.imessage.board import HealthBoard
from openclaw.imessage.command import command_of
from openclaw.imessage.connection import list_chats, read_history
from openclaw.imessage.files import PhoneFiles
from openclaw.imessage.gestures import Gestures
from openclaw.imessage.line import Line
from openclaw.imessage.lookup import find_guid, recent, reread
from openclaw.imessage.ports import Inbox, PhoneAccount
from openclaw.imessage.probe import probe_command
from openclaw.imessage.sender import Sender
from openclaw.imessage.staging import Staging
from openclaw.imessage.threads import Threads
from openclaw.imessage.truth import TruthCheck
from openclaw.imessage.watch import Watch
from openclaw.imessage.wire import PhoneChat
from openclaw.supervision import Backoff, Lapse, keep_alive

_log = structlog.get_logger("openclaw.imessage")


@dataclass(frozen=True, slots=True)
class Timing:
    """The waits of a phone, in seconds."""

    # A deaf watch is found within a minute, the second look and its reads included.
    truth_interval: float = 45.0
    # Twice imsg's own slowest poll.
    second_look: float = 10.0
    # A reader in use answers at once; an unused one only takes memory.
    reader_idle: float = 30.0
    # A child has one database open for ever; the next truth check must see the one that is there.
    reader_age: float = 40.0
    backoff: Backoff = field(default_factory=Backoff)


class Phone:
    """What can be asked of one account's phone. Made by :func:`open_phone`."""

    def __init__(
        self,
        account: PhoneAccount,
        inbox: Inbox,
        on_health: Callable[[AccountHealth], None],
        timing: Timing,
        files: PhoneFiles | None = None,
    ) -> None:
        self._account = account
        self._command = command_of(account)
        self._timing = timing
        self._board = HealthBoard(on_health)
        self._reader = Line(self._command, "reader", timing.backoff, timing.reader_idle, timing.reader_age)
        self._sending = Line(self._command, "sender", timing.backoff)
        self._watch = Watch(account, inbox, self._board, self._connected, self._renew)
        self._beside = Line(self._command, "gestures", timing.backoff, timing.reader_idle)
        self._gestures = Gestures(account.id, self._command, self._beside, lambda: self._watch.version)
        self._second = Line(self._command, "second sender", timing.backoff, timing.reader_idle)
        threads = Threads(
            lambda: self._gestures.bridge, lambda: self._watch.version, self._gestures.lose_replies
        )
        self._senders = [
            Sender(account, line, self._board, lambda: self._watch.version, threads)
            for line in (self._sending, self._second)
        ]
        self._staging = Staging(files)
        self._truth = TruthCheck(account, self._reader, self._watch, inbox, self._board)

    @property
    def health(self) -> AccountHealth:
        """How the account is doing."""
        return self._board.health

    @property
    def is_live(self) -> bool:
        """Whether the watch listens and has caught up with what is on the phone."""
        return self._watch.is_live

    async def send(
        self, message: OutboundMessage, on_written: Callable[[], None] = lambda: None
    ) -> SendResult:
        """Hand one bubble to the phone; the result says what is known of its fate. Never raises for a bad line.

        ``on_written`` is called, perhaps twice, when the first byte of the request may have left. The child that took
        a request whose fate stays unknown is ended. A second one at a time goes through a child of its own.
        """
        placed = await self._staging.placed(message)
        if isinstance(placed, NotSent):
            return placed
        free = (sender for sender in self._senders if not sender.is_busy)
        return await next(free, self._senders[0]).send(placed, on_written)

    async def release(self, file: OutboundFile) -> None:
        """The bubble of ``file`` is settled: a copy of it on another machine is removed."""
        await self._staging.release(file)

    @property
    def bridge(self) -> Bridge:
        """Which gestures this phone has, as it said when it was connected."""
        return self._gestures.bridge

    def make(self, gesture: Gesture) -> None:
        """Make ``gesture`` beside everything else where this phone has it; never waits, fails or tells."""
        self._gestures.make(gesture)

    async def carry_out(self, deed: Deed) -> DeedResult:
        """Do ``deed`` to a message, where this phone can; what became of it. Never raises for a bad line."""
        return await self._gestures.carry_out(deed)

    async def recent(self, target: Target, limit: int) -> list[InboundMessage]:
        """The newest ``limit`` messages of a conversation, or with a person, newest first; empty when it is unknown.

        A conversation is known by its lasting name and found under another number too. Raises ``WireError`` or
        ``PhoneUnusable``.
        """
        account = self._account
        return await recent(self._reader, account.id, account.region, target, limit, attachments=True)

    async def reread(self, message: InboundMessage) -> InboundMessage | None:
        """``message`` as the phone has it now, or ``None`` when it is not among the newest rows.

        One that may be our own comes with its files in any case: a file that we sent is known by nothing else.
        Raises ``WireError`` or ``PhoneUnusable``.
        """
        found = await reread(self._reader, self._account.id, message, attachments=True)
        if found is None or found.from_me is not False or self._account.include_attachments:
            return found
        return replace(found, attachments=())

    async def find(self, guid: MessageGuid) -> InboundMessage | None:
        """The row that Apple calls ``guid``, or ``None`` when it is not among the newest ones.

        Raises ``WireError`` or ``PhoneUnusable``.
        """
        return await find_guid(self._reader, self._account.id, guid)

    async def chats(self, limit: int = 20) -> list[PhoneChat]:
        """The ``limit`` conversations with the newest activity. Raises ``WireError`` or ``PhoneUnusable``."""
        return await list_chats(self._reader, limit)

    async def history(self, chat: ChatRowId, limit: int) -> list[InboundMessage]:
        """The newest ``limit`` messages of ``chat``, newest first; empty for an unknown chat.

        Raises ``WireError`` or ``PhoneUnusable``.
        """
        files = self._account.include_attachments
        return await read_history(self._reader, self._account.id, chat, limit, attachments=files)

    async def probe(self) -> Probe:
        """Ask imsg how it is, with children of its own. Never raises."""
        return await probe_command(self._command)

    async def run(self) -> None:
        """Keep the children as they should be, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keep_alive(self._watch.run, self._lapsed, backoff=self._timing.backoff))
            tasks.create_task(self._reader.run())
            tasks.create_task(self._sending.run())
            tasks.create_task(self._second.run())
            tasks.create_task(self._beside.run())
            tasks.create_task(self._gestures.run())
            tasks.create_task(self._truth.run(self._timing.truth_interval, self._timing.second_look))

    def _connected(self) -> None:
        self._sending.warm()
        self._gestures.renew()

    def _renew(self) -> None:
        """Let go of the children that may have a database open which is not there any more, and of what it proved."""
        self._truth.forget()
        self._reader.recycle()
        self._sending.recycle()
        self._second.recycle()
        self._beside.recycle()

    def stopped(self) -> None:
        """Show that nobody listens any more."""
        self._board.show(AccountState.STOPPED)

    def _lapsed(self, lapse: Lapse) -> None:
        """Tell why the watch ended; what is none of our errors is a bug and shows where it came from."""
        bug = None if isinstance(lapse.cause, OpenClawError) else lapse.cause
        cause = str(lapse.cause)
        _log.warning(
            "watch.ended", account=self._account.id, cause=cause, attempt=lapse.attempt, exc_info=bug
        )
        self._board.show_lapse(lapse, deaf=self._watch.is_deaf)


@asynccontextmanager
async def open_phone(
    account: PhoneAccount,
    inbox: Inbox,
    *,
    on_health: Callable[[AccountHealth], None],
    timing: Timing | None = None,
    files: PhoneFiles | None = None,
) -> AsyncGenerator[Phone]:
    """The phone of ``account``, at once; it connects in the background and tells ``on_health`` how it goes.

    ``files`` is how a file gets to imsg when that runs on another machine, ``None`` when it runs on this one.
    The end of the context ends all its children in bounded time. What the body raises comes out as it is.
    """
    phone = Phone(account, inbox, on_health, timing or Timing(), files)
    failure: Exception | None = None
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(phone.run())
        try:
            yield phone
        except Exception as error:
            failure = error
        finally:
            running.cancel()
    phone.stopped()
    if failure is not None:
        raise failure
