"""Files of another machine through its SFTP server, spoken over the system's own `ssh`."""

from __future__ import annotations

import struct
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import NoReturn

from openclaw.errors import PhoneFileFailed
from openclaw.imessage import sftp_wire as wire
from openclaw.imessage.far_files import missing, unreadable
from openclaw.imessage.files import Fault
from openclaw.imessage.sftp_wire import Attributes, Body, Kind, Status
from openclaw.imessage.ssh import Ssh
from openclaw.imessage.ssh_channel import SshChannel, open_channel
from openclaw.imessage.ssh_findings import EXIT_OF_SSH

_SUBSYSTEM = "sftp"
# OpenSSH answers reads of up to 256 KiB; every server knows 32 KiB.
PIECE = 32 * 1024
# This many are asked for at once, so that a distant machine costs one round trip for half a megabyte.
_WINDOW = 16
# A folder of staged files holds a few; a server that goes on for ever is left.
_MOST_ENTRIES = 10_000


class Sftp:
    """One conversation; requests go one after the other, reads and writes of one file in windows."""

    def __init__(self, channel: SshChannel) -> None:
        self._channel = channel
        self._last = 0

    async def begin(self) -> bool:
        """Agree on the version; ``False`` when what answers does not speak SFTP, or nothing does.

        Raises ``PhoneFileFailed`` when there is no connection in the first place.
        """
        try:
            await self._channel.write(wire.init())
            length, kind = struct.unpack(">IB", await self._channel.read_exactly(5))
            if kind != Kind.VERSION or not 5 <= length <= wire.LONGEST_PACKET:
                return False  # a banner, or the words of a shell
            await self._channel.read_exactly(length - 1)
        except PhoneFileFailed:
            child = self._channel.child
            if "subsystem" in child.stderr_tail.lower() or child.exit_code not in (None, EXIT_OF_SSH):
                return False
            raise
        return True

    async def real_path(self, path: str) -> str:
        """The absolute path behind all links."""
        body = await self._ask(path, Kind.REALPATH, wire.text(path), expected=Kind.NAME)
        body.number()
        return wire.path_of(body.text())

    async def attributes(self, path: str, *, follow: bool = True) -> Attributes:
        """What is told of ``path``; of a link itself without ``follow``."""
        kind = Kind.STAT if follow else Kind.LSTAT
        return (await self._ask(path, kind, wire.text(path), expected=Kind.ATTRS)).attributes()

    async def read(self, path: str) -> AsyncGenerator[bytes]:
        """The file in pieces, to the end that it has by then."""
        opened = (wire.text(path), wire.flags(wire.READ_ONLY), wire.flags(0))
        handle = wire.text((await self._ask(path, Kind.OPEN, *opened, expected=Kind.HANDLE)).text())
        position, ended = 0, False
        while not ended:
            requests = [(handle, wire.offset(position + n * PIECE, PIECE)) for n in range(_WINDOW)]
            for answer in await self._ask_all(Kind.READ, requests):
                piece = _data(path, *answer)
                if piece:
                    position += len(piece)
                    yield piece
                if len(piece) < PIECE:
                    # The end, or a server that gives less than was asked for: what follows would leave a hole.
                    ended = not piece
                    break
        await self._ask(path, Kind.CLOSE, handle)

    async def write_new(
        self, path: str, pieces: Sequence[bytes], handle: bytes = b"", position: int = 0
    ) -> bytes:
        """Write ``pieces`` into a file that did not exist, from ``position`` on; returns the handle for the next."""
        if not handle:
            opened = (wire.text(path), wire.flags(wire.CREATE_NEW), wire.mode(0o600))
            handle = wire.text((await self._ask(path, Kind.OPEN, *opened, expected=Kind.HANDLE)).text())
        requests: list[tuple[bytes, ...]] = []
        for piece in pieces:
            requests.append((handle, wire.offset(position), wire.text(piece)))
            position += len(piece)
        for kind, body in await self._ask_all(Kind.WRITE, requests):
            _expect(path, kind, body, Kind.STATUS)
        return handle

    async def close(self, path: str, handle: bytes) -> None:
        """End a file that was written."""
        await self._ask(path, Kind.CLOSE, handle)

    async def make_folder(self, path: str) -> None:
        """Make ``path``, for its owner alone; raises when it is there."""
        await self._ask(path, Kind.MKDIR, wire.text(path), wire.mode(0o700))

    async def protect(self, path: str) -> None:
        """Shut a folder for everybody but its owner."""
        await self._ask(path, Kind.SETSTAT, wire.text(path), wire.mode(0o700))

    async def remove(self, path: str) -> None:
        """Remove a file."""
        await self._ask(path, Kind.REMOVE, wire.text(path))

    async def remove_folder(self, path: str) -> None:
        """Remove an empty folder."""
        await self._ask(path, Kind.RMDIR, wire.text(path))

    async def entries(self, path: str) -> list[tuple[str, Attributes]]:
        """What lies in a folder, links as links."""
        body = await self._ask(path, Kind.OPENDIR, wire.text(path), expected=Kind.HANDLE)
        handle = wire.text(body.text())
        found: list[tuple[str, Attributes]] = []
        while len(found) < _MOST_ENTRIES:
            [(kind, body)] = await self._ask_all(Kind.READDIR, [(handle,)])
            if kind is Kind.STATUS:
                code = body.number()
                if code == Status.EOF:
                    break
                _refuse(path, code, _said(body))
            _expect(path, kind, body, Kind.NAME)
            for _ in range(body.number()):
                name = wire.path_of(body.text())
                body.text()
                found.append((name, body.attributes()))
        await self._ask(path, Kind.CLOSE, handle)
        return [(name, attributes) for name, attributes in found if name not in (".", "..")]

    async def _ask(self, path: str, kind: Kind, *parts: bytes, expected: Kind = Kind.STATUS) -> Body:
        [(answered, body)] = await self._ask_all(kind, [parts])
        return _expect(path, answered, body, expected)

    async def _ask_all(self, kind: Kind, requests: Sequence[tuple[bytes, ...]]) -> list[tuple[Kind, Body]]:
        """Send all, then take all answers; a server may give them in another order."""
        first = self._last + 1
        self._last += len(requests)
        await self._channel.write(
            b"".join(wire.packet(kind, number, *parts) for number, parts in enumerate(requests, first))
        )
        answers: dict[int, tuple[Kind, Body]] = {}
        while len(answers) < len(requests):
            number, answer = await self._answer()
            answers[number] = answer
        if set(answers) != set(range(first, self._last + 1)):
            raise _broken()
        return [answers[number] for number in sorted(answers)]

    async def _answer(self) -> tuple[int, tuple[Kind, Body]]:
        length = int.from_bytes(await self._channel.read_exactly(4))
        if not 5 <= length <= wire.LONGEST_PACKET:
            raise _broken()
        data = await self._channel.read_exactly(length)
        body = Body(data[1:])
        try:
            kind = Kind(data[0])
        except ValueError as error:
            raise _broken() from error
        return body.number(), (kind, body)


async def offers_sftp(ssh: Ssh, stall: float) -> bool:
    """Whether the server of ``ssh``'s machine has the subsystem; raises ``PhoneFileFailed`` without a connection."""
    try:
        async with open_channel(ssh.subsystem(_SUBSYSTEM), ssh.host, stall) as channel:
            return await Sftp(channel).begin()
    except PhoneFileFailed as error:
        if error.fault != Fault.CUT or ssh.socket is None:
            raise
    # Over a shared connection ssh swallows the server's words; one of its own tells a refusal from a break.
    alone = Ssh(ssh.host)
    async with open_channel(alone.subsystem(_SUBSYSTEM), ssh.host, stall) as channel:
        return await Sftp(channel).begin()


@asynccontextmanager
async def open_sftp(ssh: Ssh, stall: float) -> AsyncGenerator[Sftp]:
    """A conversation with a server that offers SFTP; raises ``PhoneFileFailed``."""
    async with open_channel(ssh.subsystem(_SUBSYSTEM), ssh.host, stall) as channel:
        sftp = Sftp(channel)
        if not await sftp.begin():
            raise _broken()
        yield sftp


def _data(path: str, kind: Kind, body: Body) -> bytes:
    """A piece, empty at the end of the file."""
    if kind is Kind.STATUS:
        code = body.number()
        if code == Status.EOF:
            return b""
        _refuse(path, code, _said(body))
    return _expect(path, kind, body, Kind.DATA).text()


def _expect(path: str, kind: Kind, body: Body, expected: Kind) -> Body:
    if kind is Kind.STATUS:
        code = body.number()
        if code == Status.OK and expected is Kind.STATUS:
            return body
        _refuse(path, code, _said(body))
    if kind is not expected:
        raise _broken()
    return body


def _said(body: Body) -> str:
    with suppress(PhoneFileFailed):
        return wire.path_of(body.text())
    return ""


def _refuse(path: str, code: int, said: str) -> NoReturn:
    if code == Status.NO_SUCH_FILE:
        raise missing(path)
    if code == Status.PERMISSION_DENIED:
        raise unreadable(path)
    raise PhoneFileFailed(f"{path}: {said or f'SFTP status {code}'}", fault=Fault.FAILED, again=True)


def _broken() -> PhoneFileFailed:
    return PhoneFileFailed("the SFTP server sent a broken packet", fault=Fault.CUT, again=True)
