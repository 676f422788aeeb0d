"""Chat commands as values; which there are is the business of ``turns.commands``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Rank(StrEnum):
    """Who may give a command, among those who may give any."""

    ANYONE = "anyone who may command"
    APPROVER = "owner or approver"
    OWNER = "owner"


class Flag(StrEnum):
    """The keys of ``commands`` that switch a command on."""

    CONFIG = "commands.config"
    DEBUG = "commands.debug"
    RESTART = "commands.restart"


@dataclass(frozen=True, slots=True)
class Command:
    """One command, as somebody gave it or as the list of all knows it.

    ``in_lane`` keeps its place among the messages; ``takes_rest`` lets text follow it. ``who`` may give it, where
    ``flag`` is on; ``owner_for`` are first words after it that make it one of the owner's, switched by ``owner_flag``.
    ``arguments`` and ``example`` are for people.
    """

    word: str
    summary: str
    in_lane: bool = False
    takes_rest: bool = False
    aliases: tuple[str, ...] = ()
    who: Rank = Rank.ANYONE
    flag: Flag | None = None
    owner_for: tuple[str, ...] = ()
    owner_flag: Flag | None = None
    group_only: bool = False
    arguments: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a sender may command: anything at all, what approvers may, what only owners may.

    ``by_forgeable`` says that they would be owner or approver, had they not written over a service whose senders are
    easily forged.
    """

    authorised: bool = False
    owner: bool = False
    approver: bool = False
    by_forgeable: bool = False

    def may_give(self, command: Command) -> bool:
        """Whether a command of this rank is theirs to give; its flag is another matter."""
        if not self.authorised:
            return False
        match command.who:
            case Rank.ANYONE:
                return True
            case Rank.APPROVER:
                return self.owner or self.approver
            case Rank.OWNER:
                return self.owner
