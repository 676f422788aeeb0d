"""Two accounts: of one database, where nobody is answered twice, and of two, where nobody hears of the other."""

from __future__ import annotations

from asyncio.subprocess import DEVNULL, create_subprocess_exec
from pathlib import Path

from tests.agents.model_server import open_model_server
from tests.journeys.house import OPENCLAW, build, model
from tests.making import ANN, BOB
from tests.waiting import until

from openclaw.simulator import phone


async def test_two_wrappers_of_one_database_answer_once(tmp_path: Path) -> None:
    """The second account is stopped with the cause, also after a restart."""
    house = build(tmp_path)
    # As a wrapper that runs imsg as another user: its text does not say whose database it is.
    exported = f'export IMSG_SIMULATOR_DB="{house.mac}"\nexec '
    wrapper = (tmp_path / "imsg").read_text().replace("exec ", exported)
    for name in ("imsg-a", "imsg-b"):
        (tmp_path / name).write_text(wrapper)
        (tmp_path / name).chmod(0o755)
    accounts = {name: {"cliPath": str(tmp_path / f"imsg-{name}")} for name in ("a", "b")}
    section = {"dmPolicy": "open", "allowFrom": ["*"], "groupPolicy": "disabled", "accounts": accounts}

    async def stopped() -> str | None:
        body = (await house.openclaw("channels", "status", "--json")).json()
        states = {one["accountId"]: one for one in body["channelAccounts"]["imessage"]}
        found = [one for one in states.values() if one["state"] == "misconfigured"]
        return (
            found[0]["accountId"]
            if len(found) == 1 and "same Messages database" in found[0]["cause"]
            else None
        )

    async with open_model_server() as server:
        house.configure(channels={"imessage": section}, **model(server.url))
        async with house.gateway():
            phone.say(house.mac, ANN, "hello")
            await house.replies(ANN, 1)
            first = await until(stopped, "one of the two is stopped")
            phone.say(house.mac, ANN, "and again")
            assert len(await house.replies(ANN, 2)) == 2
        # The one that is stopped is so at once, so this start is never ready.
        running = await create_subprocess_exec(
            *OPENCLAW, "gateway", "--quiet", env=house.environ, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL
        )
        try:
            assert await until(stopped, "it is stopped again") == first
            phone.say(house.mac, ANN, "third")
            assert len(await house.replies(ANN, 3)) == 3
        finally:
            running.terminate()
            await running.wait()
    assert len(server.requests) == 3


async def test_groups_of_two_phones_share_no_memory_though_both_have_number_one(tmp_path: Path) -> None:
    """Each Mac numbers its chats for itself: what is said in one group is never told in the other (promise 1)."""
    for folder in ("home", "work"):
        (tmp_path / folder).mkdir()
    house, other = build(tmp_path / "home"), build(tmp_path / "work")
    phones = {
        name: {"cliPath": str(one.root / "imsg"), "dbPath": str(one.mac)}
        for name, one in (("default", house), ("work", other))
    }
    section = {"groupPolicy": "open", "groups": {"*": {"requireMention": False}}, "accounts": phones}
    numbers = [phone.make_group(one.mac, "Friends", [ANN, BOB]) for one in (house, other)]
    assert numbers[0] == numbers[1]

    async with open_model_server() as server:
        house.configure(channels={"imessage": section}, **model(server.url))
        async with house.gateway():
            for one, text in ((house, "the surprise is on Friday"), (other, "what is planned?")):
                phone.say(one.mac, ANN, text, group="Friends")

                async def answered(mac: Path = one.mac) -> bool:
                    return any(bubble.from_me for bubble in phone.read_thread(mac, numbers[0]))

                await until(answered, "an answer in the group")
            listed = (await house.openclaw("sessions", "list", "--json")).json()
    assert "surprise" not in str(server.requests[1].body["messages"])
    names = sorted(one["key"] for one in listed["sessions"])
    key = f"agent:main:imessage:group:{numbers[0]}"
    assert names == [key, f"{key}:work"]
