"""The desk: the configuration and the exports as commands reach them."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from openclaw.config.change import Change
from openclaw.config.load import load_config
from openclaw.config.locations import Locations
from openclaw.config.paths import KeyPath
from openclaw.desk import FileDesk, FileExports
from openclaw.errors import ConfigInvalid, ExportFailed, NotFound


class House:
    """A configuration file with a desk over it; ``reloads`` counts how often it was asked for."""

    def __init__(self, where: Path, text: str | None) -> None:
        self.locations = Locations(where, where, where / "openclaw.json")
        if text is not None:
            self.locations.config_path.write_text(text)
        self.overlay: dict[KeyPath, object] = {}
        self.reloads = 0
        self.desk = FileDesk(self.locations, {}, self.overlay, self._reload)

    async def _reload(self) -> None:
        self.reloads += 1


def test_what_is_read_is_masked(tmp_path: Path) -> None:
    """Whole, or by a path that ends in a secret or above one."""
    house = House(
        tmp_path, '{gateway: {auth: {token: "hush"}}, models: {providers: {x: {headers: {a: "b"}}}}}'
    )
    assert house.desk.read(("gateway", "auth", "token")) == "***"
    assert house.desk.read(("models", "providers", "x")) == {"headers": {"a": "***"}}
    assert "hush" not in str(house.desk.read(()))
    with pytest.raises(NotFound):
        house.desk.read(("messages",))


def test_a_file_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    """Safe defaults are not the file's words."""
    assert House(tmp_path, None).desk.read(()) == {}


async def test_a_change_is_written_into_the_file_with_its_comments_kept(tmp_path: Path) -> None:
    """The desk writes as the command line does; what breaks rules is refused, and the file is left alone."""
    house = House(tmp_path, "{\n  // how many\n  messages: {queue: {cap: 20}},\n}\n")
    assert await house.desk.change([Change(("messages", "queue", "cap"), 3)], by="the owner")
    assert house.locations.config_path.read_text() == "{\n  // how many\n  messages: {queue: {cap: 3}},\n}\n"
    assert not await house.desk.change([Change(("messages", "queue", "cap"), 3)], by="the owner")
    with pytest.raises(ConfigInvalid):
        await house.desk.change([Change(("messages", "queue", "cap"), "many")], by="the owner")
    assert await house.desk.change([Change.removal(("messages", "queue", "cap"))], by="the owner")
    assert house.desk.read(("messages", "queue")) == {}


async def test_an_overlay_is_judged_whole_and_brought_into_force(tmp_path: Path) -> None:
    """What breaks rules is refused, and what was laid over before stays."""
    house = House(tmp_path, "{messages: {queue: {cap: 20}}}")
    await house.desk.lay_over([Change(("messages", "queue", "cap"), 3)])
    assert load_config(house.locations, {}, house.overlay).config.messages.queue.cap == 3
    with pytest.raises(ConfigInvalid):
        await house.desk.lay_over([Change(("messages", "queue", "cap"), "many")])
    assert (house.desk.overlay(), house.reloads) == ({"messages.queue.cap": 3}, 1)
    await house.desk.lay_over([Change(("env", "vars", "TOKEN"), "hush")])
    assert house.desk.overlay()["env.vars.TOKEN"] == "***"
    await house.desk.lay_over([Change(("messages", "queue", "cap"), remove=True)])
    await house.desk.uncover()
    assert (house.desk.overlay(), house.reloads) == ({}, 4)


@pytest.mark.parametrize(
    ("text", "path", "named"),
    [
        ("{}", ("gateway", "auth", "token"), "gateway.auth"),
        ("{}", ("gateway", "port"), "gateway.port"),
        ('{gateway: {reload: {mode: "restart"}}}', ("messages", "queue", "cap"), "gateway.reload.mode"),
    ],
)
async def test_nothing_is_laid_over_what_counts_from_a_new_start_on(
    tmp_path: Path, text: str, path: KeyPath, named: str
) -> None:
    """The start would take it away, so that the gateway would begin anew for nothing."""
    house = House(tmp_path, text)
    with pytest.raises(ConfigInvalid) as refused:
        await house.desk.lay_over([Change(path, 4000 if path[-1] != "token" else "hush")])
    assert [issue.path for issue in refused.value.issues] == [named]
    assert (house.desk.overlay(), house.reloads) == ({}, 0)


async def test_an_export_is_readable_by_its_owner_only_and_stays_in_its_place(tmp_path: Path) -> None:
    """Files 0600, directories 0700; the same name is the same file, and no name leads out."""
    exports = FileExports(tmp_path / "exports")
    await exports.write("../../a.md", "one")
    await exports.write("a.md", "two")
    [path] = (tmp_path / "exports").iterdir()
    assert (path.name, path.read_text()) == ("a.md", "two")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_a_disk_that_refuses_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    """For the log; the chat learns only that it failed."""
    (tmp_path / "exports").write_text("in the way")
    with pytest.raises(ExportFailed, match=r"a\.md"):
        await FileExports(tmp_path / "exports").write("a.md", "one")
