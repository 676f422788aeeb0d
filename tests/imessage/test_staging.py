"""Files of bubbles on the machine of imsg."""

from __future__ import annotations

from pathlib import Path

from tests.making import ACCOUNT, direct_chat

from openclaw.domain.delivery import NotSent, OutboundFile, into
from openclaw.imessage.files import NotFetched, NotStaged, Staged, Tell, unheard
from openclaw.imessage.staging import Staging


class Elsewhere:
    """Another machine, which takes what it is given unless told otherwise."""

    def __init__(self) -> None:
        self.there: dict[str, bytes] = {}
        self.refuses = ""
        self.staged = 0

    async def fetch(self, path: str, into: Path, limit_bytes: int, tell: Tell = unheard) -> NotFetched:
        return NotFetched("nothing is fetched here", again=False)

    async def stage(self, file: Path, name: str) -> Staged | NotStaged:
        if self.refuses:
            return NotStaged(self.refuses)
        self.staged += 1
        path = f"/there/{self.staged}/{name}"
        self.there[path] = file.read_bytes()
        return Staged(path)

    async def unstage(self, path: str) -> None:
        del self.there[path]


def picture(folder: Path) -> OutboundFile:
    path = folder / "a.png"
    path.write_bytes(b"abc")
    return OutboundFile(str(path), "a.png", "image/png", 3, "d" * 64)


async def test_here_a_file_is_named_where_it_lies(tmp_path: Path) -> None:
    """imsg of this machine reads what we can read."""
    message = into(ACCOUNT, direct_chat(), "", picture(tmp_path))
    assert await Staging(None).placed(message) == message
    text = into(ACCOUNT, direct_chat(), "hi")
    assert await Staging(Elsewhere()).placed(text) == text


async def test_elsewhere_it_is_copied_once_and_removed_when_settled(tmp_path: Path) -> None:
    """However often its bubble is tried."""
    mac, file = Elsewhere(), picture(tmp_path)
    staging, message = Staging(mac), into(ACCOUNT, direct_chat(), "", file)
    for _ in range(2):
        placed = await staging.placed(message)
        assert not isinstance(placed, NotSent)
        assert placed.file is not None
        assert placed.file.path == "/there/1/a.png"
    assert mac.there == {"/there/1/a.png": b"abc"}
    for _ in range(2):
        await staging.release(file)
    assert mac.there == {}


async def test_what_cannot_be_put_there_waits_and_what_is_gone_fails(tmp_path: Path) -> None:
    """A Mac that sleeps wakes up again; a file that is gone or changed does not come back."""
    mac, file = Elsewhere(), picture(tmp_path)
    staging, message = Staging(mac), into(ACCOUNT, direct_chat(), "", file)
    mac.refuses = "no route to host"
    refused = await staging.placed(message)
    assert isinstance(refused, NotSent)
    assert (refused.final, "no route to host" in refused.reason) == (False, True)
    for change in (lambda path: path.write_bytes(b"longer"), lambda path: path.unlink()):
        change(Path(file.path))
        gone = await staging.placed(message)
        assert isinstance(gone, NotSent)
        assert gone.final
