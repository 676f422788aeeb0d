"""Two accounts whose wrappers lead to one database: nobody could know before, and nobody is answered twice."""

from __future__ import annotations

from asyncio.subprocess import DEVNULL, create_subprocess_exec
from pathlib import Path

from tests.agents.model_server import open_model_server
from tests.journeys.house import OPENCLAW, build, model
from tests.making import ANN
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
