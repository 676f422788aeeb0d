"""How each account speaks: from the configuration to the functions that make bubbles of what is said. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from openclaw.amendments import Rewording
from openclaw.config.accounts import AccountConfig
from openclaw.config.agents import AgentConfig
from openclaw.config.sections.acp import Stream
from openclaw.config.sections.agents import BlockStreamingChunk
from openclaw.config.sections.root import Config
from openclaw.domain.acp import stands_for
from openclaw.domain.delivery import OutboundMessage
from openclaw.domain.ids import MessageGuid
from openclaw.domain.turns import Turn
from openclaw.outbound.compose import Style, compose, plainly
from openclaw.outbound.open_ends import is_closed
from openclaw.outbound.prefix import prefix
from openclaw.outbound.reply_tags import CURRENT, reply_tag
from openclaw.turns.commands.carry_out import Say
from openclaw.turns.reply import Compose, Manner
from openclaw.turns.streaming import Streaming


def style(account: AccountConfig) -> Style:
    """How one account speaks."""
    tables = "code" if account.markdown_tables == "block" else account.markdown_tables
    return Style(tables=tables, limit=account.text_chunk_limit, mode=account.chunk_mode)


def plain_speech(accounts: Sequence[AccountConfig]) -> Say:
    """The function that makes bubbles of what the gateway itself says."""
    styles = {account.id: style(account) for account in accounts}
    return lambda account, chat, text: plainly(account, chat, text, styles.get(account, Style()))


def speech(accounts: Sequence[AccountConfig], agents: Sequence[AgentConfig]) -> Compose:
    """The function that makes bubbles of what an agent wrote in a turn."""
    styles = {account.id: style(account) for account in accounts}
    templates = {account.id: account.response_prefix for account in accounts}
    known = {agent.id: agent for agent in agents}
    ids = [agent.id for agent in sorted(agents, key=lambda agent: not agent.is_default)]

    def say(turn: Turn, text: str, manner: Manner = Manner(), /) -> list[OutboundMessage]:  # noqa: B008 - frozen
        agent = known[stands_for(turn.agent, ids)]
        lead = _lead(templates[turn.account], agent, manner) if manner.first else ""
        return compose(turn.account, turn.chat, text, styles[turn.account], lead, answered(turn, text))

    return say


def rewording(accounts: Sequence[AccountConfig]) -> Rewording:
    """The function that makes bubbles of what an agent writes in the place of something it said."""
    styles = {account.id: style(account) for account in accounts}
    return lambda account, chat, text: compose(account, chat, text, styles.get(account, Style()))


def answered(turn: Turn, text: str) -> MessageGuid:
    """Which message of ``turn`` the answer ``text`` is to hang below; "" when it names none of them.

    A message is named by its place among those that the turn answers, as its prompt counts them, or by its guid.
    """
    named = reply_tag(text)
    if named is None:
        return MessageGuid("")
    told = [message for message in turn.messages if not message.condensed]
    if named == CURRENT:
        return told[-1].guid if told else MessageGuid("")
    if named.isascii() and named.isdigit() and len(named) < 4:
        return told[int(named) - 1].guid if 0 < int(named) <= len(told) else MessageGuid("")
    return next((message.guid for message in told if message.guid == named), MessageGuid(""))


def _lead(template: str | None, agent: AgentConfig, manner: Manner) -> str:
    """The words before a reply; an account's own template, or what it inherits, "" where that says so."""
    full = manner.model or agent.model_primary or ""
    provider, _, model = full.partition("/")
    variables = {"model": model, "modelFull": full, "provider": provider}
    thinking = manner.thinking or "off"
    return prefix(
        template, variables | {"identity.name": agent.identity_name or "", "thinkingLevel": thinking}
    )


def outside_streaming(account: AccountConfig, stream: Stream) -> Streaming | None:
    """How the answers of an outside agent are said (``acp.stream``); ``None`` where they are said at their end."""
    if stream.delivery_mode != "live":
        return None
    most = min(stream.max_chunk_chars, account.text_chunk_limit)
    return Streaming(min_chars=1, max_chars=most, idle_s=stream.coalesce_idle_ms / 1000, is_closed=is_closed)


def streaming(account: AccountConfig, config: Config) -> Streaming | None:
    """How the answers of an account are said while they are written; ``None`` where they are said at their end."""
    if not account.block_streaming:
        return None
    defaults = config.agents.defaults
    chunks, merged = defaults.block_streaming_chunk or BlockStreamingChunk(), account.block_streaming_coalesce
    usual = Streaming()
    most = (merged and merged.max_chars) or chunks.max_chars or usual.max_chars
    idle_ms = merged.idle_ms if merged and merged.idle_ms is not None else round(usual.idle_s * 1000)
    return Streaming(
        min_chars=min((merged and merged.min_chars) or chunks.min_chars or usual.min_chars, most),
        max_chars=min(most, account.text_chunk_limit),
        idle_s=idle_ms / 1000,
        at_once=defaults.block_streaming_break != "message_end",
        breaks=chunks.break_preference or "paragraph",
        is_closed=is_closed,
    )
