from __future__ import annotations

import json

from openclaw.domain.messages import MessageState
from openclaw.store import accounts, messages

from .conftest import DEFAULT, NOW, Installation, running_gateway


def begun(tx: object) -> None:
    """The account has begun, as every account has that received something."""
    accounts.begin(tx, DEFAULT, accounts.RowId(40), NOW)  # type: ignore[arg-type]


async def test_a_copy_is_made_beside_a_running_gateway(installation: Installation):
    """The command must not need to stop it (issue 4, point 7)."""
    async with running_gateway(installation):
        ran = await installation.run_beside("backup", "--json")
    assert ran.code == 0
    assert ran.json["rows"]["messages"] == 1
    assert ran.json["path"].startswith(str(installation.state_dir / "backups" / "openclaw-"))


def test_a_copy_says_what_is_in_it_and_what_is_not(installation: Installation):
    """Who gives a copy away should know what is in it; who moves, what else is needed."""
    installation.configure({})
    installation.fill()
    ran = installation.run("backup", str(installation.home / "copy.sqlite"))
    assert "1 messages" in ran.out
    assert "Not in it" in ran.out
    assert "openclaw.json" in ran.out


def test_a_second_copy_under_one_name_is_refused(installation: Installation):
    """Never over something else; the message names the file."""
    installation.fill()
    target = str(installation.home / "copy.sqlite")
    assert installation.run("backup", target).code == 0
    ran = installation.run("backup", target)
    assert (ran.code, "is there already" in ran.err) == (1, True)


def test_nothing_to_copy_is_an_error(installation: Installation):
    """A mistyped directory must not give an empty copy."""
    ran = installation.run("backup", "--json")
    assert ran.code == 1
    assert "there is no ledger" in json.loads(ran.err)["error"]


def test_a_restored_copy_waits_for_a_person(installation: Installation):
    """The safe way is the usual one: nothing that may have been answered is answered again (promise 2)."""
    installation.fill(begun)
    target = str(installation.home / "copy.sqlite")
    installation.run("backup", target)
    installation.run("pause")
    body = installation.run("restore", target, "--json").json
    assert body["beginAnew"] == ["default"]
    assert body["withheld"]["messages"] == 1
    held = installation.read(lambda tx: messages.latest(tx, 10))
    assert [(one.message.row_id, one.state) for one in held] == [(41, MessageState.HELD)]
    assert "kept" in installation.run("restore", target).out


def test_on_request_a_restored_copy_goes_on(installation: Installation):
    """After a move nothing was answered since the copy: it goes on where the copy stops."""
    installation.fill(begun)
    target = str(installation.home / "copy.sqlite")
    installation.run("backup", target)
    assert "also what was answered" in installation.run("restore", target, "--answer-missed").out
    assert installation.read(lambda tx: accounts.cursor(tx, DEFAULT)) == 40


async def test_nothing_is_restored_while_a_gateway_runs(installation: Installation):
    """It holds the state directory, and is named (design section 4)."""
    async with running_gateway(installation):
        target = str(installation.home / "copy.sqlite")
        await installation.run_beside("backup", target)
        ran = await installation.run_beside("restore", target)
    assert ran.code == 1
    assert "stop it first" in ran.err
