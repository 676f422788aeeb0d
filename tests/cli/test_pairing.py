from __future__ import annotations

import pytest

from openclaw.domain.delivery import DeliveryState
from openclaw.store import deliveries, pairing

from .conftest import ANN, ANNS_CHAT, DEFAULT, NOW, Installation, running_gateway


@pytest.mark.parametrize("words", [[], ["imessage"], ["--channel", "imessage"], ["--account", "default"]])
def test_requests_are_listed_without_a_gateway(installation: Installation, words: list[str]):
    """The gateway need not run (B.5)."""
    installation.fill()
    ran = installation.run("pairing", "list", *words)
    assert ran.code == 0
    assert "ABCD2345" in ran.out
    assert ANN in ran.out


def test_the_json_has_the_shape_of_the_original(installation: Installation):
    """`{channel, requests: [{id, code, createdAt, lastSeenAt, meta}]}`, values of meta are texts (B.2, B.5)."""
    installation.fill()
    body = installation.run("pairing", "list", "imessage", "--json").json
    assert body["channel"] == "imessage"
    assert set(body["requests"][0]) == {"id", "code", "createdAt", "lastSeenAt", "expiresAt", "meta"}
    assert body["requests"][0]["meta"] == {
        "accountId": "default",
        "sender": ANN,
        "chatId": "7",
    }


def test_no_requests_is_one_line(installation: Installation):
    """None gives one line, and an empty list as JSON (B.5)."""
    assert installation.run("pairing", "list").out == "No open pairing requests.\n"
    assert installation.run("pairing", "list", "--json").json == {"channel": "imessage", "requests": []}


@pytest.mark.parametrize(
    "words", [["imessage", "abcd2345"], ["--channel", "imessage", "ABCD2345"], ["ABCD2345"],
              ["ABCD2345", "--account", "default"]],
)  # fmt: skip
def test_a_code_is_approved_in_every_form(installation: Installation, words: list[str]):
    """The three forms of B.5; codes compare without regard to case (B.4)."""
    installation.fill()
    ran = installation.run("pairing", "approve", *words)
    assert (ran.code, ran.out) == (0, f"Approved imessage sender {ANN}.\n")
    assert installation.read(lambda tx: ANN in pairing.granted_handles(tx, DEFAULT))
    assert installation.run("pairing", "approve", *words).code == 1


@pytest.mark.parametrize(
    "words",
    [["--channel", "imessage", "imessage", "ABCD2345"], ["telegram", "ABCD2345"], ["a", "b", "c"], []],
)
def test_a_form_that_is_none_approves_nobody(installation: Installation, words: list[str]):
    """`--channel` beside a channel argument is an error, and so is another channel (B.5)."""
    installation.fill()
    assert installation.run("pairing", "approve", *words).code == 2
    assert not installation.read(lambda tx: ANN in pairing.granted_handles(tx, DEFAULT))


def test_a_request_of_another_account_is_not_approved(installation: Installation):
    """`--account` restricts the search (B.4); never a stranger inside (promise 5)."""
    installation.fill()
    assert installation.run("pairing", "approve", "ABCD2345", "--account", "work").code == 1
    assert not installation.read(lambda tx: pairing.grants(tx))


def test_without_a_gateway_the_notice_waits_for_its_start(installation: Installation):
    """`--notify` queues the bubble, for the chat that asked, and says when it goes (brief)."""
    installation.fill()
    ran = installation.run("pairing", "approve", "ABCD2345", "--notify")
    assert "when it starts" in ran.out
    queued = installation.read(lambda tx: deliveries.in_state(tx, DeliveryState.QUEUED))
    assert [bubble.message.target for bubble in queued] == [ANNS_CHAT]


async def test_a_running_gateway_lists_and_approves(installation: Installation):
    """The lock is the gateway's, so commands go through it (design 4)."""
    async with running_gateway(installation) as gateway:
        assert "ABCD2345" in (await installation.run_beside("pairing", "list")).out
        ran = await installation.run_beside(
            "pairing", "approve", "imessage", "ABCD2345", "--notify", "--json"
        )
        assert ran.json["id"] == ANN
        assert await gateway.ledger.read(lambda tx: ANN in pairing.granted_handles(tx, DEFAULT))
        assert (await installation.run_beside("pairing", "approve", "ABCD2345")).code == 1


async def test_a_configured_token_is_found_when_the_quick_ones_are_refused(installation: Installation):
    """gateway.auth.token is the first source of the gateway and the last one a command looks at (ruling 15)."""
    installation.configure({"gateway": {"auth": {"token": "from-the-file"}}})
    (installation.state_dir / "gateway.token").write_text("from-an-earlier-life\n")
    async with running_gateway(installation, token="from-the-file"):
        assert (await installation.run_beside("pairing", "list")).code == 0


async def test_a_wrong_token_is_told(installation: Installation):
    """The command says what to set, and does not go round the gateway (promise 5)."""
    async with running_gateway(installation, token="known-to-nobody"):
        ran = await installation.run_beside("pairing", "list")
        assert ran.code == 1
        assert "OPENCLAW_GATEWAY_TOKEN" in ran.err


def test_grants_say_by_whom(installation: Installation):
    """Grants are tuples with who gave them (demand I8)."""
    installation.fill(lambda tx: pairing.grant(tx, DEFAULT, ANN, "import", NOW))
    out = installation.run("pairing", "grants").out
    assert "By" in out
    assert "import" in out


def written(installation: Installation, text: str) -> None:
    """An allow file of the original."""
    directory = installation.state_dir / "credentials"
    directory.mkdir(mode=0o700, parents=True)
    path = directory / "imessage-default-allowFrom.json"
    path.write_text(text)
    path.chmod(0o600)


def test_the_import_is_rehearsed_done_and_done_once(installation: Installation):
    """`pairing import [--dry-run]`, without a gateway (docs/pairing.md)."""
    installation.configure({"channels": {"imessage": {}}})
    written(installation, '{"version": 1, "allowFrom": ["+1 555 010 0001", "*"]}')
    assert f"Would be taken over: {ANN}" in installation.run("pairing", "import", "--dry-run").out
    ran = installation.run("pairing", "import")
    assert (ran.code, ran.out) == (0, f"Taken over: {ANN} (account default)\n")
    assert "Not taken over: *" in ran.err
    assert "Nothing new" in installation.run("pairing", "import").out
    assert installation.read(lambda tx: [grant.granted_by for grant in pairing.grants(tx)]) == ["import"]


def test_an_import_that_found_a_broken_file_says_which_and_fails(installation: Installation):
    """A script must notice (style 21: thing, value, fix)."""
    installation.configure({"channels": {"imessage": {}}})
    written(installation, "{")
    ran = installation.run("pairing", "import", "--json")
    assert ran.code == 1
    assert ran.json["unusable"][0]["file"].endswith("imessage-default-allowFrom.json")


def test_a_file_of_an_account_that_is_not_there_is_named_as_a_whole(installation: Installation):
    """It is taken over once the account is configured; nothing in it is at fault."""
    installation.configure({"channels": {"imessage": {}}})
    written(installation, '{"version": 1, "allowFrom": []}')
    directory = installation.state_dir / "credentials"
    file = (directory / "imessage-default-allowFrom.json").rename(directory / "imessage-gone-allowFrom.json")
    ran = installation.run("pairing", "import")
    assert (ran.code, ran.err) == (0, f"Not taken over: {file}: no account gone is configured\n")


async def test_a_running_gateway_imports_from_where_the_command_says(installation: Installation):
    """OPENCLAW_OAUTH_DIR of the person at the command line counts (behaviour facts B.2)."""
    written(installation, '{"version": 1, "allowFrom": ["+15550100007"]}')
    moved = installation.home / "elsewhere"
    (installation.state_dir / "credentials").rename(moved)
    installation.environ["OPENCLAW_OAUTH_DIR"] = str(moved)
    async with running_gateway(installation) as gateway:
        assert "+15550100007" in (await installation.run_beside("pairing", "import")).out
        assert await gateway.ledger.read(lambda tx: len(pairing.grants(tx))) == 1
