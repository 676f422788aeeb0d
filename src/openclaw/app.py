"""The composition root: opens everything in order, inside one task group, and closes it in reverse.

State directory, ledger, agents, gateway, phones, control interface. Nothing else constructs these parts; what each is
given is decided in ``assembly``, and what it is given when the configuration changes in ``parts``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import structlog
from starlette.types import ASGIApp

from openclaw import __version__, assembly, doors, wording
from openclaw.assembly import Plan, make_plan
from openclaw.config.exposure import load_to_serve
from openclaw.config.locations import Locations
from openclaw.config.paths import KeyPath
from openclaw.config.sections.logging import Level
from openclaw.control.server import open_control
from openclaw.control.surface import InForce, Surface
from openclaw.control.token import gateway_token
from openclaw.desk import FileDesk, FileExports
from openclaw.errors import ConfigError
from openclaw.gateway import Gateway
from openclaw.jsonrpc.orphans import reap_orphans
from openclaw.logs import close_logs
from openclaw.outbound.notifier import Notifier
from openclaw.outbound.shelf import Shelf
from openclaw.outbound.tidying import keep_tidy
from openclaw.parts import Parts, arrange_logs, now
from openclaw.phones import Phones
from openclaw.presence import Presence
from openclaw.releases import announce
from openclaw.reload import Reloader
from openclaw.runtimes import Runtimes, open_runtimes
from openclaw.signals import Restart, Stop, begins_anew, reload_on_signal, stop_on_signal
from openclaw.simulator.page import phone_app
from openclaw.store import Ledger, lock_state, open_ledger
from openclaw.turns.commands.ports import Ports
from openclaw.turns.lanes import Lanes
from openclaw.turns.runner import TurnRunner

log = structlog.get_logger("openclaw.app")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the command line asked for. ``phone`` is the database of a simulated Mac.

    ``console`` is the level that the terminal shows, ``None`` the configured one.
    """

    environ: Mapping[str, str]
    port: int | None
    console: Level | None
    phone: Path | None


def run(
    locations: Locations,
    environ: Mapping[str, str],
    *,
    port: int | None,
    console: Level | None = None,
    phone: Path | None = None,
) -> int:
    """Run the gateway until it is told to stop; the exit code of the process.

    ``console`` is the level of what the terminal shows, instead of the configured one. ``phone`` is the database of a
    simulated Mac, whose page is then served at ``/phone``. SIGHUP reads the configuration anew, SIGUSR1 begins anew in
    the same process.

    Raises:
        ConfigError: the configuration cannot be used.
        StoreError: the ledger cannot be used, or another gateway runs on the state directory.
    """
    plan, asked = make_plan(load_to_serve(locations, environ)), _Asked(environ, port, console, phone)
    with lock_state(locations.state_dir):
        while asyncio.run(_Life(plan, asked).run()):
            plan = _plan_again(plan, environ)
    return 0


def _plan_again(before: Plan, environ: Mapping[str, str]) -> Plan:
    """What the files say now, or what ran before when they break rules: a new start must not be the end."""
    with suppress(ConfigError):
        return make_plan(load_to_serve(before.loaded.config.locations, environ))
    return before


class _Life:
    """One life of the gateway, from a start to a stop or to the next start."""

    def __init__(self, plan: Plan, asked: _Asked) -> None:
        self._plan = plan
        self._asked = asked
        self._stopping = asyncio.Event()

    async def run(self) -> bool:
        """Serve until asked to end; whether the gateway is to begin anew."""
        plan, loaded = self._plan, self._plan.loaded
        begins_anew = False
        arrange_logs(loaded.config, console=self._asked.console)
        log.info("gateway.starting", version=__version__, config=str(loaded.path), exists=loaded.exists)
        if not loaded.exists:
            log.warning("config.missing", path=str(loaded.path), fix="Make one with: openclaw init")
        for warning in plan.warnings:
            log.warning("config.warning", path=warning.path, message=warning.message, fix=warning.fix)
        try:
            async with open_ledger(loaded.config.locations.state_dir) as ledger, asyncio.TaskGroup() as group:
                announce(loaded.config.locations.state_dir, __version__)
                group.create_task(stop_on_signal(self._stopping), name="signals")
                group.create_task(asyncio.to_thread(reap_orphans), name="orphans")
                async with self._open(ledger, group) as reloader:
                    group.create_task(reloader.run(), name="reload")
                    await asyncio.Event().wait()
        except* Stop:
            log.info("gateway.stopped")
        except* Restart:
            log.info("gateway.restarting")
            begins_anew = True
        finally:
            close_logs()
        # Whoever asks to stop while a new start is under way means it.
        return begins_anew and not self._stopping.is_set()

    @asynccontextmanager
    async def _open(self, ledger: Ledger, group: asyncio.TaskGroup) -> AsyncGenerator[Reloader]:
        """Everything that serves, open for as long as the context is."""
        plan, config = self._plan, self._plan.loaded.config
        phones = Phones(ledger, plan.accounts, assembly.fuses(config), now, assembly.media(config))
        async with open_runtimes(plan, ledger, phones, now) as runtimes:
            parts = self._put_together(ledger, group, runtimes, phones)
            parts.keep_forgetting(config.store.retention_days)
            group.create_task(keep_tidy(ledger, Shelf.of(config.locations.state_dir), now), name="files")
            await parts.take_over(plan)
            overlay: dict[KeyPath, object] = {}
            begin_anew = begins_anew(parts, config.gateway.reload.deferral_timeout_ms / 1000)
            reloader = Reloader(plan, self._asked.environ, parts.take, begin_anew, now, overlay=overlay)
            parts.notifier.watch(lambda: reloader.standing)
            ports = self._ports(reloader, begin_anew, overlay, runtimes)
            await parts.gateway.start(group, parts.runner, parts.lanes, ports, parts.presence.admitted)
            reload_on_signal(group, reloader)
            async with (
                open_control(
                    _surface(parts, reloader, begin_anew),
                    port=self._asked.port or config.gateway.port,
                    token=_token(plan),
                    state_dir=config.locations.state_dir,
                    mounts=self._mounts(parts.runner),
                ),
                phones.open(parts.gateway, plan.accounts),
            ):
                group.create_task(parts.notifier.run(), name="notices")
                log.info("gateway.ready", accounts=phones.enabled)
                yield reloader

    def _put_together(
        self, ledger: Ledger, group: asyncio.TaskGroup, runtimes: Runtimes, phones: Phones
    ) -> Parts:
        """The stages of a message's journey, each with those it hands on to; nothing runs yet."""
        plan, config = self._plan, self._plan.loaded.config
        agents = runtimes.agents(plan)
        gateway = Gateway(ledger, agents, plan.rules, now)
        say = wording.speech(plan.accounts, plan.agents)
        claims = assembly.claim_rules(agents, config, now, phones.bridge)
        runner = TurnRunner(ledger, agents, claims, say, gateway.deliver, now)
        presence = Presence(plan.presence, phones.make)
        runner.accompany(presence)
        lanes = Lanes(
            group,
            runner.step,
            at_once=config.agents.defaults.max_concurrent,
            debounce_s=runner.debounce_s,
            unbounded=plan.rules.outside.is_outside_session,
        )
        return Parts(
            ledger=ledger,
            group=group,
            runtimes=runtimes,
            gateway=gateway,
            runner=runner,
            lanes=lanes,
            presence=presence,
            phones=phones,
            notifier=Notifier(ledger, doors.readers(config), phones.health, gateway.deliver, now),
            console=self._asked.console,
        )

    def _ports(
        self,
        reloader: Reloader,
        begin_anew: Callable[[], None],
        overlay: dict[KeyPath, object],
        runtimes: Runtimes,
    ) -> Ports:
        """What chat commands may reach."""
        locations = self._plan.loaded.config.locations
        return Ports(
            desk=FileDesk(locations, self._asked.environ, overlay, reloader.look),
            restart=begin_anew,
            approvals=runtimes.approvals,
            exports=FileExports(locations.exports),
            outside=runtimes.outside,
        )

    def _mounts(self, runner: TurnRunner) -> dict[str, ASGIApp]:
        """What is served beside the control interface: the page of a simulated phone, when there is one."""
        if self._asked.phone is None:
            return {}
        app = phone_app(self._asked.phone, typing=runner.is_answering, ended=self._stopping.is_set)
        return {"/phone": app}


def _surface(parts: Parts, reloader: Reloader, begin_anew: Callable[[], None]) -> Surface:
    """The running gateway as the control interface sees it."""

    def in_force() -> InForce:
        plan = reloader.plan
        return InForce(
            standing=reloader.standing,
            agents={agent.id: agent.model_primary or "" for agent in plan.agents},
            warnings=(*plan.warnings, *assembly.server_warnings(parts.runtimes.toolbox.troubles)),
            accounts={account.id: account for account in plan.accounts},
            judging=lambda: assembly.judging(plan),
        )

    return Surface(
        ledger=parts.ledger,
        started_at=now(),
        now=now,
        health=parts.phones.health,
        probe=parts.phones.probe,
        judge=parts.gateway.judge,
        deliver=parts.gateway.deliver,
        live=parts.runtimes.outside.live,
        wake=parts.lanes.wake,
        stop_turn=parts.runner.cancel,
        in_force=in_force,
        reload=reloader.look,
        restart=begin_anew,
        find=parts.phones.find,
    )


def _token(plan: Plan) -> str:
    config = plan.loaded.config
    return gateway_token(config.gateway.auth.token, plan.loaded.environment, config.locations.state_dir)
