"""What carrying out commands goes by: the part of the configuration that they show, obey and change. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from openclaw.config.accounts import AccountConfig, resolve_accounts
from openclaw.config.agents import resolve_agents
from openclaw.config.grammar import normalise_id
from openclaw.config.paths import KeyPath
from openclaw.config.sections.root import Config
from openclaw.domain.admission import Reason
from openclaw.domain.commands import Flag
from openclaw.domain.handles import Handle, parse_handle
from openclaw.domain.ids import AccountId, AgentId, SessionKey
from openclaw.turns.commands.catalog import Catalog, catalog_of
from openclaw.turns.commands.words import KEPT
from openclaw.turns.outside import NOTHING_OUTSIDE, OutsideRules, outside_rules
from openclaw.turns.prompt import Persona, persona_of


@dataclass(frozen=True, slots=True)
class AccountRules:
    """One account as commands see it: its policies and lists, where they are written, and whether they may be.

    ``section`` is where its own keys stand; ``group_allow_from`` ``None`` means "as ``allow_from``". ``named`` are
    those whom the lists name one by one where some list lets everybody in, ``None`` where none does: whoever may
    command then was chosen by the operator.
    """

    region: str = "US"
    section: KeyPath = ("channels", "imessage")
    dm_policy: str = "pairing"
    group_policy: str = "allowlist"
    allow_from: tuple[str, ...] = ()
    group_allow_from: tuple[str, ...] | None = None
    writes: bool = True
    named: frozenset[Handle] | None = None

    def has_chosen(self, handle: Handle) -> bool:
        """Whether the operator chose ``handle``: that a list lets everybody in says nothing about who somebody is."""
        return self.named is None or handle in self.named


@dataclass(frozen=True, slots=True)
class QueueRules:
    """How messages queue where a session has no settings of its own."""

    mode: str = "collect"
    debounce_ms: int = 1000
    cap: int = 20
    drop: str = "summarize"


@dataclass(frozen=True, slots=True)
class CommandRules:
    """The whole of it. ``models`` has the ``provider/model`` of each agent that has one, ``personas`` how each is told
    who it is; ``owner_named`` says whether ``commands.ownerAllowFrom`` names the owner; ``channel_writes`` is
    ``configWrites`` of the channel itself.

    ``sayable`` gives what of an agent's words may leave, "" when nothing may; ``silenced`` why an agent may not be
    heard from a session, in a group or not, where ``/send`` says so much; ``None`` when it may.
    """

    catalog: Catalog = field(default_factory=Catalog)
    flags: frozenset[Flag] = frozenset({Flag.RESTART})
    accounts: Mapping[AccountId, AccountRules] = field(default_factory=dict[AccountId, AccountRules])
    models: Mapping[AgentId, str] = field(default_factory=dict[AgentId, str])
    personas: Mapping[AgentId, Persona] = field(default_factory=dict[AgentId, Persona])
    queue: QueueRules = field(default_factory=QueueRules)
    reset_triggers: Sequence[str] = ()
    outside: OutsideRules = NOTHING_OUTSIDE
    owner_named: bool = False
    channel_writes: bool = True
    sayable: Callable[[str], str] = lambda text: text
    silenced: Callable[[SessionKey, bool, str], Reason | None] = lambda session, is_group, said: None

    def account(self, account: AccountId) -> AccountRules:
        """The rules of one account; the strictest for one that is not there any more."""
        return self.accounts.get(account) or AccountRules(writes=False)


def switched_on(config: Config) -> frozenset[Flag]:
    """The keys of ``commands`` that are on."""
    switched = {
        Flag.CONFIG: config.commands.config,
        Flag.DEBUG: config.commands.debug,
        Flag.RESTART: config.commands.restart,
    }
    return frozenset(flag for flag, is_on in switched.items() if is_on)


def command_rules(config: Config) -> CommandRules:
    """What ``config`` says of commands."""
    channel, queue, agents = config.channels.imessage, config.messages.queue, resolve_agents(config)
    return CommandRules(
        catalog=catalog_of(config),
        flags=switched_on(config),
        accounts={account.id: _account(account, config) for account in resolve_accounts(config)},
        models={agent.id: agent.model_primary for agent in agents if agent.model_primary},
        personas={agent.id: persona_of(agent) for agent in agents},
        queue=QueueRules(
            queue.by_channel.imessage or queue.mode,
            (queue.debounce_ms_by_channel or {}).get("imessage", queue.debounce_ms),
            queue.cap,
            queue.drop,
        ),
        reset_triggers=config.session.reset_triggers,
        outside=outside_rules(config, KEPT),
        owner_named=config.commands.owner_allow_from is not None,
        channel_writes=channel is None or channel.config_writes is not False,
    )


def _account(account: AccountConfig, config: Config) -> AccountRules:
    return AccountRules(
        region=account.region,
        section=_section(account.id, config),
        dm_policy=account.dm_policy,
        group_policy=account.group_policy,
        allow_from=account.allow_from,
        group_allow_from=account.group_allow_from,
        writes=account.config_writes,
        named=_named(account, config),
    )


def _named(account: AccountConfig, config: Config) -> frozenset[Handle] | None:
    commanders = config.commands.allow_from or {}
    listed = (
        *account.allow_from,
        *(account.group_allow_from or ()),
        *map(str, commanders.get("imessage", commanders.get("*", ()))),
    )
    is_open = not config.commands.use_access_groups or any(text.strip() == "*" for text in listed)
    handles = (parse_handle(text, account.region) for text in listed)
    return frozenset(filter(None, handles)) if is_open else None


def _section(account: AccountId, config: Config) -> KeyPath:
    channel = config.channels.imessage
    written = [key for key in (channel.accounts or {} if channel else {}) if normalise_id(key) == account]
    return ("channels", "imessage", *(("accounts", written[0]) if written else ()))
