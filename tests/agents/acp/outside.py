"""What the tests of outside agents share: the scripted agent, a book in memory, a person who answers."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
from tests.waiting import until

from openclaw.agents.acp.ports import Done, Opening, OutsideSession, Powers, Said
from openclaw.agents.acp.runtime import AcpRuntime, Neighbours, open_acp
from openclaw.agents.acp.session import open_session
from openclaw.agents.child_lines import Program
from openclaw.config.acp import AcpSettings
from openclaw.config.harnesses import Harness
from openclaw.config.sections.acp import Stream
from openclaw.domain.acp import (
    AcpOptions,
    AcpSession,
    AcpState,
    Decision,
    PermissionMode,
    PermissionQuestion,
)
from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import OutboundFile
from openclaw.domain.ids import AccountId, AgentId, ChatRowId, SessionKey
from openclaw.domain.sessions import Session
from openclaw.domain.turns import Origin, Prompt, TextDelta, TurnEvent
from openclaw.errors import FileRefused

BOUND = 60.0
"""Far above what any wait here takes on a busy machine; it only ends a test that would hang."""

AGENT = (sys.executable, str(Path(__file__).parent / "scripted_agent.py"))
NAME = AgentId("acp:scripted")
KEY = SessionKey("agent:scripted:acp:1")
NONE_SET = AcpOptions()
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ACCOUNT = AccountId("default")
ORIGIN = Origin(ACCOUNT, ChatRef(ChatRowId(1), "iMessage;-;+15550100"), is_group=False)


def environ() -> dict[str, str]:
    """What an agent of these tests finds."""
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


def script(**script: Any) -> dict[str, str]:
    """The environment that makes the agent behave so."""
    return {"AGENT_SCRIPT": json.dumps(script)}


def opening(folder: Path, outside_id: str = "", options: AcpOptions = NONE_SET, **how: Any) -> Opening:
    """A session of the scripted agent in ``folder``."""
    program = Program(AGENT, environ(), script(**how), str(folder))
    return Opening(
        key=KEY,
        agent=NAME,
        harness="scripted",
        program=program,
        cwd=folder,
        outside_id=outside_id,
        options=options,
        seconds=BOUND,
    )


def settings(folder: Path, how: Mapping[str, Any] | None = None, **changes: Any) -> AcpSettings:
    """Settings under which ``scripted`` is the scripted agent."""
    harness = Harness("scripted", (AGENT,), script(**(how or {})))
    usual = AcpSettings(
        enabled=True,
        dispatches=True,
        harnesses={"scripted": harness},
        specs={},
        folders=folder,
        default_cwd=folder,
        allowed=frozenset(),
        default_agent="scripted",
        most_sessions=None,
        idle=timedelta(minutes=30),
        install_command="",
        permissions=PermissionMode.APPROVE_READS,
        unanswered="ask",
        ask_seconds=30,
        start_seconds=BOUND,
        stream=Stream(),
        mcp_servers={},
        turn_seconds=600,
        note_after_s=None,
    )
    return replace(usual, **changes)


def session(key: SessionKey = KEY, generation: int = 0) -> Session:
    """A session as a turn has it."""
    return Session(key, NAME, generation, NOW, NOW)


def prompt(text: str, origin: Origin | None = ORIGIN, **more: Any) -> Prompt:
    """A prompt without instructions, so that its words are orders."""
    return Prompt("", (), text, origin=origin, **more)


async def events(runtime: AcpRuntime, said: Prompt | str, of: Session | None = None) -> list[TurnEvent]:
    """All events of one turn."""
    asked = prompt(said) if isinstance(said, str) else said
    async with asyncio.timeout(BOUND), aclosing(runtime.prompt(of or session(), asked)) as found:
        return [event async for event in found]


def text_of(found: Sequence[TurnEvent]) -> str:
    """What was said in a turn."""
    return "".join(event.text for event in found if isinstance(event, TextDelta))


async def said(runtime: AcpRuntime, text: Prompt | str, of: Session | None = None) -> str:
    """What the agent says to ``text``."""
    return text_of(await events(runtime, text, of))


@dataclass
class Book:
    """The sessions, in memory."""

    folder: Path
    sessions: dict[SessionKey, AcpSession] = field(default_factory=dict[SessionKey, AcpSession])
    options: AcpOptions = NONE_SET
    mode: Any = "persistent"
    states: list[tuple[AcpState, str]] = field(default_factory=list[tuple[AcpState, str]])

    async def of_turn(self, session: Session) -> AcpSession:
        """The session, made where it is new; its folder is its own."""
        folder = self.folder / session.key.replace(":", "-")
        made = AcpSession(session.key, session.agent, "scripted", self.mode, str(folder))
        kept = self.sessions.setdefault(session.key, made)
        return replace(kept, options=self.options, mode=self.mode)

    async def find(self, key: SessionKey) -> tuple[AcpSession, int] | None:
        """The session, and its generation."""
        kept = self.sessions.get(key)
        return (kept, kept.generation) if kept else None

    async def named(self, key: SessionKey, outside_id: str, generation: int) -> None:
        """Keep the name."""
        self.sessions[key] = replace(self.sessions[key], outside_id=outside_id, generation=generation)

    async def settle(self, key: SessionKey, state: AcpState, error: str = "") -> None:
        """Keep the state."""
        self.states.append((state, error))


@dataclass
class Person:
    """Answers questions: with what is in ``answers``, in order; without one they think on until they are stopped."""

    answers: list[Decision | None] = field(default_factory=list[Decision | None])
    questions: list[PermissionQuestion] = field(default_factory=list[PermissionQuestion])
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: int = 0

    async def __call__(self, asked: PermissionQuestion, origin: Origin, seconds: float) -> Decision | None:
        self.questions.append(asked)
        self.asked.set()
        if self.answers:
            return self.answers.pop(0)
        try:
            await asyncio.Event().wait()
        finally:
            self.stopped += 1
        return None


@dataclass
class Shelf:
    """Where files are kept."""

    kept: list[tuple[bytes, str, str]] = field(default_factory=list[tuple[bytes, str, str]])
    refuses: bool = False

    async def __call__(self, account: AccountId, content: bytes, name: str, mime_type: str) -> OutboundFile:
        if self.refuses:
            raise FileRefused("too large")
        self.kept.append((content, name, mime_type))
        return OutboundFile(f"/shelf/{name}", name, mime_type, len(content), "")


def neighbours(book: Book, person: Person | None = None, shelf: Shelf | None = None) -> Neighbours:
    """The surroundings of a runtime."""
    return Neighbours(book, person or Person(), shelf or Shelf())


def powers(
    mode: PermissionMode = PermissionMode.APPROVE_READS, unanswered: str = "ask", person: Person | None = None
) -> Powers:
    """What an agent may do in a turn."""
    return Powers(mode, unanswered, person or Person(), 30)


def journal(folder: Path) -> list[str]:
    """What the agent in ``folder`` noted."""
    found = folder / "journal"
    return found.read_text().splitlines() if found.exists() else []


async def noted(folder: Path, what: str, times: int = 1) -> None:
    """Return once the agent noted ``what`` so many times."""

    async def look() -> bool:
        return journal(folder).count(what) >= times

    await until(look, f"{what!r} in the journal of {folder}")


async def gone(pid: int) -> None:
    """Return once a process is gone."""

    async def look() -> bool:
        return not is_running(pid)

    await until(look, f"the end of {pid}")


def is_running(pid: int) -> bool:
    """Whether a process runs; a corpse does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def open_runtime(
    folder: Path,
    person: Person | None = None,
    shelf: Shelf | None = None,
    book: Book | None = None,
    how: dict[str, Any] | None = None,
    **changes: Any,
) -> AbstractAsyncContextManager[AcpRuntime]:
    """A runtime whose agent behaves as ``how`` says."""
    near = neighbours(book or Book(folder), person, shelf)
    return open_acp(settings(folder, how, **changes), environ(), near)


def work_folder(tmp_path: Path) -> Path:
    """Where the agent of ``KEY`` works."""
    return tmp_path / KEY.replace(":", "-")


@asynccontextmanager
async def opened(
    folder: Path,
    outside_id: str = "",
    options: AcpOptions | None = None,
    shelf: Shelf | None = None,
    **how: Any,
) -> AsyncGenerator[OutsideSession]:
    """A session of the agent, which behaves as ``how`` says."""
    asked = opening(folder, outside_id, options or AcpOptions(), **how)
    async with asyncio.timeout(BOUND), open_session(asked, shelf or Shelf()) as session:
        yield session


async def turn(
    session: OutsideSession, text: str, with_powers: Powers | None = None
) -> tuple[list[TurnEvent], Done]:
    """The events of one turn, and how it ended."""
    found: list[TurnEvent] = []

    async def emit(event: TurnEvent) -> None:
        found.append(event)

    done = await session.prompt(Said(text, origin=ORIGIN), with_powers or powers(), emit)
    return found, done


async def answer(session: OutsideSession, text: str, with_powers: Powers | None = None) -> str:
    """What it says in one turn."""
    return text_of((await turn(session, text, with_powers))[0])
