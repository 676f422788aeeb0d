"""Reasons: every word that a gate gives for what it decided, with what it says, what helps, and which keys decide.

Contacts see none of it.
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a gate decided as it did. The words are an interface: they stand in logs, JSON and the ledger.

    ``keys`` are what the configuration decides it by, the first one foremost, as they are called for the channel; an
    account may have its own. None means that the configuration has no say.
    """

    sentence: str
    fix: str
    keys: tuple[str, ...]

    def __new__(cls, code: str, sentence: str, fix: str = "", keys: tuple[str, ...] = ()) -> Reason:
        """A member is its code; sentence, fix and keys ride along."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence = sentence
        member.fix = fix
        member.keys = keys
        return member

    OWN_GUID = ("own-guid", "It is a message of ours: the phone reports the same guid.")
    OWN_TEXT = ("own-text", "It is a message of ours: same chat, same words, just sent.")
    OWN_FILE = ("own-file", "It is a file of ours: same chat, same name and size, just sent.")
    OWNER_TYPED = ("owner-typed", "The account's owner typed it on another device.")
    OWN_HANDLE = (
        "own-handle",
        "The sender is one of this installation's own handles.",
        "Remove it from ownHandles if it is a person.",
        ("channels.imessage.ownHandles",),
    )
    SUSPECT_ECHO = (
        "suspect-echo",
        "The sender wrote exactly what we had just said; that is usually an echo.",
        "Release it if a person really wrote it.",
    )
    NO_CHAT = (
        "no-chat",
        "The phone reported it without its conversation, so no reply could be sure of its way.",
    )
    LIKE_OURS = (
        "like-ours",
        "It reads like a message of ours that is still on its way; the phone is asked whose it is.",
    )
    SETTLING = (
        "settling",
        "A person types on this account too, so its rows are read a second time before they count.",
        "See channels.imessage.settleMs.",
        ("channels.imessage.settleMs",),
    )
    OTHER_DATABASE = (
        "other-database",
        "The phone's database is another one than before, and nobody has said what this chat is called in it.",
        "openclaw channels confirm-database",
    )
    NO_SENDER = ("no-sender", "The phone reported no sender that can be compared with an allowlist.")
    DIRECTION_UNKNOWN = ("direction-unknown", "The phone did not say whether the message is our own.")
    EMPTY = (
        "empty",
        "There is no text in it (a file alone, a group event, or a body the phone could not read).",
        "To have files read, set channels.imessage.includeAttachments.",
    )
    REACTION = (
        "reaction",
        "It is a tapback, not a message, and none of which the agent is told.",
        "See channels.imessage.reactionNotifications.",
        ("channels.imessage.reactionNotifications",),
    )
    TAPBACK = (
        "tapback",
        "It is a tapback: the agent is told of it with the next message that it answers in the conversation.",
        "See channels.imessage.reactionNotifications.",
        ("channels.imessage.reactionNotifications",),
    )
    UNREADABLE = ("unreadable", "The phone handed over an undecoded body.", "Update imsg to 0.8 or newer.")
    SERVICE = (
        "service",
        "The account does not accept this service.",
        "See channels.imessage.services.",
        ("channels.imessage.services",),
    )
    DM_DISABLED = (
        "dm-disabled",
        "Direct messages are switched off.",
        "Set channels.imessage.dmPolicy.",
        ("channels.imessage.dmPolicy",),
    )
    DM_NOT_ALLOWED = (
        "dm-not-allowed",
        "The sender is not in the allowlist.",
        "Add them to channels.imessage.allowFrom.",
        ("channels.imessage.allowFrom", "channels.imessage.dmPolicy"),
    )
    PAIRING_STARTED = (
        "pairing-started",
        "An unknown sender: a pairing request was made.",
        "openclaw pairing approve imessage CODE",
        ("channels.imessage.dmPolicy", "channels.imessage.allowFrom"),
    )
    PAIRING_PENDING = (
        "pairing-pending",
        "The sender's pairing request is still open.",
        "openclaw pairing list imessage",
        ("channels.imessage.dmPolicy", "channels.imessage.allowFrom"),
    )
    PAIRING_FULL = (
        "pairing-full",
        "Too many pairing requests are open; this sender got none.",
        "openclaw pairing list imessage",
        ("channels.imessage.dmPolicy", "channels.imessage.allowFrom"),
    )
    PAIRING_LATE = (
        "pairing-late",
        "An unknown sender, but the message is old; no code is sent for old messages.",
        "",
        (
            "messages.late.afterMinutes",
            "channels.imessage.dmPolicy",
        ),
    )
    PAIRING_DENIED = (
        "pairing-denied",
        "The sender was denied less than an hour ago; for that long no new request is made.",
        "",
        ("channels.imessage.dmPolicy", "channels.imessage.allowFrom"),
    )
    PAIRING_AUTOMATED = (
        "pairing-automated",
        "An unknown sender that is a company's short code or name; no person would read a code there.",
        "Add it to channels.imessage.allowFrom if it is to be answered.",
        ("channels.imessage.dmPolicy", "channels.imessage.allowFrom"),
    )
    OWNER_BY_SMS = (
        "owner-by-sms",
        "An owner's word that came, or may have come, by SMS, where the sender is easily forged.",
        "Write by iMessage from a mail address, or set services.smsOwner.",
        ("services.smsOwner",),
    )
    GROUPS_DISABLED = (
        "groups-disabled",
        "Group messages are switched off.",
        "Set channels.imessage.groupPolicy.",
        ("channels.imessage.groupPolicy",),
    )
    GROUP_SENDER = (
        "group-sender",
        "The sender is not in the group allowlist.",
        "Add them to channels.imessage.groupAllowFrom.",
        (
            "channels.imessage.groupAllowFrom",
            "channels.imessage.groupPolicy",
        ),
    )
    GROUP_NOT_LISTED = (
        "group-not-listed",
        "The group is not listed.",
        'Add its chat_id, or "*", to channels.imessage.groups.',
        ("channels.imessage.groups",),
    )
    NOT_MENTIONED = (
        "not-mentioned",
        "Nobody called the agent in this group message.",
        "See channels.imessage.groups.<id>.requireMention.",
        (
            "channels.imessage.groups.<id>.requireMention",
            "channels.imessage.requireMentionInDms",
            "agents.list[].groupChat.mentionPatterns",
        ),
    )
    CONTEXT_LEFT = (
        "context-left",
        "It was context for the agent's next answer in its group, until newer messages or its age pushed it out.",
        "See channels.imessage.historyLimit.",
        ("channels.imessage.historyLimit", "store.retentionDays"),
    )
    COMMAND_UNAUTHORISED = (
        "command-unauthorised",
        "A command from somebody who may not give commands.",
        "See commands.allowFrom.",
        (
            "commands.allowFrom",
            "commands.ownerAllowFrom",
            "channels.imessage.allowFrom",
            "channels.imessage.groupAllowFrom",
        ),
    )
    COMMAND_OWNER = (
        "command-owner",
        "An owner's command from somebody who is not the owner.",
        "See commands.ownerAllowFrom.",
        ("commands.ownerAllowFrom", "channels.imessage.allowFrom"),
    )
    COMMAND_SMS = (
        "command-sms",
        "An owner's command by SMS, or over a service that the phone does not tell: such a sender is easily forged.",
        "Set services.smsOwner to trust them all the same.",
        ("services.smsOwner",),
    )
    COMMAND_DISABLED = (
        "command-disabled",
        "A command that the configuration does not switch on; its sender was told which key does.",
        "See commands.config, commands.debug and commands.restart.",
        ("commands.config", "commands.debug", "commands.restart"),
    )
    COMMAND_FAILED = (
        "command-failed",
        "A command that could not be carried out; its sender was told that, and the log tells why.",
    )
    COMMAND_LATE = (
        "command-late",
        "A command that was old when it arrived; carried out now it would surprise whoever sent it.",
        "",
        ("messages.late.afterMinutes",),
    )
    BEFORE_START = (
        "before-start",
        "It was written before the gateway was first started on this account; nothing old is answered.",
        "If it had just been written, the clock of the phone is behind: let both machines set theirs over the network.",
    )
    LATE = (
        "late",
        "It was old when it reached the gateway, and is answered with what else came late.",
        "See messages.late.policy.",
        (
            "messages.late.policy",
            "messages.late.afterMinutes",
        ),
    )
    QUEUE_FULL_OLD = (
        "queue-full-old",
        "More messages waited behind a running turn than the queue holds; the oldest were refused.",
        "See messages.queue.cap and messages.queue.drop.",
        ("messages.queue.cap", "messages.queue.drop"),
    )
    QUEUE_FULL_NEW = (
        "queue-full-new",
        "More messages waited behind a running turn than the queue holds; the newest were refused.",
        "See messages.queue.cap and messages.queue.drop.",
        ("messages.queue.cap", "messages.queue.drop"),
    )
    QUEUE_CONDENSED = (
        "queue-condensed",
        "More messages waited behind a running turn than the queue holds; the next one sees this in one line.",
        "See messages.queue.cap and messages.queue.drop.",
        ("messages.queue.cap", "messages.queue.drop"),
    )
    OVERTAKEN = (
        "overtaken",
        "A newer message of the chat ended its turn.",
        "See messages.queue.mode.",
        ("messages.queue.mode",),
    )
    SEND_DENIED = (
        "send-denied",
        "The agent answered, and the send policy kept the answer back.",
        "See session.sendPolicy.",
        ("session.sendPolicy",),
    )
    SEND_OFF = (
        "send-off",
        "The agent answered, and sending is switched off for this conversation.",
        "/send on",
    )
    LOOP = (
        "loop",
        "The conversation ran in a circle: the gateway paused it instead of answering on and on.",
        "openclaw chats resume TARGET",
        ("messages.loop.maxTurnsPerMinute",),
    )
    PAUSED = ("paused", "The chat, the account or everything is paused.", "openclaw resume")
    DM_OPEN = ("dm-open", "Direct messages are open to everybody.", "", ("channels.imessage.dmPolicy",))
    DM_ALLOWED = (
        "dm-allowed",
        "The sender is in the allowlist.",
        "",
        ("channels.imessage.allowFrom", "channels.imessage.dmPolicy"),
    )
    DM_PAIRED = ("dm-paired", "The sender was approved by pairing.", "", ("channels.imessage.dmPolicy",))
    SELF_CHAT = ("self-chat", "The owner wrote to themselves.", "", ("channels.imessage.ownHandles",))
    GROUP_ALLOWED = (
        "group-allowed",
        "The group and its sender are allowed.",
        "",
        (
            "channels.imessage.groupPolicy",
            "channels.imessage.groupAllowFrom",
            "channels.imessage.groups",
        ),
    )
