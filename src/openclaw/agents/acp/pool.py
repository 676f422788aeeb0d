"""The pool: which outside agents run, how many at a time, and for how long one that nobody needs is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import structlog

from openclaw.agents.acp.live import Live
from openclaw.agents.acp.ports import Keeping, Opening, SessionBook
from openclaw.agents.acp.program import program
from openclaw.agents.loader import load_acp
from openclaw.config.acp import AcpSettings
from openclaw.config.harnesses import Harness
from openclaw.domain.acp import AcpSession, LiveAgent
from openclaw.domain.ids import SessionKey
from openclaw.errors import AgentFailed, AgentNotConfigured, ChildFailed
from openclaw.jsonrpc.group import group_figures

log = structlog.get_logger("openclaw.acp")


class Pool:
    """The running agents, each by its session, as tasks of ``group``."""

    def __init__(
        self,
        settings: AcpSettings,
        environ: Mapping[str, str],
        book: SessionBook,
        keep: Keeping,
        group: asyncio.TaskGroup,
    ) -> None:
        self._settings = settings
        self._environ = environ
        self._book = book
        self._keep = keep
        self._group = group
        self._lives: dict[SessionKey, Live] = {}
        self._doors: dict[SessionKey, asyncio.Lock] = {}
        self._idle: dict[SessionKey, asyncio.TimerHandle] = {}
        self._is_ending = False
        self._freed = asyncio.Event()

    def adopt(self, settings: AcpSettings, environ: Mapping[str, str]) -> None:
        """Go by other settings; an agent that is started otherwise now is started anew when it is needed next."""
        self._settings = settings
        self._environ = environ

    def find(self, key: SessionKey) -> Live | None:
        """The agent of a session, if it runs."""
        live = self._lives.get(key)
        return live if live is not None and live.session is not None else None

    def figures(self) -> Sequence[LiveAgent]:
        """The agents that run, as people see them."""
        found = [(one, one.session.pid) for one in self._lives.values() if one.session]
        used = group_figures([pid for _, pid in found])
        return [
            LiveAgent(one.opening.key, one.opening.harness, pid, one.since, one.is_busy, cpu_s, memory)
            for (one, pid), (cpu_s, memory) in zip(found, used, strict=True)
        ]

    async def close(self, key: SessionKey) -> None:
        """Let the agent of a session forget it, and end its program; nothing happens where none runs."""
        live = self._lives.get(key)
        if live is not None and live.session is None:
            # Whoever starts it holds the door until it has started, which may take minutes.
            await live.close()
        async with self._door(key):
            live = self._lives.get(key)
            if live is not None:
                await live.close(for_good=True)
                self._ended(live)
        self._leave(key)

    async def restart(self, key: SessionKey) -> None:
        """End the program of a session, which is kept, now or when nobody needs it; nothing happens where none runs."""
        async with self._door(key):
            live = self._lives.get(key)
            if live is None:
                return
            live.is_outdated = True
            if not live.users:
                await live.close()
                self._ended(live)

    async def end(self) -> None:
        """End every program; none is started any more."""
        self._is_ending = True
        for timer in self._idle.values():
            timer.cancel()
        await asyncio.gather(*(live.close() for live in list(self._lives.values())))

    @asynccontextmanager
    async def in_use(self, kept: AcpSession, generation: int) -> AsyncGenerator[Live]:
        """The running agent of a session, which nobody ends meanwhile. Raises OpenClawError."""
        async with self._door(kept.key):
            live = await self._running(kept, generation)
            live.users += 1
        try:
            yield live
        finally:
            live.users -= 1
            self._freed.set()
            self._rest(live, kept)
            self._leave(kept.key)

    async def name(self, live: Live) -> None:
        """Keep the agent's own name for its session, which is about to be told something worth taking up."""
        session = live.session
        if session is None or live.is_named or session.outside_id == live.opening.outside_id:
            return
        await self._book.named(live.opening.key, session.outside_id, live.generation)
        live.is_named = True

    def _door(self, key: SessionKey) -> asyncio.Lock:
        """Whoever starts or ends the program of a session holds this."""
        return self._doors.setdefault(key, asyncio.Lock())

    def _leave(self, key: SessionKey) -> None:
        """Take the door away of a session that has no program and that nobody waits for."""
        door = self._doors.get(key)
        if door is not None and not door.locked() and key not in self._lives:
            del self._doors[key]

    async def _running(self, kept: AcpSession, generation: int) -> Live:
        if timer := self._idle.pop(kept.key, None):
            timer.cancel()
        opening = self._opening(kept, generation)
        live = self._lives.get(kept.key)
        is_forgotten = live is not None and await self._is_forgotten(live, kept)
        if live is not None and not is_forgotten and _can_go_on(live, opening, generation):
            return live
        if live is not None:
            # After a reset nobody asks for the old session again.
            await live.close(for_good=is_forgotten or live.generation != generation)
            self._ended(live)
        try:
            # As long as a turn may take: the one before it in the queue has no more time than that.
            async with asyncio.timeout(self._settings.turn_seconds):
                await self._make_room()
        except TimeoutError:
            most = self._settings.most_sessions
            raise AgentFailed(
                f"all {most} outside agents that may run were busy (acp.maxConcurrentSessions)"
            ) from None
        live = Live(opening, generation, self._group, datetime.now(UTC))
        self._lives[kept.key] = live
        try:
            await live.start(await load_acp(), self._keep, self._ended)
        except ChildFailed as error:
            self._ended(live)
            raise AgentFailed(str(error)) from error
        except BaseException:
            self._ended(live)
            raise
        return live

    async def _is_forgotten(self, live: Live, kept: AcpSession) -> bool:
        """Whether the agent's session is no longer the one that is kept: a person was forgotten, or it was moved."""
        session = live.session
        if session is None or not live.is_named or live.users or session.outside_id == kept.outside_id:
            return False
        # What was read a while ago may be older than the name.
        now = await self._book.find(kept.key)
        return now is None or now[0].outside_id != session.outside_id

    def _ended(self, live: Live) -> None:
        if self._lives.get(live.opening.key) is live:
            del self._lives[live.opening.key]
            self._freed.set()

    async def _make_room(self) -> None:
        most = self._settings.most_sessions
        while most is not None and len(self._lives) >= most:
            resting = next((one for one in self._lives.values() if not one.is_busy), None)
            if resting is None:
                log.info("acp.waits_for_a_place", running=len(self._lives), most=most)
                self._freed.clear()
                await self._freed.wait()
                continue
            # It stays among the running ones until it is gone: its next turn waits for that, and starts another.
            await resting.close()
            self._ended(resting)

    def _rest(self, live: Live, kept: AcpSession) -> None:
        """Nobody needs the program for now: it is ended at once, or when that stays so."""
        idle = self._settings.idle
        wait = 0.0 if kept.mode == "oneshot" else idle.total_seconds() if idle else None
        if wait is None or live.users or live.is_over or self._is_ending:
            return
        if timer := self._idle.pop(kept.key, None):
            timer.cancel()
        self._idle[kept.key] = asyncio.get_running_loop().call_later(wait, self._expire, live)

    def _expire(self, live: Live) -> None:
        self._idle.pop(live.opening.key, None)
        self._group.create_task(self._end_idle(live), name=f"end {live.opening.key}")

    async def _end_idle(self, live: Live) -> None:
        async with self._door(live.opening.key):
            if not live.users:
                log.info("acp.idle", session=live.opening.key)
                await live.close()
        self._leave(live.opening.key)

    def _opening(self, kept: AcpSession, generation: int) -> Opening:
        settings = self._settings
        if self._is_ending:
            raise AgentFailed("the gateway stops")
        if not settings.enabled:
            raise AgentNotConfigured("outside agents are switched off (acp.enabled)")
        if not settings.may_run(kept.harness):
            raise AgentNotConfigured(f'the agent "{kept.harness}" is not among acp.allowedAgents')
        harness = settings.harnesses.get(kept.harness) or Harness(kept.harness, ())
        cwd = _folder(kept.cwd)
        return Opening(
            key=kept.key,
            agent=kept.agent,
            harness=kept.harness,
            program=program(harness, cwd, self._environ, settings.install_command),
            cwd=cwd,
            outside_id=kept.outside_id if kept.generation == generation else "",
            options=kept.options,
            seconds=settings.start_seconds,
            servers=settings.mcp_servers,
        )


def _can_go_on(live: Live, opening: Opening, generation: int) -> bool:
    """Whether it runs as it is to, or somebody is in the middle of something, which other settings must not cut off."""
    is_needed = bool(live.users) and live.generation == generation and not live.is_over
    return is_needed or live.serves(opening, generation)


def _folder(cwd: str) -> Path:
    """The folder of a session, made where it is not there. Raises AgentFailed."""
    path = Path(cwd)
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise AgentFailed(f"the folder {cwd} of the session cannot be used: {error.strerror}") from error
    return path
