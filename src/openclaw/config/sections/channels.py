"""``channels``: defaults for every channel, and the channels this program serves."""

from __future__ import annotations

from dataclasses import dataclass

from openclaw.config.sections.imessage import ContextVisibility, GroupPolicy, IMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDefaults:
    """What a channel falls back to."""

    group_policy: GroupPolicy | None = None
    context_visibility: ContextVisibility | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """The whole section; ``imessage`` is None when the file does not mention it."""

    defaults: ChannelDefaults = ChannelDefaults()
    imessage: IMessage | None = None
