"""Pairing through whole processes: a stranger asks, the owner answers on their phone, the stranger is let in."""

from __future__ import annotations

import re
from pathlib import Path

from tests.agents.model_server import Answer, open_model_server
from tests.journeys.house import build, channel, free_port, model
from tests.making import ANN, BOB
from tests.waiting import until

from openclaw.simulator import phone

OWNER = "+15550100009"
FRIEND = "+15550100008"


async def test_the_owner_lets_a_stranger_in_by_a_reply(tmp_path: Path) -> None:
    """Demand I6: told on the phone, answered there; a code in anybody else's message is only words."""
    house = build(tmp_path)
    async with open_model_server() as server:
        house.configure(
            channels=channel(house, allowFrom=[OWNER, FRIEND]), notify={"owner": OWNER}, **model(server.url)
        )
        async with house.gateway():
            phone.say(house.mac, OWNER, "hello")
            await house.replies(OWNER, 1)
            phone.say(house.mac, ANN, "let me in")
            [challenge] = await house.replies(ANN, 1)
            told = (await house.replies(OWNER, 2))[1]
            [code] = re.findall(r"\b[A-HJ-NP-Z2-9]{8}\b", challenge)
            assert told.startswith(f"{ANN} asks to be let in (account default, code {code}).")

            server.script.append(Answer("That means nothing to me."))
            phone.say(house.mac, FRIEND, f"yes {code}")
            assert await house.replies(FRIEND, 1) == ["That means nothing to me."]
            assert (await house.openclaw("pairing", "grants", "--json")).json()["grants"] == []

            phone.say(house.mac, OWNER, "Yes")
            assert (await house.replies(OWNER, 3))[2] == f"{ANN} was let in."
            assert (await house.replies(ANN, 2))[1] == "You have been let in. Write whenever you like."
            server.script.append(Answer("Nice to meet you."))
            phone.say(house.mac, ANN, "and now?")
            assert (await house.replies(ANN, 3))[2] == "Nice to meet you."
            [grant] = (await house.openclaw("pairing", "grants", "--json")).json()["grants"]
            assert (grant["id"], grant["grantedBy"]) == (ANN, "owner")
            assert not [request for request in server.requests if "Yes" in str(request.body["messages"])]


async def test_whom_the_original_had_let_in_to_an_account_is_known_when_that_is_added(tmp_path: Path) -> None:
    """An account that comes while the gateway runs finds its people as one that was there at the start."""
    for folder in ("home", "work"):
        (tmp_path / folder).mkdir()
    house, other = build(tmp_path / "home"), build(tmp_path / "work")
    home, work = (
        {"cliPath": str(one.root / "imsg"), "dbPath": str(one.mac), "dmPolicy": "pairing"}
        for one in (house, other)
    )
    async with open_model_server() as server:
        gateway = {"port": free_port()}
        told = {"gateway": gateway, **model(server.url)}
        house.configure(channels={"imessage": {"accounts": {"home": home}}}, **told)
        credentials = house.state / "credentials"
        credentials.mkdir(mode=0o700)
        scoped = credentials / "imessage-work-allowFrom.json"
        scoped.write_text(f'{{"version": 1, "allowFrom": ["{ANN}"]}}')
        scoped.chmod(0o600)
        async with house.gateway():
            phone.say(house.mac, BOB, "hello?")
            await house.replies(BOB, 1)
            assert (await house.openclaw("pairing", "grants", "--json")).json()["grants"] == []
            house.configure(channels={"imessage": {"accounts": {"home": home, "work": work}}}, **told)

            async def is_taken_over() -> bool:
                return bool((await house.openclaw("pairing", "grants", "--json")).json()["grants"])

            await until(is_taken_over, "the file of the new account is taken over")
            phone.say(other.mac, ANN, "hello?")
            assert await other.replies(ANN, 1) == ["hello?"]


async def test_whom_the_original_had_let_in_needs_not_ask_again(tmp_path: Path) -> None:
    """A user of the original starts this gateway on the state directory that they have, broken file and all."""
    house = build(tmp_path)
    async with open_model_server() as server:
        house.configure(channels=channel(house), notify={"owner": OWNER}, **model(server.url))
        credentials = house.state / "credentials"
        credentials.mkdir(mode=0o700)
        (credentials / "imessage-allowFrom.json").write_text("{")
        scoped = credentials / "imessage-default-allowFrom.json"
        scoped.write_text(f'{{"version": 1, "allowFrom": ["{ANN}"]}}')
        for path in credentials.iterdir():
            path.chmod(0o600)
        async with house.gateway():
            server.script.append(Answer("Hello again."))
            phone.say(house.mac, ANN, "hello?")
            assert await house.replies(ANN, 1) == ["Hello again."]
            [told] = await house.replies(OWNER, 1)
            assert "imessage-allowFrom.json" in told
            listed = (await house.openclaw("attention", "--json")).json()
            assert [item["kind"] for item in listed["items"]] == ["notice"]
            assert (await house.openclaw("pairing", "revoke", ANN)).code == 0
        async with house.gateway():
            phone.say(house.mac, ANN, "me again")
            assert "code" in (await house.replies(ANN, 2))[1].lower()
            phone.say(house.mac, BOB, "hello?")
            await house.replies(BOB, 1)
