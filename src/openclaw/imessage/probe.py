"""Ask imsg how it is, from the outside and without a gateway: what ``channels status --probe`` shows."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from openclaw.domain.health import Probe, ProbeCode
from openclaw.domain.ids import AccountId, RowId
from openclaw.errors import OpenClawError, PeerClosed, PhoneUnusable, RequestTimedOut
from openclaw.imessage.command import ImsgCommand, imsg_command
from openclaw.imessage.connection import list_chats, newest_row, open_imsg
from openclaw.imessage.diagnosis import FIX_UPDATE
from openclaw.imessage.files_look import FilesLook, look_at_files
from openclaw.imessage.release import reading_release
from openclaw.imessage.versions import FIRST_WITH_RPC, render_version
from openclaw.jsonrpc.brief import Outcome, run_briefly
from openclaw.jsonrpc.peer import Peer

# What the original waits for each step.
PROBE_LIMIT = 10.0
# In the root help of every release that has no rpc.
_OF_HELP = ("usage:", "commands:", "options:", "imsg ")
# A pipe that was only held back gives everything up when its input ends.
_FLUSH_LIMIT = 2.0
_FIX_BY_HAND = "Run the configured cliPath with `rpc --help` by hand and look at what it says"
_FIX_BUFFERING = 'Make the wrapper pass lines on at once: `exec ssh -T host imsg "$@"`, no pipes or filters'


async def probe_phone(
    cli_path: str, db_path: str | None, remote_host: str | None = None, *, limit: float = PROBE_LIMIT
) -> Probe:
    """What imsg at ``cli_path`` is able to do, after at most a few times ``limit`` seconds. Never raises."""
    return await probe_command(imsg_command(cli_path, db_path, remote_host), limit)


async def probe_command(command: ImsgCommand, limit: float = PROBE_LIMIT) -> Probe:
    """What ``command`` is able to do, and at the same time how files of its machine travel. Never raises."""
    async with asyncio.TaskGroup() as tasks:
        moving = tasks.create_task(look_at_files(command.remote, limit))
        asking = tasks.create_task(probe_imsg(command, limit))
    return replace(asking.result(), files=_words(moving.result()))


async def probe_imsg(command: ImsgCommand, limit: float = PROBE_LIMIT) -> Probe:
    """What ``command`` is able to do: its help, its version and one real conversation, all at once. Never raises."""
    async with asyncio.TaskGroup() as tasks:
        helping = tasks.create_task(run_briefly(command.with_arguments("rpc", "--help"), limit))
        talking = tasks.create_task(_talk(command, limit))
        async with reading_release(command) as release:
            version = await release.version()
    found = talking.result()
    too_old = version is not None and version < FIRST_WITH_RPC
    if found.code is not ProbeCode.IMSG_NOT_FOUND and (too_old or lacks_rpc(helping.result())):
        detail = f"imsg {render_version(version)} has no rpc" if version else "this imsg has no rpc"
        found = Probe(ProbeCode.RPC_UNSUPPORTED, detail, FIX_UPDATE)
    return replace(found, version=render_version(version))


def _words(look: FilesLook | None) -> str:
    if look is None or look.works:
        return look.words if look else ""
    return f"{look.words}. Fix: {look.fix}"


def lacks_rpc(outcome: Outcome) -> bool:
    """Whether the help says that there is no ``rpc``: exit code 0 proves nothing, old releases show their root help."""
    said = f"{outcome.output}\n{outcome.stderr}".lower()
    if "rpc" in said and ("unknown command" in said or "unknown subcommand" in said):
        return True
    first = outcome.output.strip().partition("\n")[0].lower()
    helps = "imsg rpc" in first or ("--db" in said and "rpc" in said)
    # A wrapper that greets and runs nothing is no old imsg.
    is_help = any(mark in said for mark in _OF_HELP)
    return outcome.exit_code == 0 and is_help and not helps


async def _talk(command: ImsgCommand, limit: float) -> Probe:
    try:
        async with open_imsg(command) as peer:
            return await _converse(peer, limit)
    except PhoneUnusable as error:
        return Probe(ProbeCode(error.code), str(error), error.fix)
    except OpenClawError as error:
        return Probe(ProbeCode.NOT_RESPONDING, str(error), _FIX_BY_HAND)


async def _converse(peer: Peer, limit: float) -> Probe:
    begun = time.monotonic()
    try:
        await list_chats(peer, 1, limit)
    except RequestTimedOut as error:
        return await _silent(peer, str(error))
    latency = (time.monotonic() - begun) * 1000
    return Probe(ProbeCode.WORKS, latency_ms=round(latency, 1), newest_row=await _newest(peer, limit))


async def _newest(peer: Peer, limit: float) -> RowId | None:
    """A detail: a phone that lists its chats works, whatever its history does."""
    try:
        async with asyncio.timeout(limit):
            return await newest_row(peer, AccountId("probe"))
    except (OpenClawError, TimeoutError):
        return None


async def _silent(peer: Peer, detail: str) -> Probe:
    """Nothing came in time. What comes once the input has ended was held back on the way."""
    peer.child.end_input()
    try:
        async with asyncio.timeout(_FLUSH_LIMIT):
            await peer.closed()
    except TimeoutError:
        pass
    if peer.late_answers:
        said = f"{detail}: the answer came only when the input was closed, so the wrapper buffers stdio"
        return Probe(ProbeCode.WRAPPER_BUFFERS, said, _FIX_BUFFERING)
    if peer.noise or peer.child.stderr_tail:
        raise PeerClosed(f"{detail}; {peer.child.name} said: {peer.last_words}", written=True)
    return Probe(ProbeCode.NOT_RESPONDING, detail, _FIX_BY_HAND)
