"""Files that an agent sends: of its workspace, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.media import samples

from openclaw.agents.send_file import FileSending
from openclaw.agents.tools.workspace import Workspace
from openclaw.domain.delivery import MOST_FILES, OutboundFile
from openclaw.domain.turns import FileOffered, TurnEvent
from openclaw.errors import FileRefused, ToolFailed
from openclaw.media.workshop import Workshop
from openclaw.outbound.fitting import Fitting
from openclaw.outbound.shelf import Shelf

PIECES = st.lists(
    st.sampled_from(
        ["..", ".", "", "/", "in", "a.txt", "link", "out", "secret.txt", "~", "\0", "etc", "passwd"]
    ),
    max_size=6,
).map("/".join)


class Desk:
    """A workspace with a file and a folder, beside a secret that links lead to; and what the turn was told."""

    def __init__(self, folder: Path) -> None:
        self.told: list[TurnEvent] = []
        self.root = folder / "workspace"
        (self.root / "in").mkdir(parents=True)
        (folder / "out").mkdir()
        (folder / "out" / "secret.txt").write_text("secret")
        (self.root / "in" / "a.txt").write_text("mine")
        (self.root / "link").symlink_to(folder / "out")
        (self.root / "in" / "link").symlink_to(folder / "out" / "secret.txt")
        (self.root / "empty").touch()
        os.mkfifo(self.root / "pipe")
        self.shelf = Shelf.of(folder)
        self.sending = FileSending(Workspace(self.root), Fitting(self.shelf, 0.01, Workshop()), self.hear)

    async def hear(self, event: TurnEvent) -> None:
        self.told.append(event)

    @property
    def files(self) -> list[OutboundFile]:
        return [event.file for event in self.told if isinstance(event, FileOffered)]


async def test_a_file_is_copied_and_offered_with_its_caption(tmp_path: Path) -> None:
    """What is sent is a copy: the agent may change its file meanwhile."""
    desk = Desk(tmp_path)
    said = await desk.sending.send_file("in/a.txt", " Look ")
    (desk.root / "in" / "a.txt").write_text("changed")
    (file,) = desk.files
    assert desk.told == [FileOffered(file, "Look")]
    assert Path(file.path).read_text() == "mine"
    assert said == "a.txt (4 bytes, text/plain) will be sent behind your answer"


async def test_the_whole_path_of_a_file_of_the_workspace_will_do(tmp_path: Path) -> None:
    """Models like to name whole paths."""
    desk = Desk(tmp_path)
    await desk.sending.send_file(str(desk.root / "in" / "a.txt"))
    assert [file.name for file in desk.files] == ["a.txt"]


@pytest.mark.parametrize(
    "path",
    [
        *(
            "link/secret.txt",
            "in/link",
            "../out/secret.txt",
            "in/../../out/secret.txt",
            "/etc/passwd",
            "in",
            ".",
            "",
        ),
        *("missing", "in/a.txt/b", "empty", "pipe", "a\0b", "x" * 2000, "~/a"),
    ],
)
async def test_what_is_outside_or_no_file_is_refused_to_the_agent(tmp_path: Path, path: str) -> None:
    """With the reason, and without anything for the contact; no name of a folder of this machine is told."""
    desk = Desk(tmp_path)
    with pytest.raises((FileRefused, ToolFailed)) as refused:
        await desk.sending.send_file(path)
    assert desk.told == []
    assert str(tmp_path) not in str(refused.value)


async def test_too_many_too_large_and_too_long_are_refused(tmp_path: Path) -> None:
    """mediaMaxMb, and bounds of our own."""
    desk = Desk(tmp_path)
    (desk.root / "big").write_bytes(b"x" * 20_000)
    for path, caption in (("big", ""), ("in/a.txt", "x" * 3000)):
        with pytest.raises(FileRefused):
            await desk.sending.send_file(path, caption)
    for _ in range(MOST_FILES):
        await desk.sending.send_file("in/a.txt")
    with pytest.raises(FileRefused, match="archive"):
        await desk.sending.send_file("in/a.txt")


async def test_a_picture_over_the_limit_is_offered_smaller_or_refused(tmp_path: Path) -> None:
    """What the agent is told of is what leaves; nothing of one that cannot be made to fit is left or offered."""
    desk = Desk(tmp_path)
    (desk.root / "photo.png").write_bytes(samples.heavy_png(200, 200))
    (desk.root / "broken.png").write_bytes(samples.heavy_png(200, 200)[:20_000])
    said = await desk.sending.send_file("photo.png")
    with pytest.raises(FileRefused, match=r"cannot be made smaller: .*broken"):
        await desk.sending.send_file("broken.png")
    (file,) = desk.files
    assert (file.name, file.mime_type) == ("photo.jpg", "image/jpeg")
    assert file.size <= 0.01 * 1024 * 1024
    assert said.startswith(f"photo.jpg ({file.size} bytes, image/jpeg)")
    assert [folder.name for folder in desk.shelf.root.iterdir()] == [Path(file.path).parent.name]


@given(PIECES)
async def test_no_path_leads_out_of_the_workspace(
    tmp_path_factory: pytest.TempPathFactory, path: str
) -> None:
    """Whatever is written: what is offered is the agent's own file, or nothing."""
    desk = Desk(tmp_path_factory.mktemp("desk"))
    try:
        await desk.sending.send_file(path)
    except (FileRefused, ToolFailed):
        assert desk.files == []
    else:
        assert [Path(file.path).read_text() for file in desk.files] == ["mine"]
