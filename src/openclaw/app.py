"""The composition root: opens everything in order, inside one task group, and closes it in reverse.

State directory, ledger, agents, gateway, phones, control interface. Nothing else constructs these parts; what each is
given is decided in ``assembly``.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import structlog
from starlette.types import ASGIApp

from openclaw import __version__, assembly
from openclaw.agents.embedded import open_embedded
from openclaw.config.accounts import AccountConfig, resolve_accounts
from openclaw.config.agents import resolve_agents
from openclaw.config.load import Loaded, load_config
from openclaw.config.locations import Locations
from openclaw.config.review import review
from openclaw.control.server import open_control
from openclaw.control.surface import Surface
from openclaw.control.token import gateway_token
from openclaw.domain.health import AccountHealth, AccountState, Probe
from openclaw.domain.ids import AccountId, AgentId
from openclaw.errors import ConfigInvalid, ConfigIssue, NotFound
from openclaw.gateway import Gateway
from openclaw.imessage.phone import Phone, open_phone
from openclaw.inbox import LedgerInbox
from openclaw.jsonrpc.orphans import reap_orphans
from openclaw.logs import open_logs
from openclaw.outbound.deliver import Deliverer
from openclaw.outbound.fuses import Fuses
from openclaw.simulator.page import phone_app
from openclaw.store import Ledger, lock_state, open_ledger
from openclaw.store.retention import keep_forgetting
from openclaw.turns.lanes import Lanes
from openclaw.turns.runner import Agent, TurnRunner

log = structlog.get_logger("openclaw.app")


class _Stop(Exception):
    """Ends the task group when the gateway is asked to stop."""


def now() -> datetime:
    """The clock of the running program."""
    return datetime.now(UTC)


def run(
    locations: Locations,
    environ: Mapping[str, str],
    *,
    port: int | None,
    verbose: bool,
    phone: Path | None = None,
) -> int:
    """Run the gateway until it is told to stop; the exit code of the process.

    ``phone`` is the database of a simulated Mac, whose page is then served at ``/phone``.

    Raises:
        ConfigError: the configuration cannot be used.
        StoreError: the ledger cannot be used, or another gateway runs on the state directory.
    """
    loaded = load_config(locations, environ)
    _refuse_remote(loaded)
    with lock_state(locations.state_dir):
        asyncio.run(_run(loaded, port=port, verbose=verbose, phone=phone))
    return 0


def _refuse_remote(loaded: Loaded) -> None:
    if loaded.config.gateway.mode == "remote":
        fix = 'Set it to "local", or remove it, to run a gateway here.'
        issue = ConfigIssue("gateway.mode", "says that the gateway runs on another computer", "remote", fix)
        raise ConfigInvalid(str(loaded.path), [issue])


async def _run(loaded: Loaded, *, port: int | None, verbose: bool, phone: Path | None) -> None:
    config, state_dir = loaded.config, loaded.config.locations.state_dir
    logging = replace(config.logging, console_level="debug") if verbose else config.logging
    log_file = open_logs(logging, state_dir / "logs")
    log.info("gateway.starting", version=__version__, config=str(loaded.path), exists=loaded.exists)
    if not loaded.exists:
        log.warning("config.missing", path=str(loaded.path), fix="Make one with: openclaw init")
    for warning in (*loaded.warnings, *review(config)):
        log.warning("config.warning", path=warning.path, message=warning.message, fix=warning.fix)
    try:
        async with open_ledger(state_dir) as ledger, asyncio.TaskGroup() as group:
            stopping = asyncio.Event()
            group.create_task(_stop_on_signal(stopping), name="signals")
            group.create_task(asyncio.to_thread(reap_orphans), name="orphans")
            group.create_task(keep_forgetting(ledger, config.store.retention_days, now), name="retention")
            await _serve(loaded, ledger, group, stopping, port, phone)
    except* _Stop:
        log.info("gateway.stopped")
    finally:
        log_file.close()


async def _serve(
    loaded: Loaded,
    ledger: Ledger,
    group: asyncio.TaskGroup,
    stopping: asyncio.Event,
    port: int | None,
    phone: Path | None,
) -> None:
    """Open what serves, in order; returns only by being cancelled, and closes it in reverse."""
    config = loaded.config
    agents = resolve_agents(config)
    phones = _Phones(ledger, resolve_accounts(config), assembly.fuses(config))
    async with open_embedded(
        assembly.models(agents), config.models.providers or {}, loaded.environment
    ) as runtime:
        gateway, runner, lanes = _assemble(loaded, ledger, group, assembly.agents(agents, runtime))
        await gateway.start(group, runner, lanes)
        surface = Surface(
            ledger=ledger,
            started_at=now(),
            now=now,
            health=phones.health,
            probe=phones.probe,
            judge=gateway.judge,
            deliver=gateway.deliver,
            wake=lanes.wake,
            stop_turn=runner.cancel,
            agents={agent.id: agent.model_primary or "" for agent in agents},
            warnings=(*loaded.warnings, *review(config)),
            accounts={account.id: account for account in resolve_accounts(config)},
        )
        token = gateway_token(config.gateway.auth.token, loaded.environment, config.locations.state_dir)
        async with (
            open_control(
                surface,
                port=port or config.gateway.port,
                token=token,
                state_dir=config.locations.state_dir,
                mounts=_mounts(phone, runner, stopping),
            ),
            phones.open(gateway, group),
        ):
            log.info("gateway.ready", accounts=phones.enabled)
            await asyncio.Event().wait()


def _mounts(phone: Path | None, runner: TurnRunner, stopping: asyncio.Event) -> dict[str, ASGIApp]:
    """What is served beside the control interface: the page of a simulated phone, when there is one."""
    if phone is None:
        return {}
    return {"/phone": phone_app(phone, typing=runner.is_answering, ended=stopping.is_set)}


def _assemble(
    loaded: Loaded, ledger: Ledger, group: asyncio.TaskGroup, agents: Mapping[AgentId, Agent]
) -> tuple[Gateway, TurnRunner, Lanes]:
    config = loaded.config
    accounts, configured = resolve_accounts(config), resolve_agents(config)
    gateway = Gateway(ledger, agents, assembly.rulebook(accounts, configured, config), now)
    say = assembly.speech(accounts, configured, config)
    runner = TurnRunner(ledger, agents, assembly.claim_rules(agents, config, now), say, gateway.deliver, now)
    lanes = Lanes(
        group,
        runner.step,
        at_once=config.agents.defaults.max_concurrent,
        debounce_s=assembly.debounce_s(config),
    )
    return gateway, runner, lanes


class _Phones:
    """The open phones, and how they are."""

    def __init__(self, ledger: Ledger, configured: Sequence[AccountConfig], fuses: Fuses) -> None:
        self._ledger = ledger
        self._configured = configured
        self._fuses = fuses
        self._phones: dict[AccountId, Phone] = {}
        self._health = {account.id: _before_opening(account) for account in configured}

    @property
    def enabled(self) -> int:
        """How many accounts are to be served."""
        return sum(account.enabled for account in self._configured)

    def health(self) -> Mapping[AccountId, AccountHealth]:
        """How each account that runs is doing."""
        return dict(self._health)

    async def probe(self, account: AccountId) -> Probe:
        """Ask an account's imsg how it is, beside what is going on.

        Raises:
            NotFound: no such account runs.
        """
        if account not in self._phones:
            raise NotFound(f"no account {account} runs; see: openclaw channels status")
        return await self._phones[account].probe()

    @asynccontextmanager
    async def open(self, gateway: Gateway, group: asyncio.TaskGroup) -> AsyncGenerator[None]:
        """The lines to all enabled accounts' phones, each with its deliverer."""
        async with AsyncExitStack() as stack:
            for account in (one for one in self._configured if one.enabled):
                inbox = LedgerInbox(self._ledger, gateway, account.id, now)
                opened = open_phone(account, inbox, on_health=partial(self._note, account.id))
                phone = await stack.enter_async_context(opened)
                self._phones[account.id] = phone
                deliverer = Deliverer(self._ledger, account.id, phone, now, self._fuses)
                gateway.attach(account.id, deliverer, phone.reread)
                group.create_task(deliverer.run(), name=f"deliverer {account.id}")
            yield

    def _note(self, account: AccountId, health: AccountHealth) -> None:
        before = self._health[account]
        self._health[account] = health
        if before != health:
            self._ledger.changes.announce({"accounts"})
        if before.state is not health.state or before.cause != health.cause:
            level = log.info if health.state in _FINE else log.warning
            level("account.state", account=account, state=health.state, cause=health.cause)


_FINE = (AccountState.STARTING, AccountState.CONNECTED, AccountState.STOPPED)


def _before_opening(account: AccountConfig) -> AccountHealth:
    if account.enabled:
        return AccountHealth(AccountState.STARTING, now())
    return AccountHealth(AccountState.STOPPED, now(), "it is not enabled in the configuration")


async def _stop_on_signal(asked: asyncio.Event) -> None:
    """Wait for SIGINT or SIGTERM, which set ``asked``, then end the task group."""
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, asked.set)
    await asked.wait()
    raise _Stop
