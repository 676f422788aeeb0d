"""Access policies as the configuration would give them, and facts to go with them."""

from __future__ import annotations

from typing import Any

from tests.making import NOON

from openclaw.config.accounts import resolve_accounts
from openclaw.config.sections.channels import Channels
from openclaw.config.sections.commands import Commands
from openclaw.config.sections.imessage import IMessage
from openclaw.config.sections.root import Config
from openclaw.domain.admission import Verdict
from openclaw.domain.commands import Command
from openclaw.domain.handles import Handle
from openclaw.domain.messages import InboundMessage
from openclaw.inbound.access import AccessPolicy, compile_access
from openclaw.inbound.admit import Facts, admit
from openclaw.inbound.manners import Manners
from openclaw.inbound.mentions import MentionPatterns, compile_mentions

ME = Handle("me@example.com")
MINE = {"own_handles": frozenset({ME}), "account_handles": frozenset({ME})}
NOBODY = MentionPatterns(())
CLAW = compile_mentions([r"\bclaw\b"], "mentionPatterns")
STATUS = Command("/status", "")


def policy(commands: Commands | None = None, **keys: Any) -> AccessPolicy:
    """The policy of the one account whose section of the configuration has ``keys``."""
    config = Config(channels=Channels(imessage=IMessage(**keys)))
    return compile_access(resolve_accounts(config)[0], commands or Commands())


def facts(**known: Any) -> Facts:
    """Facts at noon; nothing is known but what is said."""
    return Facts(now=NOON, **known)


def verdict(
    message: InboundMessage,
    rules: AccessPolicy,
    known: Facts | None = None,
    *,
    command: Command | None = None,
    patterns: MentionPatterns = NOBODY,
    context_limit: int = 0,
) -> Verdict:
    """What the gates say."""
    manners = Manners(patterns, context_limit)
    return admit(message, rules, known or facts(), command, lambda _peer: manners)
