"""The shelf: copies of the files that leave, each in a folder of its own below the state directory.

What is sent is never the file that somebody named, which may change or vanish, but the copy that was made and looked at
here. A copy is named by an id that means nothing outside: nobody who sends an id can have another file opened.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import stat
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from openclaw.domain.delivery import OutboundFile
from openclaw.domain.file_kinds import HEAD_BYTES, kind_of, safe_name
from openclaw.errors import FileRefused

FOLDER = Path("media", "outbound")
"""Where the shelf is, below the state directory."""

BLOCK_BYTES = 256 * 1024
MEGABYTE = 1024 * 1024
PICTURE_MB = 100
"""Up to this size a picture over the limit may lie here until it is made to fit: as much as may come in of one."""

# Random, and the digest of what is in it: so nobody need read a file again to know whether it is the same.
_ID = re.compile(r"[0-9a-f]{16}-([0-9a-f]{64})")
_UNFINISHED = ".part"
# A GIF is not among them: what moves in it would be lost.
_PICTURES = frozenset(
    f"image/{kind}" for kind in ("avif", "bmp", "heic", "heif", "jpeg", "png", "tiff", "webp")
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The copies below one state directory."""

    root: Path

    @classmethod
    def of(cls, state_dir: Path) -> Shelf:
        """The shelf of an installation."""
        return cls(state_dir / FOLDER)

    def put(
        self, name: str, blocks: Iterable[bytes], limit_mb: float, *, will_fit: bool = False
    ) -> OutboundFile:
        """A copy of what ``blocks`` bring, whole, under a name made of ``name``; it is 0600 in a folder of 0700.

        With ``will_fit`` a picture may have ``PICTURE_MB``, because the caller makes it smaller before it leaves.

        Raises:
            FileRefused: it is empty, or larger than ``limit_mb``; nothing is kept of it.
            OSError: the disk refused.
        """
        with self.draft() as folder:
            return self._filled(folder, name, blocks, limit_mb, will_fit=will_fit)

    @contextmanager
    def draft(self) -> Generator[Path]:
        """A folder (0700) for what is not finished; what is still in it afterwards goes with it."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = self.root / f"{secrets.token_hex(8)}{_UNFINISHED}"
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _filled(
        self, folder: Path, name: str, blocks: Iterable[bytes], limit_mb: float, *, will_fit: bool
    ) -> OutboundFile:
        digest, size, head = hashlib.sha256(), 0, b""
        place = folder / _UNFINISHED
        with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            for block in blocks:
                size += len(block)
                head += block[: HEAD_BYTES - len(head)]
                if size > limit_mb * MEGABYTE and not (will_fit and is_picture(head, name)):
                    raise too_large(name, limit_mb)
                if size > max(limit_mb, PICTURE_MB) * MEGABYTE:
                    raise too_large_to_fit(name)
                digest.update(block)
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        if not size:
            raise FileRefused(f"{_shown(name)} is empty; there is nothing to send")
        kind = kind_of(head, name)
        final = safe_name(name, kind)
        place.rename(folder / final)
        named = folder.with_name(f"{folder.name.removesuffix(_UNFINISHED)}-{digest.hexdigest()}")
        folder.rename(named)
        return OutboundFile(str(named / final), final, kind, size, digest.hexdigest())

    def find(self, id_: str) -> OutboundFile | None:
        """The copy of that id, ``None`` when there is none; ids are matched in full and lead nowhere else."""
        found = _ID.fullmatch(id_)
        if found is None:
            return None
        with suppress(OSError):
            names = os.listdir(self.root / id_)
            path = self.root / id_ / names[0] if len(names) == 1 else None
            if path is not None and stat.S_ISREG((seen := path.lstat()).st_mode):
                with path.open("rb") as file:
                    head = file.read(HEAD_BYTES)
                return OutboundFile(str(path), path.name, kind_of(head, path.name), seen.st_size, found[1])
        return None

    def discard(self, file: OutboundFile) -> None:
        """Remove a copy; nothing happens to a file that is not on this shelf."""
        folder = Path(file.path).parent
        if folder.parent == self.root:
            shutil.rmtree(folder, ignore_errors=True)

    def clear(self, is_needed: Callable[[str], bool], before: float) -> int:
        """Remove the copies whose path is not needed and that were made before a time (seconds since 1970); how many.

        Also what a process that died left half made.
        """
        try:
            folders = list(self.root.iterdir())
        except FileNotFoundError:
            return 0
        return sum(_cleared(folder, is_needed, before) for folder in folders)

    def copy(
        self, name: str, folder: int, shown: str, limit_mb: float, *, will_fit: bool = False
    ) -> OutboundFile:
        """A copy of the file ``name`` in the open folder ``folder``, which must not be a link; ``shown`` names it.

        ``will_fit`` is as for :meth:`put`.

        Raises:
            FileRefused: it cannot be sent.
        """
        descriptor = open_regular(name, follow_links=False, dir_fd=folder, shown=shown)
        try:
            return self.put(name, blocks_of(descriptor), limit_mb, will_fit=will_fit)
        except OSError as error:
            raise FileRefused(f"{_shown(shown)} could not be copied") from error
        finally:
            os.close(descriptor)


def _cleared(folder: Path, is_needed: Callable[[str], bool], before: float) -> bool:
    try:
        if folder.lstat().st_mtime >= before or any(is_needed(str(path)) for path in folder.iterdir()):
            return False
        shutil.rmtree(folder)
    except OSError:
        # Another one cleared it, or it is none of ours; the next time tells.
        return False
    return True


def id_of(file: OutboundFile) -> str:
    """The id by which ``Shelf.find`` finds ``file``."""
    return Path(file.path).parent.name


def too_large(name: str, limit_mb: float) -> FileRefused:
    """What is said of a file over the limit."""
    return FileRefused(f"{_shown(name)} is larger than {limit_mb:g} MB (mediaMaxMb); send a smaller one")


def too_large_to_fit(name: str) -> FileRefused:
    """What is said of a picture that is not even tried to be made smaller."""
    return FileRefused(
        f"{_shown(name)} is larger than {PICTURE_MB} MB, and is not made smaller here; send a smaller one"
    )


def is_picture(head: bytes, name: str) -> bool:
    """Whether a file of that beginning and name is a picture that can be made smaller."""
    return kind_of(head, name) in _PICTURES


def blocks_of(descriptor: int) -> Iterable[bytes]:
    """What is in an open file, block by block, for as long as somebody asks: it may be growing."""
    while block := os.read(descriptor, BLOCK_BYTES):
        yield block


def open_regular(
    path: str, *, follow_links: bool, dir_fd: int | None = None, shown: str | None = None
) -> int:
    """A descriptor of the file ``path``, which the caller closes; a named pipe is not waited for.

    ``shown`` is how it is called to whoever named it.

    Raises:
        FileRefused: there is none, or it is a folder, a device or a link that must not be followed.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow_links else os.O_NOFOLLOW)
    try:
        descriptor = os.open(path, flags, dir_fd=dir_fd)
    except (OSError, ValueError) as error:
        why = error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error)
        raise FileRefused(f"{_shown(shown or path)} cannot be opened: {why}") from error
    kind = os.fstat(descriptor).st_mode
    if stat.S_ISREG(kind):
        return descriptor
    os.close(descriptor)
    what = "a folder" if stat.S_ISDIR(kind) else "no file but a device, a pipe or a socket"
    raise FileRefused(f"{_shown(shown or path)} is {what}; name a file")


def _shown(name: str) -> str:
    return ascii(name[:200]) if not name.isprintable() else name[:200]
