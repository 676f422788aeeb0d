"""Which conversation each chat number means to one child of imsg, as it last said."""

from __future__ import annotations

from collections import OrderedDict

from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import ChatRowId

# A busy account talks in some hundred chats; a forgotten one costs a single look at the phone.
_REMEMBERED = 5000


class ChatBook:
    """The last word on each chat number. Emptied for another child: that one may read another database."""

    def __init__(self) -> None:
        self._chats: OrderedDict[ChatRowId, ChatRef] = OrderedDict()

    def note(self, chat: ChatRef) -> None:
        """Remember what the phone says about ``chat``; a conversation without a guid says nothing."""
        if not chat.guid:
            return
        self._chats[chat.row_id] = chat
        self._chats.move_to_end(chat.row_id)
        if len(self._chats) > _REMEMBERED:
            self._chats.popitem(last=False)

    def get(self, row: ChatRowId) -> ChatRef | None:
        """What the phone last said about chat ``row``."""
        return self._chats.get(row)

    def forget(self) -> None:
        """Start anew."""
        self._chats.clear()
