"""What became of loading the configuration, and what in it concerns whom it lets in."""

from __future__ import annotations

from collections.abc import Iterator

from openclaw.config.accounts import AccountConfig
from openclaw.config.grammar import normalise_id
from openclaw.config.repetitions import repetitions
from openclaw.config.review import review
from openclaw.config.sections.root import Config
from openclaw.doctor.checks.access import AccessFacts, ListFacts
from openclaw.doctor.checks.configuration import ConfigurationFacts
from openclaw.doctor.checks.patterns import PatternFacts
from openclaw.doctor.gather.traffic import Traffic
from openclaw.doctor.visit import Visit

# Whose entries an owner's list may hold beside ours.
_CHANNELS = ("whatsapp", "telegram", "discord", "irc", "slack", "mattermost", "signal", "msteams", "webchat")


def configuration(visit: Visit) -> ConfigurationFacts:
    """The file, and what its owner should know of it."""
    path, loaded = visit.locations.config_path, visit.loaded
    if loaded is None:
        return ConfigurationFacts(path, path.exists(), visit.failure)
    surprising = (*repetitions(visit.locations), *review(loaded.config))
    return ConfigurationFacts(path, loaded.exists, None, tuple(loaded.warnings), surprising)


def access(visit: Visit, traffic: Traffic) -> list[AccessFacts]:
    """Each account with what the ledger knows of its people and chats."""
    if visit.loaded is None:
        return []
    config = visit.loaded.config
    return [
        AccessFacts(
            account,
            visit.place_of(account),
            _region_set(config, account),
            traffic.approved(account.id),
            traffic.chats(account.id),
        )
        for account in visit.accounts
    ]


def lists(visit: Visit) -> Iterator[ListFacts]:
    """The lists of handles that stand outside of the accounts."""
    if visit.loaded is None or not visit.accounts:
        return
    config, region = visit.loaded.config, visit.accounts[0].region
    # Entries that name another channel are none of ours.
    owners = [str(one) for one in config.commands.owner_allow_from or () if not _is_other_channel(str(one))]
    yield ListFacts("commands.ownerAllowFrom", tuple(owners), region, people_only=True)
    if config.notify.owner:
        yield ListFacts("notify.owner", (config.notify.owner,), region, people_only=True, is_one=True)


def patterns(visit: Visit) -> Iterator[PatternFacts]:
    """Every list of mention patterns."""
    if visit.loaded is None:
        return
    config = visit.loaded.config
    if everywhere := config.messages.group_chat.mention_patterns:
        yield PatternFacts("messages.groupChat.mentionPatterns", everywhere)
    for position, agent in enumerate(config.agents.list or ()):
        if own := agent.group_chat.mention_patterns:
            yield PatternFacts(f"agents.list[{position}].groupChat.mentionPatterns", own)


def _is_other_channel(entry: str) -> bool:
    head, colon, _ = entry.partition(":")
    return bool(colon) and head.strip().lower() in _CHANNELS


def _region_set(config: Config, account: AccountConfig) -> bool:
    channel = config.channels.imessage
    if channel is None or channel.region is not None:
        return True
    own = next(
        (one for key, one in (channel.accounts or {}).items() if normalise_id(key) == account.id), None
    )
    return own is not None and own.region is not None
