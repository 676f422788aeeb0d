"""One outside agent over its life: started when its session is needed, ended when nobody has needed it for a while.

Its turns come one after the other. A program that dies ends the turn that it was in, with how it went, and nothing
else; the next turn starts another, which takes up the session where the agent can.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from openclaw.agents.acp.ports import (
    Done,
    Keeping,
    NotTold,
    Opening,
    OpenSession,
    OutsideSession,
    Powers,
    Said,
)
from openclaw.agents.handover import Emit
from openclaw.errors import AgentFailed, OpenClawError

log = structlog.get_logger("openclaw.acp")

END_SECONDS = 10.0
"""Ending a program is bounded by less; this only keeps a fault in that from holding up whoever waits."""


class Live:
    """A program with its session. Its life is a task of ``group``; whoever makes it calls ``start`` once.

    ``users`` are counted by whoever keeps it: nobody ends it beside them. One that ``is_outdated`` serves nobody after
    them.
    """

    def __init__(self, opening: Opening, generation: int, group: asyncio.TaskGroup, since: datetime) -> None:
        self.opening = opening
        self.generation = generation
        self.since = since
        self.session: OutsideSession | None = None
        self.users = 0
        self.was_told = False
        self.is_named = False
        self.is_outdated = False
        self._group = group
        self._turn = asyncio.Lock()
        self._closing = asyncio.Event()
        self._life: asyncio.Task[None] | None = None
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._how = ""

    @property
    def is_busy(self) -> bool:
        """Whether somebody needs it: a turn is under way or waits for one, or it is being started."""
        return self.users > 0 or self.session is None

    @property
    def is_over(self) -> bool:
        """Whether its program is gone, or is being ended."""
        if self._closing.is_set() or (self._life is not None and self._life.done()):
            return True
        return self.session is not None and self.session.is_over

    async def start(self, open_session: OpenSession, keep: Keeping, on_end: Callable[[Live], None]) -> None:
        """Start the program and open its session.

        Raises:
            OpenClawError: it cannot be started, or does not open a session.
        """
        life = self._live(open_session, keep)
        self._life = self._group.create_task(life, name=f"agent {self.opening.key}")
        self._life.add_done_callback(lambda _: self._finish(on_end))
        try:
            await asyncio.shield(self._opened)
        except asyncio.CancelledError:
            await self.close()
            raise

    async def prompt(self, said: Said, powers: Powers, emit: Emit) -> Done:
        """One turn, once those before it are over. Raises AgentFailed; NotTold when its program went before."""
        async with self._turn:
            if self._closing.is_set():
                raise AgentFailed(f"{self.opening.harness} was ended")
            if self.session is None or self.session.is_over:
                raise NotTold(f"{self.opening.harness} {self._how or 'has ended'}")
            done = await self.session.prompt(said, powers, emit)
            self.was_told = True
            return done

    @property
    def is_fresh(self) -> bool:
        """Whether the agent's session is new to it."""
        return not self.was_told and (self.session is None or not self.session.is_resumed)

    def serves(self, opening: Opening, generation: int) -> bool:
        """Whether it runs as ``opening`` wants it, for this generation of the session."""
        wanted = (opening.program, opening.cwd, opening.servers, generation)
        return not (self.is_over or self.is_outdated) and wanted == (
            self.opening.program,
            self.opening.cwd,
            self.opening.servers,
            self.generation,
        )

    async def close(self, *, for_good: bool = False) -> None:
        """End the program; ``for_good`` lets the agent forget the session first."""
        if for_good and self.session is not None:
            await self.session.close_session()
        self._closing.set()
        if self._life is None:
            return
        if self.session is None:
            # It is being started, and listens to nobody else.
            self._life.cancel()
        await asyncio.wait({self._life}, timeout=END_SECONDS)
        self._life.cancel()

    async def _live(self, open_session: OpenSession, keep: Keeping) -> None:
        try:
            async with open_session(self.opening, keep) as session:
                self.session = session
                self._opened.set_result(None)
                log.info("acp.ready", session=self.opening.key, agent=self.opening.harness, pid=session.pid)
                self._how = await self._end_of(session)
        # Carried over to whoever waits for the start; what goes wrong after it is how the program went.
        except OpenClawError as error:
            self._how = str(error)
            if not self._opened.done():
                self._opened.set_exception(error)

    def _finish(self, on_end: Callable[[Live], None]) -> None:
        """Its life is over, even one that was cancelled before it began."""
        self.session = None
        if not self._opened.done():
            self._opened.set_exception(AgentFailed(f"{self.opening.harness} was ended while it was started"))
        # Looked at, so that nobody complains when whoever waited is gone.
        self._opened.exception()
        log.info("acp.ended", session=self.opening.key, agent=self.opening.harness, how=self._how)
        on_end(self)

    async def _end_of(self, session: OutsideSession) -> str:
        """How the program ends: by itself, or because it is asked to."""
        ended = asyncio.ensure_future(session.ended())
        closing = asyncio.ensure_future(self._closing.wait())
        try:
            await asyncio.wait({ended, closing}, return_when=asyncio.FIRST_COMPLETED)
            return ended.result() if ended.done() else "was ended"
        finally:
            ended.cancel()
            closing.cancel()
