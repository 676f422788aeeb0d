"""A gateway under measurement: its processes, and its command line run beside it."""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from .mac import Mac
from .processes import memory_mib, tree

# The slowest start seen of any gateway was 18 s; a cold disk may double it.
START_LIMIT = 120.0
# A gateway that does not end in this time is killed.
_STOP_LIMIT = 20.0
_CLI_LIMIT = 120.0
# Settled: this little CPU in a second, so many seconds in a row, or the patience is over.
_QUIET_CPU, _QUIET_SECONDS, _PATIENCE = 0.03, 3, 60


@dataclass(frozen=True, slots=True)
class Program:
    """A gateway's command line and where it may write; all gateways of a run get the same kind of place."""

    name: str
    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]

    @property
    def state(self) -> Path:
        """The state directory."""
        return self.folder / "home" / "state"

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "openclaw.json"

    @property
    def disk_bytes(self) -> int:
        """The size of all that the gateway has written, files that ended meanwhile left out."""
        total = 0
        for parent, _, names in os.walk(self.folder / "home"):
            for name in names:
                with suppress(FileNotFoundError):
                    total += os.lstat(os.path.join(parent, name)).st_size
        return total

    def environ(self) -> dict[str, str]:
        """The environment of its processes: a home of its own and no setting of the caller's ``OPENCLAW_*``."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("OPENCLAW_")}
        return kept | {
            **self.environment,
            "HOME": str(self.folder / "home"),
            "OPENCLAW_STATE_DIR": str(self.state),
            "OPENCLAW_CONFIG_PATH": str(self.config),
        }


@dataclass(frozen=True, slots=True)
class Running:
    """A gateway that has subscribed to the phone."""

    program: Program
    macs: Sequence[Mac]
    pid: int
    started_ns: int

    @property
    def phones(self) -> set[int]:
        """The processes of it that are phones."""
        return set[int]().union(*(mac.pids for mac in self.macs))

    @property
    def start_s(self) -> float:
        """From the start of the process until the last phone was subscribed to."""
        return (max(mac.subscribed_ns for mac in self.macs) - self.started_ns) / 1e9

    def cpu_s(self) -> tuple[float, float]:
        """CPU used so far in seconds: of the whole tree, and of it without the phone's children."""
        processes = tree(self.pid)
        phones = sum(each.cpu for each in processes if each.pid in self.phones)
        whole = sum(each.cpu for each in processes)
        return whole, whole - phones

    def memory_mib(self) -> tuple[float, float]:
        """Memory held now in MiB (PSS): of the whole tree, and of it without the phone's children."""
        pids = {each.pid for each in tree(self.pid)}
        return memory_mib(pids), memory_mib(pids - self.phones)

    async def settled(self) -> None:
        """Return when the tree has come to rest, or after a minute."""
        quiet, before = 0, self.cpu_s()[0]
        for _ in range(_PATIENCE):
            await asyncio.sleep(1)
            now = self.cpu_s()[0]
            quiet, before = (quiet + 1 if now - before <= _QUIET_CPU else 0), now
            if quiet == _QUIET_SECONDS:
                return


@asynccontextmanager
async def open_gateway(program: Program, *macs: Mac) -> AsyncGenerator[Running]:
    """The gateway of ``program`` once it has subscribed to each of ``macs``; ended with the context.

    What it prints goes to a file.

    Raises ``RuntimeError`` with its last words when it does not come up.
    """
    program.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    for mac in macs:
        mac.subscribed_ns = 0
    with (program.folder / "gateway.log").open("ab") as log:
        started = time.monotonic_ns()
        process = await asyncio.create_subprocess_exec(
            *program.command, "gateway", stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
            env=program.environ(), cwd=program.folder, start_new_session=True,
        )  # fmt: skip
        try:
            await _subscribed(program, macs, process)
            yield Running(program, macs, process.pid, started)
        finally:
            await _end(process)


async def _subscribed(program: Program, macs: Sequence[Mac], process: asyncio.subprocess.Process) -> None:
    ended = asyncio.create_task(process.wait())
    watched = asyncio.gather(*map(subscribed_again, macs))
    try:
        await asyncio.wait((ended, watched), timeout=START_LIMIT, return_when=asyncio.FIRST_COMPLETED)
        if not watched.done():
            words = (program.folder / "gateway.log").read_text(errors="replace")[-1500:]
            state = "has ended before it" if ended.done() else "has not"
            raise RuntimeError(f"{program.name} {state} subscribed to the phone; its last words:\n{words}")
    finally:
        ended.cancel()
        watched.cancel()


async def subscribed_again(mac: Mac) -> None:
    """Return once ``mac`` has been subscribed to since its ``subscribed_ns`` was set to 0."""
    async with mac.changed:
        await mac.changed.wait_for(lambda: mac.subscribed_ns > 0)


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), _STOP_LIMIT)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # children that it left behind
    await process.wait()


async def wall_s(program: Program, arguments: Sequence[str], times: int = 5) -> tuple[float, int]:
    """The median of the seconds that a command takes, and its last exit code."""
    taken, code = list[float](), 0
    for _ in range(times):
        begun = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            *program.command, *arguments, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
            env=program.environ(), cwd=program.folder,
        )  # fmt: skip
        try:
            code = await asyncio.wait_for(process.wait(), _CLI_LIMIT)
        except TimeoutError:
            process.kill()
            code = await process.wait()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken), code
