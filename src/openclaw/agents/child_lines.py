"""The lines that a child of an agent's says: of a bounded length, and waiting in its pipe while we are behind.

MCP servers and outside agents are such children. What a line means is the business of whoever takes it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog

from openclaw.config.secrets import mask_text
from openclaw.jsonrpc.child import Child, Surroundings
from openclaw.jsonrpc.frames import LineSplitter

LAST_WORDS_SECONDS = 0.5
"""The exit and the last words come a moment after the end of the output."""

LINES_WAITING = 200
"""More than this many lines wait in the child's pipe instead of in our memory."""

WORDS_PER_SECOND = 10
"""More pieces of stderr than this are not logged: a program that complains without end must not fill the disk."""

WORDS_AT_ONCE = 2000
"""What is logged of one piece of stderr."""

INHERITED = ("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TERM", "TMPDIR", "TZ")
"""What a program needs to find itself and its user; keys and tokens are none of its business."""


@dataclass(frozen=True, slots=True)
class Program:
    """What is run. It gets to see ``inherited`` and ``configured``, and nothing else of our environment.

    ``folder`` is where it runs, ours where ``None``.
    """

    argv: tuple[str, ...]
    inherited: Mapping[str, str] = field(repr=False)
    configured: Mapping[str, str] = field(repr=False)
    folder: str | None = None


class ChildLines:
    """A child running ``program``, and what it says line by line.

    ``stderr`` is the event under which its complaints are logged, ``who`` says there whose they are. ``on_gone`` is
    called, perhaps twice, when no more will come. Whoever makes it starts and ends ``child``.
    """

    def __init__(
        self,
        program: Program,
        stderr: str,
        who: Mapping[str, str],
        max_line: int,
        on_gone: Callable[[], None] = lambda: None,
    ) -> None:
        self._who = who
        self._log = structlog.get_logger("openclaw.agents")
        self._stderr = stderr
        self._on_gone = on_gone
        self._is_gone = asyncio.Event()
        self._lines: deque[bytes] = deque()
        self._stirred = asyncio.Event()
        self._splitter = LineSplitter(max_line)
        self._holding = False
        self._logged_at: deque[float] = deque(maxlen=WORDS_PER_SECOND)
        environ = {**program.inherited, **program.configured}
        around = Surroundings(environ, program.folder, self._hear_words)
        self.child = Child(program.argv, self._hear, self._end, around)

    async def next(self) -> bytes | None:
        """The next line, ``None`` when there will be no more."""
        while not self._lines:
            if self._is_gone.is_set():
                return None
            self._stirred.clear()
            await self._stirred.wait()
        line = self._lines.popleft()
        if self._holding and len(self._lines) <= LINES_WAITING // 2:
            self._hold(False)
        return line

    @property
    def is_gone(self) -> bool:
        """Whether no more will come."""
        return self._is_gone.is_set()

    @property
    def waiting(self) -> int:
        """How many lines wait to be taken."""
        return len(self._lines)

    async def gone(self) -> None:
        """Return once no more will come."""
        await self._is_gone.wait()

    async def obituary(self) -> str:
        """How the child went, with its last words; a moment is waited for them."""
        await self.child.over_within(LAST_WORDS_SECONDS)
        code, words = self.child.exit_code, self.child.stderr_tail.splitlines()
        if code is None:
            how = "ended its output"
        else:
            how = f"exited with code {code}" if code >= 0 else f"was ended by signal {-code}"
        return how + (f": {words[-1][:300]}" if words else "")

    def _hear(self, chunk: bytes) -> None:
        self._lines.extend(line.content for line in self._splitter.feed(chunk))
        self._stirred.set()
        if len(self._lines) > LINES_WAITING and not self._holding:
            self._hold(True)

    def _hear_words(self, chunk: bytes) -> None:
        now = asyncio.get_running_loop().time()
        if len(self._logged_at) == WORDS_PER_SECOND and now - self._logged_at[0] < 1:
            return
        self._logged_at.append(now)
        said = chunk[:WORDS_AT_ONCE].decode("utf-8", "replace").strip()
        self._log.info(self._stderr, **self._who, said=mask_text(said))

    def _end(self) -> None:
        self._is_gone.set()
        self._stirred.set()
        self._on_gone()

    def _hold(self, hold: bool) -> None:
        self._holding = hold
        self.child.hold_output(hold)
