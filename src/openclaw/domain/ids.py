"""Identifiers. Each has its own type, is made at an edge, and is opaque inside."""

from __future__ import annotations

from typing import NewType

AccountId = NewType("AccountId", str)
"""An account of ``channels.imessage``: ``default`` or a key of ``accounts``."""

AgentId = NewType("AgentId", str)
"""An entry of ``agents.list``, ``main`` when there is no list."""

RowId = NewType("RowId", int)
"""A row of the ``message`` table of one ``chat.db``; meaningless in another database."""

ChatRowId = NewType("ChatRowId", int)
"""A row of the ``chat`` table of one ``chat.db``: what ``chat_id:N`` names."""

NO_NUMBER = ChatRowId(0)
"""In the place of a chat's number where none counts: the phone numbers from 1, so no chat has it."""

MessageGuid = NewType("MessageGuid", str)
"""Apple's name for a message, the same on every device; "" when the database has none."""

ChatKey = NewType("ChatKey", str)
"""A chat guid without its service prefix: one conversation, whatever macOS calls its service today."""

SessionKey = NewType("SessionKey", str)
"""Names one conversation of an agent, for example ``agent:main:main``."""

MessageId = NewType("MessageId", int)
"""A message row of our ledger."""

TurnId = NewType("TurnId", int)
"""A turn row of our ledger."""

DeliveryId = NewType("DeliveryId", int)
"""A delivery row of our ledger."""

AttachmentId = NewType("AttachmentId", int)
"""A file that came with a message: a row of our ledger."""

DEFAULT_ACCOUNT = AccountId("default")
DEFAULT_AGENT = AgentId("main")
