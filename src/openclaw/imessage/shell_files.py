"""Files of another Mac where its server offers no SFTP: a few lines of POSIX shell for each step.

The login shell there may be any (zsh, fish), so it is only ever told to run `/bin/sh`; what sh shall do comes through
its input, where names are quoted by the one rule that POSIX has. A mark tells our bytes from what a profile prints.
"""

from __future__ import annotations

import asyncio
import secrets
import shlex
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from openclaw.errors import PhoneFileFailed
from openclaw.imessage.far_files import ORPHANED_AFTER_S, OUTBOUND, Look, missing, not_a_file, unreadable
from openclaw.imessage.files import Fault
from openclaw.imessage.ssh import Ssh
from openclaw.imessage.ssh_channel import SshChannel, open_channel

_PIECE = 256 * 1024
_LONGEST_ANSWER = 64 * 1024
# What a profile may print before our mark.
_LONGEST_BANNER = 256 * 1024
_NO_FILE, _NO_RIGHT, _NOT_ORDINARY = 44, 43, 45

_OUTBOUND = "$HOME/" + "/".join(OUTBOUND)
_LOOK = """\
[ -e "$p" ] || exit 44
[ -f "$p" ] || exit 45
n=$(wc -c < "$p") || exit 43
echo $n
readlink -f "$p" 2>/dev/null || perl -MCwd=abs_path -e 'print abs_path(shift), "\\n"' "$p"
"""
# readlink -f is there from macOS 12.3 on; perl was before.
_PREPARE = f"""\
umask 077
d="{_OUTBOUND}"
mkdir -p "$d" || exit 43
[ -d "$d" ] && [ ! -L "$d" ] && [ -O "$d" ] && chmod 700 "$d" && mkdir "$d/$folder" && printf %s "$d"
"""
_NAME = f"""\
d="{_OUTBOUND}/$folder"
[ $(wc -c < "$d/part") = "$size" ] && mv -f "$d/part" "$d/$name"
"""
_REMOVE = f"""\
d="{_OUTBOUND}/$folder"
rm -f "$d/$name" && rmdir "$d"
"""
_REAP = f"""\
d="{_OUTBOUND}"
[ -d "$d" ] && [ ! -L "$d" ] || exit 0
find "$d" -mindepth 1 -maxdepth 1 -type d -mmin +{ORPHANED_AFTER_S // 60} -exec rm -rf {{}} +
"""
_CAN_LIST = '[ ! -d "$HOME/$folder" ] || ls "$HOME/$folder" >/dev/null 2>&1 || exit 43\n'


class ShellFiles:
    """See ``FarFiles``."""

    def __init__(self, ssh: Ssh, stall: float) -> None:
        self._ssh = ssh
        self._stall = stall

    async def look(self, path: str) -> Look:
        """The real path and the size of an ordinary file."""
        answer = await self._answer(_LOOK, path, p=path)
        size, _, real = answer.partition("\n")
        if not size.isdigit() or not real.startswith("/"):
            raise PhoneFileFailed(f"{path}: that Mac did not say what it is", fault=Fault.FAILED, again=True)
        return Look(real.removesuffix("\n"), int(size))

    async def read(self, path: str) -> AsyncGenerator[bytes]:
        """Its bytes."""
        async with self._running('exec cat "$p"\n', p=path) as channel:
            while piece := await channel.read_some():
                yield piece
            await self._judge(channel, path)

    async def put(self, file: Path, folder: str, name: str) -> str:
        """A copy of our ``file`` as ``<outbound>/<folder>/<name>``; returns its path there."""
        outbound = await self._answer(_PREPARE, "the outbound folder", folder=folder)
        # The folder's name is made by us, of letters and digits: the whole command says the same to every shell.
        command = f"exec /bin/sh -c 'umask 077; exec cat > \"{_OUTBOUND}/{folder}/part\"'"
        size = 0
        async with open_channel(self._ssh.run(command), self._ssh.host, self._stall) as channel:
            with file.open("rb") as source:
                while piece := await asyncio.to_thread(source.read, _PIECE):
                    await channel.write(piece)
                    size += len(piece)
            channel.child.end_input()
            while await channel.read_some():
                pass
            await self._judge(channel, name)
        await self._answer(_NAME, name, folder=folder, name=name, size=str(size))
        return f"{outbound}/{folder}/{name}"

    async def remove(self, folder: str, name: str) -> None:
        """Remove that copy and its folder."""
        await self._answer(_REMOVE, name, folder=folder, name=name)

    async def reap(self, now: float) -> None:
        """Remove copies that are orphans by that Mac's own clock; ``now`` is not needed."""
        await self._answer(_REAP, "the outbound folder")

    async def can_list(self, folder: str) -> bool:
        """Whether a folder below the home directory may be read; one that is not there counts as readable."""
        try:
            await self._answer(_CAN_LIST, folder, folder=folder)
        except PhoneFileFailed as error:
            return error.fault != Fault.UNREADABLE
        return True

    async def _answer(self, script: str, what: str, **values: str) -> str:
        async with self._running(script, **values) as channel:
            said = bytearray()
            while len(said) < _LONGEST_ANSWER and (piece := await channel.read_some()):
                said += piece
            await self._judge(channel, what)
        return said.decode("utf-8", "surrogateescape")

    @asynccontextmanager
    async def _running(self, script: str, **values: str) -> AsyncGenerator[SshChannel]:
        """``script`` under way there, with ``values`` as its variables; what it prints is next to be read."""
        mark = secrets.token_hex(12)
        lines = [f"{name}={shlex.quote(value)}" for name, value in values.items()]
        whole = "\n".join([f"printf '%s\\n' {mark}", *lines, script])
        async with open_channel(self._ssh.run("exec /bin/sh"), self._ssh.host, self._stall) as channel:
            await channel.write(whole.encode("utf-8", "surrogateescape"))
            channel.child.end_input()
            skipped = 0
            while not (line := await channel.read_line(_LONGEST_BANNER)).endswith(mark.encode()):
                skipped += len(line)
                if skipped > _LONGEST_BANNER:
                    raise await channel.cut()
            yield channel

    async def _judge(self, channel: SshChannel, what: str) -> None:
        code = await channel.exit_code()
        if code == 0:
            return
        said = channel.child.stderr_tail.lower()
        if code == _NO_FILE or "no such file" in said:
            raise missing(what)
        if code == _NOT_ORDINARY:
            raise not_a_file(what)
        if code == _NO_RIGHT or "not permitted" in said or ("permission denied" in said and "cat:" in said):
            raise unreadable(what)
        raise await channel.cut()
