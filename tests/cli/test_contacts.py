from __future__ import annotations

from openclaw.store import messages

from .conftest import ANN, Installation, running_gateway


def test_people_are_listed(installation: Installation):
    """Who is known, and how (issue 4, point 7)."""
    assert installation.run("contacts", "list").out == "Nobody is known.\n"
    installation.fill()
    assert ANN in installation.run("contacts", "list").out
    listed = installation.run("contacts", "list", "--json").json["contacts"]
    assert [(one["handle"], one["messages"], one["asks"]) for one in listed] == [(ANN, 1, True)]


def test_forgetting_needs_a_word(installation: Installation):
    """It cannot be undone: without a terminal to ask at, nothing is forgotten unless `--yes` says so."""
    installation.fill()
    for words in ([], ["--json"]):
        ran = installation.run("contacts", "forget", ANN, *words)
        assert ran.code == 2
        assert "--yes" in ran.err
    assert installation.read(lambda tx: messages.latest(tx, 1))[0].message.sender == ANN


def test_a_rehearsal_says_how_much(installation: Installation):
    """`--dry-run` needs no word, for it does nothing."""
    installation.fill()
    ran = installation.run("contacts", "forget", ANN, "--dry-run")
    assert "Would forget +15550100001: 1 messages" in ran.out
    assert installation.read(lambda tx: messages.latest(tx, 1))[0].message.sender == ANN


def test_a_person_is_forgotten_and_earlier_copies_are_named(installation: Installation):
    """A copy that was made before still has them."""
    installation.fill()
    installation.run("backup")
    ran = installation.run("contacts", "forget", ANN, "--yes")
    assert ran.code == 0
    assert "Forgot +15550100001: 1 messages" in ran.out
    assert "backups/openclaw-" in ran.out
    assert "allowFrom" in ran.out
    assert installation.run("contacts", "list").out == "Nobody is known.\n"
    assert installation.run("contacts", "forget", ANN, "--yes").code == 1


async def test_a_running_gateway_forgets(installation: Installation):
    """Through the gateway, which holds the ledger."""
    async with running_gateway(installation):
        ran = await installation.run_beside("contacts", "forget", ANN, "--yes", "--json")
    assert ran.json["forgotten"]["requests"] == 1
    assert ran.json["logEmptied"] is True
