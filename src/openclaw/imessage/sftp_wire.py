"""Packets of SFTP version 3 (draft-ietf-secsh-filexfer-02), which OpenSSH speaks. No I/O.

A path is bytes on the wire, so every name that a disk can hold arrives as it is: nothing is quoted.
"""

from __future__ import annotations

import stat
import struct
from dataclasses import dataclass
from enum import IntEnum

from openclaw.errors import PhoneFileFailed
from openclaw.imessage.files import Fault

VERSION = 3
# OpenSSH's own limit of a packet is 256 KiB; what announces more is no SFTP but a banner or a shell's words.
LONGEST_PACKET = 256 * 1024 + 1024

_SIZE, _OWNER, _MODE, _TIMES, _EXTENDED = 0x1, 0x2, 0x4, 0x8, 0x80000000


class Kind(IntEnum):
    """Types of packets, by the names of the draft."""

    INIT = 1
    VERSION = 2
    OPEN = 3
    CLOSE = 4
    READ = 5
    WRITE = 6
    LSTAT = 7
    FSTAT = 8
    SETSTAT = 9
    OPENDIR = 11
    READDIR = 12
    REMOVE = 13
    MKDIR = 14
    RMDIR = 15
    REALPATH = 16
    STAT = 17
    STATUS = 101
    HANDLE = 102
    DATA = 103
    NAME = 104
    ATTRS = 105


class Status(IntEnum):
    """How a request ended, as far as it matters here."""

    OK = 0
    EOF = 1
    NO_SUCH_FILE = 2
    PERMISSION_DENIED = 3


READ_ONLY = 0x1
CREATE_NEW = 0x2 | 0x8 | 0x20


@dataclass(frozen=True, slots=True)
class Attributes:
    """What the server tells of a file; ``None`` where it does not. ``modified`` is in seconds of its clock."""

    size: int | None = None
    mode: int | None = None
    modified: int | None = None

    @property
    def is_file(self) -> bool:
        """Whether it may be an ordinary file."""
        return self.mode is None or stat.S_ISREG(self.mode)

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, and no link to one."""
        return self.mode is not None and stat.S_ISDIR(self.mode)


def text(value: str | bytes) -> bytes:
    """A string as it stands in a packet."""
    data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape")
    return struct.pack(">I", len(data)) + data


def packet(kind: Kind, number: int, *parts: bytes) -> bytes:
    """A request with its number."""
    body = bytes([kind]) + struct.pack(">I", number) + b"".join(parts)
    return struct.pack(">I", len(body)) + body


def init() -> bytes:
    """The first packet."""
    return struct.pack(">IBI", 5, Kind.INIT, VERSION)


def mode(bits: int) -> bytes:
    """Attributes that say the permissions alone."""
    return struct.pack(">II", _MODE, bits)


def offset(position: int, count: int | None = None) -> bytes:
    """Where to read or write, and for a read how much."""
    return struct.pack(">Q", position) + (struct.pack(">I", count) if count is not None else b"")


def flags(bits: int) -> bytes:
    """How to open."""
    return struct.pack(">I", bits)


class Body:
    """Reads the parts of an answer in their order; raises ``PhoneFileFailed`` where it is too short."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self) -> int:
        """Four bytes."""
        return int.from_bytes(self._bytes(4))

    def text(self) -> bytes:
        """A string."""
        return self._bytes(self.number())

    def attributes(self) -> Attributes:
        """What is told of a file; what we do not know is stepped over."""
        bits = self.number()
        size = int.from_bytes(self._bytes(8)) if bits & _SIZE else None
        if bits & _OWNER:
            self._bytes(8)
        permissions = self.number() if bits & _MODE else None
        modified = (self.number(), self.number())[1] if bits & _TIMES else None
        for _ in range(self.number() if bits & _EXTENDED else 0):
            self.text()
            self.text()
        return Attributes(size, permissions, modified)

    def _bytes(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise PhoneFileFailed("the SFTP server sent a broken packet", fault=Fault.FAILED, again=True)
        self._at += count
        return taken


def path_of(data: bytes) -> str:
    """A path of an answer, as we keep it."""
    return data.decode("utf-8", "surrogateescape")
