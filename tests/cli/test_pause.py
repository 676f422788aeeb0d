from __future__ import annotations

from openclaw.domain.messages import MessageState
from openclaw.store import accounts, messages

from .conftest import ANN, ANNS_CHAT, DEFAULT, NOW, Installation, ann_wrote, running_gateway


def test_a_chat_is_paused_and_resumed_without_a_gateway(installation: Installation):
    """What the operator wants holds from the next start on (design 4: HTTP, else the ledger)."""
    installation.fill()
    ran = installation.run("pause", ANN)
    assert ran.out == f"Paused {ANN}. Go on with: openclaw resume {ANN}\n"
    assert installation.read(accounts.paused_chats) == {(DEFAULT, ANNS_CHAT.key)}
    assert "when the gateway starts" in installation.run("resume", ANN).out
    assert not installation.read(accounts.paused_chats)
    assert installation.run("resume", ANN).out == f"There was no pause of {ANN}.\n"


def test_an_account_and_everything_can_be_paused(installation: Installation):
    """With no target an account, with neither everybody; the account's own pause stays as it is (brief)."""
    installation.configure({"channels": {"imessage": {"accounts": {"work": {}}}}})
    assert "account work" in installation.run("pause", "--account", "work").out
    assert installation.run("pause", "--json").json == {"target": None, "accountId": None, "chats": []}
    both = {("work", accounts.EVERY_CHAT), (accounts.EVERY_ACCOUNT, accounts.EVERY_CHAT)}
    assert installation.read(accounts.paused_chats) == both
    assert installation.run("resume", "--json").json["wasPaused"]


def test_a_chat_that_nobody_knows_is_not_paused(installation: Installation):
    """A typing mistake must not look like a pause (style 21)."""
    ran = installation.run("pause", "+15559999999")
    assert ran.code == 1
    assert "openclaw chats list" in ran.err


async def test_a_running_gateway_judges_what_was_held(installation: Installation):
    """What came during the pause is taken up at once (design 4, diagram C)."""
    async with running_gateway(installation) as gateway:
        await installation.run_beside("pause", "chat_id:7")
        held = await gateway.ledger.write(lambda tx: ann_wrote(tx, 42))
        await gateway.ledger.write(lambda tx: messages.settle(tx, [held], MessageState.PAUSED, NOW))
        ran = await installation.run_beside("resume", "chat_id:7")
        assert ran.out == "Resumed chat_id:7; 1 message to judge.\n"
        assert gateway.judged == [held]


def test_an_account_that_is_not_configured_cannot_be_paused(installation: Installation):
    """A mistyped account would go on answering behind a pause that says it does not (promise 4)."""
    installation.configure(
        {"channels": {"imessage": {"accounts": {"work": {}, "home": {"dbPath": "/nowhere/chat.db"}}}}}
    )
    ran = installation.run("pause", "--account", "wrok")
    assert (ran.code, ran.out) == (1, "")
    assert "no account wrok is configured; the configured ones are: home, work" in ran.err
