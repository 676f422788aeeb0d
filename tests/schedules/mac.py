"""A model of a Mac: what really is in its chats, what it shows of that, and what really left.

It knows the truth, so it can tell afterwards whether the gateway did right. It knows nothing of the ledger. ``ticks``
are the seconds of the loop; rows bear what ``now`` says.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from tests.making import ACCOUNT, ANN, BOB, direct_chat, group_chat

from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import NotSent, OutboundFile, OutboundMessage, SendResult, Sent, Target, Unknown
from openclaw.domain.ids import ChatKey, MessageGuid, RowId
from openclaw.domain.messages import InboundMessage
from openclaw.errors import ChildFailed

STRANGER = "+15550100009"
OWN = "+15550100000"
CHATS = (
    direct_chat(ANN, 1),
    direct_chat(BOB, 2),
    group_chat(7),
    direct_chat(STRANGER, 4),
    direct_chat(OWN, 5),
)
"""The conversations: with Ann, with Bob, a group of both, with somebody whom nobody knows, and with oneself."""

OWN_CHAT = CHATS[4]

NEVER = 1e9
"""When a row becomes whole that never does."""

# No row is written in the very millisecond in which its sending began, whatever the clock of a test says.
_AT_ONCE_S = 0.05
# As long as an Apple event runs, and what a send is given.
_SEND_LIMIT_S = 120.0

# When a bubble without a row is given up, and how far back its words are known afterwards.
_DOUBTED_S = 120.0
_LONG = timedelta(minutes=15)

Whose = Literal["theirs", "owner", "ours", "mirror"]
Flaw = Literal["", "chat", "text", "side", "flip"]
"""What a row lacks at first: its chat, its text, its direction; or it shows the wrong one."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it really is. Until ``whole_at`` it is shown with its ``flaw``."""

    id: RowId
    guid: MessageGuid
    chat: ChatRef
    sender: str
    whose: Whose
    text: str
    at: datetime
    flaw: Flaw = ""
    whole_at: float = 0.0

    def shown(self, at: float) -> InboundMessage:
        """The row as it shows at that second."""
        mine = self.whose != "mirror" and (self.whose != "theirs" or self.chat == OWN_CHAT)
        row = InboundMessage(
            ACCOUNT,
            self.id,
            self.guid,
            self.chat,
            self.sender,
            mine,
            self.text,
            self.at,
            destination=OWN if mine else "",
        )
        if at >= self.whole_at:
            return row
        match self.flaw:
            case "chat":
                return replace(row, chat=None)
            case "text":
                return replace(row, text="")
            case "side":
                return replace(row, from_me=None)
            case "flip" if self.chat != OWN_CHAT:
                # There it could not be told from the mirror, which is dropped; the bubble is then unconfirmed.
                return replace(row, from_me=not mine)
            case _:
                return row


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a send: what the phone answers after ``answers_s``, and when the bubble leaves, if it does.

    ``flaw`` is how its own row shows for ``whole_s`` seconds.
    """

    answer: Literal["guid", "ok", "unknown", "not sent", "final", "hangs"] = "guid"
    leaves_s: float | None = 0.0
    answers_s: float = 0.0
    flaw: Flaw = ""
    whole_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Left:
    """A bubble that really left."""

    chat: ChatKey
    text: str


class Mac:
    """The phone's side, which outlives every gateway; also the line to it, as the gateway's ports want it."""

    def __init__(
        self,
        now: Callable[[], datetime],
        ticks: Callable[[], float],
        sending: Callable[[OutboundMessage], None],
    ) -> None:
        self.rows: list[Row] = []
        self.left: list[Left] = []
        self.fates: deque[Fate] = deque()
        self.readable = True
        self.manner = "batch"
        self.overslept: set[MessageGuid] = set()
        self._repeats: list[InboundMessage] = []
        self._stirred = asyncio.Event()
        self._taken = 0
        self._now = now
        self._ticks = ticks
        self._sending = sending

    def write(
        self,
        chat: ChatRef,
        whose: Whose,
        text: str,
        sender: str = "",
        *,
        guid: str = "",
        age: timedelta = timedelta(0),
        flaw: Flaw = "",
        whole_s: float = 0.0,
    ) -> None:
        """A new row, which the watch will see; two in the chat with oneself."""
        number = len(self.rows) + 1
        row = Row(
            RowId(number),
            MessageGuid(guid or f"row-{number}"),
            chat,
            sender or (chat.identifier if chat != CHATS[2] else ANN),
            whose,
            text,
            self._now() - age,
            flaw,
            self._ticks() + whole_s if flaw else 0.0,
        )
        self.rows.append(row)
        if chat == OWN_CHAT and whose != "mirror":
            # A chat with oneself has each message twice: as it was sent, and as it arrived.
            self.write(chat, "mirror", text, OWN, age=age)
        self._stirred.set()

    @property
    def is_live(self) -> bool:
        """Whether the watch reports."""
        return self.manner != "deaf"

    def report_as(self, manner: str) -> None:
        """Have the watch report so from now on."""
        self.manner = manner
        self._stirred.set()

    def report_again(self, after: int, until: int) -> None:
        """Have the watch report the rows between the two once more."""
        self._repeats = [row for row in self.shown(after) if row.row_id <= until]
        self._stirred.set()

    async def something_to_report(self, after: int) -> list[InboundMessage]:
        """Wait until the watch reports, and has rows after that one or some once more; the latter."""
        while not self.is_live or (len(self.rows) <= after and not self._repeats):
            self._stirred.clear()
            await self._stirred.wait()
        repeats, self._repeats = self._repeats, []
        return repeats

    def complete(self) -> None:
        """Hours have passed: what was going to be written is."""
        self.rows = [row if row.whole_at >= NEVER else replace(row, flaw="") for row in self.rows]

    def shown(self, after: int) -> list[InboundMessage]:
        """The rows after that one, as they show now."""
        return [row.shown(self._ticks()) for row in self.rows[after:]]

    async def send(self, message: OutboundMessage, on_written: Callable[[], None]) -> SendResult:
        """Take a bubble, as the next of ``fates`` says; all is well when there is none."""
        self._sending(message)
        fate = self.fates.popleft() if self.fates else Fate()
        if fate.answer in ("not sent", "final"):
            await asyncio.sleep(fate.answers_s)
            return NotSent("the child would not start", final=fate.answer == "final")
        on_written()
        self._taken += 1
        guid = MessageGuid(f"own-{self._taken}")
        if fate.leaves_s is not None:
            self._leave_in(fate, message, guid)
        await asyncio.sleep(_SEND_LIMIT_S if fate.answer == "hangs" else fate.answers_s)
        match fate.answer:
            case "guid":
                return Sent(guid, next((row.id for row in self.rows if row.guid == guid), None))
            case "ok":
                return Sent(MessageGuid(""))
            case _:
                return Unknown("no answer came")

    async def release(self, file: OutboundFile) -> None:
        """No copies are made here."""

    async def recent(self, target: Target, limit: int) -> list[InboundMessage]:
        """The newest rows of a chat as they show now."""
        await asyncio.sleep(0)
        if not self.readable:
            raise ChildFailed("imsg does not start")
        key = target.key if isinstance(target, ChatRef) else ChatKey(f"-;{target}")
        shown = [row.shown(self._ticks()) for row in reversed(self.rows)]
        return [row for row in shown if row.chat is not None and row.chat.key == key][:limit]

    async def reread(self, message: InboundMessage) -> InboundMessage | None:
        """A row as it shows now."""
        await asyncio.sleep(0)
        if not self.readable:
            raise ChildFailed("imsg does not start")
        return next((row.shown(self._ticks()) for row in self.rows if row.guid == message.guid), None)

    def _leave_in(self, fate: Fate, message: OutboundMessage, guid: MessageGuid) -> None:
        begun = self._now()

        def leave() -> None:
            if (fate.leaves_s or 0.0) > _DOUBTED_S and self._now() - begun > _LONG:
                self.overslept.add(guid)
            self.left.append(Left(message.chat_key, message.text))
            chat = next(chat for chat in CHATS if chat.key == message.chat_key)
            self.write(chat, "ours", message.text, guid=guid, flaw=fate.flaw, whole_s=fate.whole_s)

        asyncio.get_running_loop().call_later(max(fate.leaves_s or 0.0, _AT_ONCE_S), leave)
