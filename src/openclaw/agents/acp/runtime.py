"""The runtime of outside agents: each session's turns run by a program of its own, started on demand.

It owns which programs run, how many at a time, and for how long one that nobody needs is kept. Sessions are kept by the
book, how a program is spoken to is behind the loader.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from openclaw.agents.acp.live import Live
from openclaw.agents.acp.pool import Pool
from openclaw.agents.acp.ports import Asking, Done, Keeping, NotTold, Powers, Said, SessionBook
from openclaw.agents.acp.words import first_words
from openclaw.agents.handover import Emit, Handover
from openclaw.config.acp import AcpSettings
from openclaw.domain.acp import AcpSession, AcpState, AgentAbilities, LiveAgent, PermissionMode
from openclaw.domain.ids import SessionKey
from openclaw.domain.sessions import Session
from openclaw.domain.turns import EffectStarting, Finished, Prompt, TextDelta, TurnEvent
from openclaw.errors import AgentError, AgentFailed, AgentNotConfigured, OpenClawError

log = structlog.get_logger("openclaw.acp")

CANCEL_SECONDS = 12.0
"""A run that is given up asks its agent to stop and ends it when it does not, which is bounded by less."""


_STOPPED = "the run was ended because the gateway stops"


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What the runtime reaches: the kept sessions, whoever is asked for permission, where files to be sent are kept."""

    book: SessionBook
    ask: Asking
    keep: Keeping


class AcpRuntime:
    """Answers prompts through outside agents. Made by ``open_acp``, which also ends what it started."""

    def __init__(
        self,
        settings: AcpSettings,
        environ: Mapping[str, str],
        neighbours: Neighbours,
        group: asyncio.TaskGroup,
    ) -> None:
        self._settings = settings
        self._near = neighbours
        self._group = group
        self._pool = Pool(settings, environ, neighbours.book, neighbours.keep, group)
        self._runs: set[asyncio.Task[None]] = set()

    async def prompt(self, session: Session, prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        """The events of one run, ending with ``Finished``; closing the iterator asks the agent to stop.

        Before the agent is told anything comes an ``EffectStarting``: what it does cannot be taken back.

        Raises:
            AgentNotConfigured: outside agents are switched off, or the program is not here.
            AgentFailed: the program failed, ended, or took too long.
        """
        handover = Handover()
        run = self._group.create_task(self._run(session, prompt, handover), name=f"run {session.key}")
        # One that is cancelled before it begins could not tell its reader.
        run.add_done_callback(lambda _: handover.close(AgentFailed(_STOPPED)) if run.cancelled() else None)
        self._runs.add(run)
        try:
            async for event in handover:
                yield event
        finally:
            run.cancel()
            await asyncio.wait({run}, timeout=CANCEL_SECONDS)
            self._runs.discard(run)

    async def reset(self, session: SessionKey) -> None:
        """Forget a session: its next turn begins another, as its generation tells."""
        await self.close(session)

    async def start(self, session: SessionKey) -> AgentAbilities:
        """Start the program of a kept session unless it runs; what it can do. Raises OpenClawError."""
        async with self._pool.in_use(*await self._kept(session)) as live:
            return live.session.abilities if live.session else AgentAbilities()

    async def close(self, session: SessionKey) -> None:
        """Close the agent's session and end its program; nothing happens where there is none."""
        await self._pool.close(session)

    async def restart(self, session: SessionKey) -> None:
        """End the program of ``session``, which keeps its session, once it rests; the next turn starts it anew."""
        await self._pool.restart(session)

    async def ask(self, session: SessionKey, text: str) -> str:
        """What the agent answers to ``text`` outside of any turn. Nobody is asked for permission meanwhile.

        Raises:
            OpenClawError: it cannot be started, or failed.
        """
        kept, generation = await self._kept(session)
        parts: list[str] = []

        async def listen(event: TurnEvent) -> None:
            if isinstance(event, TextDelta):
                parts.append(event.text)

        async with self._pool.in_use(kept, generation) as live:
            await self._bounded(live, kept, Said(text), listen)
        return "".join(parts)

    async def set_mode(self, session: SessionKey, mode: str) -> None:
        """Let a running agent go on in another mode of its own. Raises AgentFailed when it has none of that name."""
        if (live := self._pool.find(session)) and live.session:
            await live.session.set_mode(mode)

    async def set_option(self, session: SessionKey, option: str, value: str) -> None:
        """Let a running agent go on with another value of an option. Raises AgentFailed when it has none such."""
        if (live := self._pool.find(session)) and live.session:
            await live.session.set_option(option, value)

    def abilities(self, session: SessionKey) -> AgentAbilities | None:
        """What the running agent of ``session`` said of itself."""
        live = self._pool.find(session)
        return live.session.abilities if live and live.session else None

    def live(self) -> Sequence[LiveAgent]:
        """The agents that run."""
        return self._pool.figures()

    async def adopt(self, settings: AcpSettings, environ: Mapping[str, str]) -> None:
        """Go by other settings from the next turn on; an agent that is started otherwise now is started anew then."""
        self._settings = settings
        self._pool.adopt(settings, environ)

    async def end(self) -> None:
        """End all runs and programs."""
        for run in self._runs:
            run.cancel()
        if self._runs:
            await asyncio.wait(self._runs, timeout=CANCEL_SECONDS)
        await self._pool.end()

    async def _run(self, session: Session, prompt: Prompt, handover: Handover) -> None:
        ended: Exception | None = AgentFailed(_STOPPED)
        try:
            await self._answer(session, prompt, handover.send)
            ended = None
        # Not swallowed but carried over: it is raised to the reader, whose lane is the listed boundary.
        except Exception as error:
            ended = error
        finally:
            handover.close(ended)

    async def _answer(self, session: Session, prompt: Prompt, emit: Emit) -> None:
        book = self._near.book
        kept = await book.of_turn(session)
        try:
            try:
                done = await self._tell(kept, session.generation, prompt, emit)
            except NotTold as error:
                # It went while nobody needed it, and this is how that shows. Nothing was done: another may do it.
                log.info("acp.not_told", session=kept.key, cause=str(error))
                kept = await book.of_turn(session)
                done = await self._tell(kept, session.generation, prompt, emit)
        except asyncio.CancelledError:
            await book.settle(kept.key, AcpState.IDLE)
            raise
        except OpenClawError as error:
            await book.settle(kept.key, AcpState.ERROR, str(error))
            # The reader of a turn knows the errors of agents.
            raise error if isinstance(error, AgentError) else AgentFailed(str(error)) from error
        await book.settle(kept.key, AcpState.IDLE)
        await emit(Finished(kept.harness, done.input_tokens, done.output_tokens))

    async def _tell(self, kept: AcpSession, generation: int, prompt: Prompt, emit: Emit) -> Done:
        async with self._pool.in_use(kept, generation) as live:
            words = first_words(prompt, is_fresh=live.is_fresh)
            said = Said(words, prompt.pictures, prompt.copies, prompt.origin)
            # It may have been closed while this turn waited for its program.
            await self._kept(kept.key)
            await emit(EffectStarting(""))
            await self._near.book.settle(kept.key, AcpState.RUNNING)
            return await self._bounded(live, kept, said, emit)

    async def _bounded(self, live: Live, kept: AcpSession, said: Said, emit: Emit) -> Done:
        seconds = kept.options.timeout_s or self._settings.turn_seconds
        await self._pool.name(live)
        try:
            async with asyncio.timeout(seconds):
                return await live.prompt(said, self._powers(kept), emit)
        except TimeoutError:
            raise AgentFailed(
                f"{kept.harness} did not end its turn within {seconds} s "
                "(/acp timeout, agents.defaults.timeoutSeconds)"
            ) from None

    async def _kept(self, key: SessionKey) -> tuple[AcpSession, int]:
        kept = await self._near.book.find(key)
        if kept is None:
            raise AgentNotConfigured(f"there is no session {key}; it may have been closed")
        return kept

    def _powers(self, kept: AcpSession) -> Powers:
        settings, chosen = self._settings, kept.options.permissions
        mode = PermissionMode(chosen) if chosen in set(PermissionMode) else settings.permissions
        return Powers(mode, settings.unanswered, self._near.ask, settings.ask_seconds, settings.stream)


@asynccontextmanager
async def open_acp(
    settings: AcpSettings, environ: Mapping[str, str], neighbours: Neighbours
) -> AsyncGenerator[AcpRuntime]:
    """The runtime; at the end its runs are cancelled and every program is ended. Nothing is started before a turn."""
    async with asyncio.TaskGroup() as group:
        runtime = AcpRuntime(settings, environ, neighbours, group)
        try:
            yield runtime
        finally:
            await runtime.end()
