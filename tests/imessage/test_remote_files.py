"""Files of a Mac behind a real SSH server, with the system's own ssh as client."""

from __future__ import annotations

import asyncio
import os
import stat
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.ssh_server import FarMac, needs_ssh, needs_sshd, open_far_mac

from openclaw.imessage.far_files import OUTBOUND
from openclaw.imessage.files import Fault, Fetched, NotFetched, NotStaged, Staged
from openclaw.imessage.remote_files import Patience, Progress, RemoteFiles, open_remote_files
from openclaw.supervision import Backoff

pytestmark = needs_ssh

QUICK = Patience(tries=3, backoff=Backoff(first=0.02), settle=0.02, stall=15.0)
LIMIT = 100 * 1024 * 1024
EVERY_SERVER = [
    pytest.param(("asyncssh", True), id="asyncssh-sftp"),
    pytest.param(("asyncssh", False), id="asyncssh-shell"),
    pytest.param(("sshd", True), id="sshd-sftp", marks=needs_sshd),
    pytest.param(("sshd", False), id="sshd-shell", marks=needs_sshd),
]
ONE_OF_EACH = [EVERY_SERVER[0], EVERY_SERVER[1]]
HARD_NAMES = [
    "IMG 0001.HEIC",
    'it\'s "quoted".jpg',
    "$(touch hacked) `touch hacked` $HOME ${x}.jpg",
    "a*b?c[d]{e,f}~.jpg",
    "two\nlines\n.jpg",
    "-rf",
    "back\\slash\\n.jpg",
    "Straße 日本 👩‍👩‍👧 e\u0301.jpg",
    "; rm -rf & | < > ! # %s.jpg",
    "n" * 251 + ".jpg",
]


@asynccontextmanager
async def served(
    root: Path,
    kind: tuple[str, bool],
    patience: Patience = QUICK,
) -> AsyncGenerator[tuple[FarMac, RemoteFiles]]:
    async with open_far_mac(root / "mac", server=kind[0], sftp=kind[1]) as mac:
        roots = [str(mac.attachments)]
        async with open_remote_files(mac.host, roots, patience) as files:
            yield mac, files


def put(mac: FarMac, name: str, data: bytes) -> str:
    path = mac.attachments / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return str(path)


def tracks(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if each.name != "mac")


@pytest.mark.parametrize("kind", EVERY_SERVER)
async def test_files_arrive_whole_whatever_their_names(tmp_path: Path, kind: tuple[str, bool]) -> None:
    """Spaces, quotes, expansions, globs, newlines, dashes, unicode: a name is data (issue: both dialects)."""
    async with served(tmp_path, kind) as (mac, files):
        for number, name in enumerate(HARD_NAMES):
            data = os.urandom(1000 + number)
            into = tmp_path / f"got{number}"

            fetched = await files.fetch(put(mac, f"ab/{name}", data), into, LIMIT)

            assert fetched == Fetched(len(data), str(mac.attachments / "ab" / name))
            assert into.read_bytes() == data
            assert stat.S_IMODE(into.stat().st_mode) == 0o600
        assert ("SFTP" in files.dialect, "/bin/sh" in files.dialect) == (True, not kind[1])
        assert not list(mac.root.rglob("hacked"))
        # One connection for all of it; where SFTP was not granted, one more to hear the server's own words.
        assert mac.link.connections == (1 if kind[1] else 2)


@pytest.mark.parametrize("kind", EVERY_SERVER)
async def test_a_copy_is_put_where_only_the_user_of_imsg_can_read_it_and_removed_again(
    tmp_path: Path, kind: tuple[str, bool]
) -> None:
    """Requirements of the remote deployment: staged for imsg, gone afterwards; orphans are reaped at connect."""
    data = os.urandom(700_001)
    (tmp_path / "reply").write_bytes(data)
    async with served(tmp_path, kind) as (mac, files):
        outbound = mac.home.joinpath(*OUTBOUND)
        for age, name in ((30 * 3600, "old"), (3600, "young")):
            (outbound / name).mkdir(parents=True)
            (outbound / name / "it's one.png").touch()
            os.utime(outbound / name, (time.time() - age,) * 2)

        staged = await files.stage(tmp_path / "reply", '../it\'s a "photo" $(x) ß.png')

        assert isinstance(staged, Staged)
        path = Path(staged.path)
        assert path.name == 'it\'s a "photo" $(x) ß.png'
        assert path.parent.parent == outbound
        assert path.read_bytes() == data
        modes = [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent, outbound)]
        assert modes == [0o600, 0o700, 0o700]
        assert sorted(each.name for each in outbound.iterdir()) == sorted([path.parent.name, "young"])
        await files.unstage(str(outbound / "young" / "it's one.png"))
        await files.unstage(put(mac, f"{'a' * 32}/mine", b"x"))
        await files.unstage(staged.path)
        assert [each.name for each in outbound.iterdir()] == ["young"]
        assert (mac.attachments / ("a" * 32) / "mine").exists()


@pytest.mark.parametrize("kind", EVERY_SERVER)
async def test_orphans_are_not_looked_for_behind_a_link(tmp_path: Path, kind: tuple[str, bool]) -> None:
    """What another folder holds is not ours to remove, however old it is."""
    (tmp_path / "reply").write_bytes(b"x")
    async with served(tmp_path, kind) as (mac, files):
        outbound = mac.home.joinpath(*OUTBOUND)
        elsewhere = mac.home / "Documents"
        (elsewhere / "taxes").mkdir(parents=True)
        (elsewhere / "taxes" / "2019").touch()
        os.utime(elsewhere / "taxes", (time.time() - 30 * 3600,) * 2)
        outbound.parent.mkdir(parents=True, exist_ok=True)
        outbound.symlink_to(elsewhere)
        await files.stage(tmp_path / "reply", "a.png")
        assert (elsewhere / "taxes" / "2019").exists()


@pytest.mark.parametrize("kind", ONE_OF_EACH)
async def test_nothing_outside_of_the_roots_is_read_also_not_behind_a_link(
    tmp_path: Path, kind: tuple[str, bool]
) -> None:
    """Ruling 7: a remote path is checked after the remote machine said what it really is."""
    async with served(tmp_path, kind) as (mac, files):
        (mac.home / "secret").write_text("x")
        (mac.attachments / "link.jpg").symlink_to(mac.home / "secret")
        (mac.attachments / "folder").symlink_to(mac.home)
        (mac.attachments / "inside.jpg").symlink_to(put(mac, "ab/real.jpg", b"inside"))

        for path in ("../secret", "link.jpg", "folder/secret"):
            found = await files.fetch(f"{mac.attachments}/{path}", tmp_path / "got", LIMIT)

            assert isinstance(found, NotFetched)
            assert (found.fault, found.again) == (Fault.OUTSIDE, False)
            assert "channels.imessage.remoteAttachmentRoots" in found.reason
        assert tracks(tmp_path) == []
        inside = await files.fetch(f"{mac.attachments}/inside.jpg", tmp_path / "got", LIMIT)
        assert inside == Fetched(6, str(mac.attachments / "ab/real.jpg"))


@pytest.mark.parametrize("kind", ONE_OF_EACH)
async def test_what_cannot_be_had_says_why_and_leaves_nothing(tmp_path: Path, kind: tuple[str, bool]) -> None:
    """No such file, a folder, too large, an empty one: each its own finding."""
    async with served(tmp_path, kind) as (mac, files):
        (mac.attachments / "folder").mkdir()
        wanted = {
            str(mac.attachments / "absent.jpg"): (Fault.MISSING, True),
            str(mac.attachments / "folder"): (Fault.NOT_A_FILE, False),
            put(mac, "large.mov", b"x" * 5001): (Fault.TOO_LARGE, False),
            put(mac, "empty.jpg", b""): (Fault.GROWING, True),
        }
        for path, expected in wanted.items():
            found = await files.fetch(path, tmp_path / "got", 5000)

            assert isinstance(found, NotFetched)
            assert (found.fault, found.again) == expected
        assert tracks(tmp_path) == []


async def test_a_file_that_the_mac_does_not_give_names_the_permission(tmp_path: Path) -> None:
    """macOS lets sshd see names below ~/Library/Messages and read nothing without Full Disk Access."""
    async with served(tmp_path, ("asyncssh", True)) as (mac, files):
        path = put(mac, "private.jpg", b"x")
        mac.forbidden |= {path, str(mac.attachments)}

        found = await files.fetch(path, tmp_path / "got", LIMIT)

        assert isinstance(found, NotFetched)
        assert (found.fault, "sshd-keygen-wrapper" in found.reason) == (Fault.UNREADABLE, True)
        assert "may not be read" in await files.check("Library/Messages/Attachments")
        assert await files.check("Library/Absent") == ""
    async with served(tmp_path / "second", ("asyncssh", False)) as (mac, files):
        mac.install("wc", "echo 'wc: Operation not permitted' >&2; exit 1")
        found = await files.fetch(put(mac, "private.jpg", b"x"), tmp_path / "got", LIMIT)
        assert isinstance(found, NotFetched)
        assert found.fault is Fault.UNREADABLE


@pytest.mark.parametrize("kind", ONE_OF_EACH)
async def test_a_file_that_grows_is_waited_for(tmp_path: Path, kind: tuple[str, bool]) -> None:
    """Demand C10: an attachment is announced before Messages has written all of it."""
    patient = Patience(tries=60, backoff=Backoff(first=0.02, ceiling=0.1), settle=0.05, stall=15.0)
    async with served(tmp_path, kind, patient) as (mac, files):
        path = Path(put(mac, "film.mov", b""))

        async def write() -> None:
            with path.open("ab") as file:
                for _ in range(15):
                    file.write(b"x" * 1000)
                    file.flush()
                    await asyncio.sleep(0.02)

        writing = asyncio.create_task(write())
        fetched = await files.fetch(str(path), tmp_path / "got", LIMIT)
        await writing

        assert fetched == Fetched(15_000, str(path))


@pytest.mark.parametrize("kind", EVERY_SERVER)
async def test_a_connection_that_breaks_in_the_middle_is_made_again(
    tmp_path: Path, kind: tuple[str, bool]
) -> None:
    """No half of a file is ever in its place; the second try has it whole."""
    data = os.urandom(3_000_000)
    async with served(tmp_path, kind) as (mac, files):
        path = put(mac, "film.mov", data)
        assert isinstance(await files.fetch(put(mac, "first", b"x"), tmp_path / "got", LIMIT), Fetched)
        before = mac.link.connections
        mac.link.cut_after(1_000_000)

        assert isinstance(await files.fetch(path, tmp_path / "got", LIMIT), Fetched)

        assert (mac.link.cuts, mac.link.connections) == (1, before + 1)
        assert (tmp_path / "got").read_bytes() == data
        assert tracks(tmp_path) == ["got"]


async def test_a_file_over_a_slow_line_tells_how_far_it_is(tmp_path: Path) -> None:
    """Progress of big files; what grows past the limit on its way is stopped there, whatever was announced."""
    told: list[Progress] = []

    async def tell(progress: Progress) -> None:
        told.append(progress)

    async with served(tmp_path, ("asyncssh", True)) as (mac, files):
        small = put(mac, "note.txt", b"x" * 2_000_000)
        assert isinstance(await files.fetch(small, tmp_path / "got", LIMIT, tell), Fetched)
        assert told == []
        path = put(mac, "film.mov", os.urandom(6_000_000))
        mac.link.pause_s = 0.0005

        assert isinstance(await files.fetch(path, tmp_path / "got", LIMIT, tell), Fetched)

        assert len(told) == 5
        assert [each.done for each in told] == sorted(each.done for each in told)
        assert {each.size for each in told} == {6_000_000}


async def test_a_mac_that_cannot_be_reached_is_told_in_words(tmp_path: Path) -> None:
    """Nothing is raised: the reason names the machine and the command that helps."""
    (tmp_path / "reply").write_bytes(b"x")
    async with served(tmp_path, ("asyncssh", True)) as (mac, files):
        mac.forget_host()

        found = await files.fetch(str(mac.attachments / "x"), tmp_path / "got", LIMIT)
        staged = await files.stage(tmp_path / "reply", "x")

        assert isinstance(found, NotFetched)
        assert (found.fault, found.again) == (Fault.UNREACHABLE, True)
        assert isinstance(staged, NotStaged)
        for reason in (found.reason, staged.reason, await files.check("x")):
            assert "not in known_hosts" in reason
