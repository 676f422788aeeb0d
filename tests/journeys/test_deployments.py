"""The pages about deployments, followed to the letter; a page that is not true any more fails here."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.agents.model_server import ModelServer, open_model_server
from tests.journeys.deployments import Office, database_of, lacks, open_office, read_page
from tests.journeys.house import free_port
from tests.making import ANN, BOB
from tests.media import samples
from tests.ssh_server import FarMac, needs_ssh
from tests.waiting import until

from openclaw.simulator import phone

pytestmark = needs_ssh


async def answer_with(office: Office, server: ModelServer) -> None:
    """What no page can say: which model answers a test, and a port that is free."""
    provider = {"baseUrl": f"{server.url}/v1", "apiKey": "key", "api": "openai-completions"}
    provider["models"] = [{"id": "tiny", "name": "tiny", "input": ["text", "image"]}]
    for key, value in (
        ("gateway.port", free_port()),
        ("models.providers.test", provider),
        ("agents.defaults.model", {"primary": "test/tiny"}),
    ):
        ended = await office.openclaw("config", "set", key, json.dumps(value))
        assert ended.code == 0, ended.err


async def answered(mac: FarMac, who: str, count: int, text: str = "hello?", **more: object) -> None:
    """``who`` writes to the phone of that Mac, and has ``count`` bubbles from it then."""
    phone.say(database_of(mac), who, text, **more)  # type: ignore[arg-type]

    async def look() -> bool:
        return len([one for one in phone.read_thread(database_of(mac), who) if one.from_me]) >= count

    await until(look, f"{count} bubbles to {who}")


async def test_a_mac_that_is_another_machine(tmp_path: Path) -> None:
    """docs/remote-mac.md: from two machines that do not know each other to an answer; the wrapper is as printed."""
    page = read_page("remote-mac.md")
    async with open_office(tmp_path, "mac") as office, open_model_server() as server:
        *_, silent, asked, looked = await office.follow(page)
        assert (silent.out, silent.err) == ("", "")
        assert "works on bot@mac." in asked.out
        assert "Files come over SFTP." in asked.out
        assert "works" in looked.out
        assert lacks(office.promised(page), office.written()) == []
        [script] = page.blocks("sh")
        wrapper = office.state / "scripts/imsg-ssh"
        assert wrapper.read_text() == script.replace("~/", f"{tmp_path}/")
        await answer_with(office, server)
        async with office.gateway():
            await answered(office.macs["mac"], ANN, 2)


async def test_a_mac_in_a_tailnet(tmp_path: Path) -> None:
    """docs/tailnet.md: the block of the requirements comes out, and a photo comes in."""
    page = read_page("tailnet.md")
    async with open_office(tmp_path, "mac-mini.tailnet-1234.ts.net") as office, open_model_server() as server:
        [mac] = office.macs.values()
        await office.follow(page)
        assert lacks(office.promised(page), office.written()) == []
        await answer_with(office, server)
        photo = mac.attachments / "a photo.heic"
        photo.write_bytes(samples.HEIC.read_bytes())
        async with office.gateway():
            await answered(mac, ANN, 1, "what is this?", attachments=[photo])
    [said] = [one for one in server.requests[0].body["messages"] if one["role"] == "user"]
    assert [part["type"] for part in said["content"]] == ["text", "image_url"]


async def test_a_user_of_its_own_for_the_bot(tmp_path: Path) -> None:
    """docs/bot-user.md: the wrapper logs in to this very machine as another user; the owner is answered at once."""
    page = read_page("bot-user.md")
    async with open_office(tmp_path, "localhost") as office, open_model_server() as server:
        await office.follow(page)
        assert lacks(office.promised(page), office.written()) == []
        await answer_with(office, server)
        async with office.gateway():
            await answered(office.macs["localhost"], ANN, 2)


async def test_several_accounts_on_several_macs(tmp_path: Path) -> None:
    """docs/several-macs.md: each phone answers its own people, also while the other Mac cannot be reached."""
    page = read_page("several-macs.md")
    async with open_office(tmp_path, "mac-home", "mac-office") as office, open_model_server() as server:
        home, away = office.macs.values()
        await office.follow(page)
        assert lacks(office.promised(page), office.written()) == []
        await answer_with(office, server)
        async with office.gateway():
            await answered(home, ANN, 1)
            await answered(away, BOB, 1)
            away.shut_out()
            away.link.cut()
            await answered(home, ANN, 2, "and now?")
    assert not phone.read_thread(database_of(home), BOB)
    assert not phone.read_thread(database_of(away), ANN)


@contextmanager
def no_remote_login(mac: FarMac) -> Generator[None]:
    """Nothing listens."""
    config = mac.root.parent / "ssh_config"
    before = config.read_text()
    config.write_text(before.replace(str(mac.link.listens_at), str(free_port())))
    yield
    config.write_text(before)


@contextmanager
def without(*path: str, mac: FarMac) -> Generator[None]:
    """A file of that Mac is not there."""
    file = mac.root.joinpath(*path)
    kept = file.rename(file.with_name(f"{file.name}.kept"))
    yield
    kept.rename(file)


@contextmanager
def emptied(file: Path) -> Generator[None]:
    """Nobody is known any more."""
    before = file.read_text()
    file.write_text("")
    yield
    file.write_text(before)


@contextmanager
def no_full_disk_access(mac: FarMac) -> Generator[None]:
    """macOS refuses imsg the database."""
    settings = Path(f"{database_of(mac)}.simulator.json")
    before = settings.read_text()
    settings.write_text(json.dumps({"misbehaviour": [{"kind": "permission-denied"}]}))
    yield
    settings.write_text(before)


@contextmanager
def no_files(mac: FarMac) -> Generator[None]:
    """macOS refuses the SSH server the folder of files."""
    mac.forbidden.add(str(mac.attachments))
    yield
    mac.forbidden.clear()


MISSING: dict[str, Callable[[FarMac], AbstractContextManager[None]]] = {
    "Remote Login": no_remote_login,
    "the fingerprint": lambda mac: emptied(mac.root / "known_hosts"),
    "the key": lambda mac: emptied(mac.authorized_keys),
    "imsg": lambda mac: without("home/bin/imsg", mac=mac),
    "Full Disk Access": no_full_disk_access,
    "Messages, opened once as that user": lambda mac: without("home/Library/Messages/chat.db", mac=mac),
    "Full Disk Access, for files": no_files,
}


async def test_the_doctor_says_what_is_missing_in_the_words_of_the_page(tmp_path: Path) -> None:
    """A page that was followed but for one step, each in its turn: its table has what `openclaw doctor` says then."""
    page = read_page("remote-mac.md")
    table = page.findings()
    assert list(table) == list(MISSING)
    async with open_office(tmp_path, "mac") as office:
        await office.follow(page)
        for missing, (check, words) in table.items():
            with MISSING[missing](office.macs["mac"]):
                examined = await office.openclaw("doctor", "--account", "default", "--json")
            found = [one for one in examined.json()["findings"] if one["id"] == check]
            assert [words in one["found"] and one["severity"] == "error" for one in found] == [True], found
