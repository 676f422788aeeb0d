from __future__ import annotations

from openclaw.domain.acp import LiveAgent
from openclaw.domain.health import AccountState
from openclaw.domain.ids import SessionKey

from .conftest import NOW, Installation, running_gateway

WORKING = {
    "channels": {"imessage": {"dmPolicy": "disabled"}},
    "agents": {"defaults": {"model": "openai/gpt-5"}},
}


def test_a_gateway_that_was_not_started_is_no_failure(installation: Installation):
    """Says so, shows what is configured, and exits 0 (brief); a look makes no ledger."""
    installation.configure(WORKING)
    ran = installation.run("status")
    assert ran.code == 0
    assert "No gateway is running. Start it: openclaw gateway" in ran.out
    assert "openai/gpt-5" in ran.out
    body = installation.run("status", "--json").json
    assert (body["running"], body["work"]["pairingRequests"]) == (False, 0)
    assert [account["accountId"] for account in body["accounts"]] == ["default"]
    assert not (installation.state_dir / "openclaw.sqlite").exists()


def test_a_memory_that_several_people_share_is_loud(installation: Installation):
    """Design section 7: dmScope main with several possible senders, in status too, with the way out."""
    shared = {"channels": {"imessage": {"dmPolicy": "pairing"}}}
    installation.configure(WORKING | shared)
    ran = installation.run("status")
    assert "share one memory" in ran.out
    assert "per-channel-peer" in ran.out
    installation.configure(WORKING | shared | {"session": {"dmScope": "per-channel-peer"}})
    assert "share one memory" not in installation.run("status").out


def test_a_configuration_that_cannot_be_used_is_a_failure(installation: Installation):
    """Every issue with its fix, and exit code 1 (A.4: status keeps working)."""
    installation.configure('{channels: {imessage: {dmPolicy: "wrong"}}}')
    ran = installation.run("status")
    assert ran.code == 1
    assert "channels.imessage.dmPolicy" in ran.out
    body = installation.run("status", "--json").json
    assert body["config"]["valid"] is False
    installation.configure("{")
    assert installation.run("status").code == 1


def test_open_work_is_shown_without_a_gateway(installation: Installation):
    """What waits is seen also while nothing runs (promise 4)."""
    installation.configure(WORKING)
    installation.fill()
    installation.run("pause")
    ran = installation.run("status")
    assert "Open pairing requests: 1" in ran.out
    assert "Everything is paused" in ran.out


async def test_a_running_gateway_tells_of_itself(installation: Installation):
    """Process, uptime, accounts, agents and work from the gateway; a broken file does not matter then (brief)."""
    installation.state_dir.mkdir()
    installation.configure("{ broken")
    async with running_gateway(installation) as gateway:
        ran = await installation.run_beside("status")
        assert ran.code == 0
        assert "for 2:00:00" in ran.out
        assert "connected" in ran.out
        gateway.state, gateway.cause = AccountState.BACKING_OFF, "imsg ended"
        ran = await installation.run_beside("status")
        assert ran.code == 1
        assert "default: imsg ended" in ran.out.splitlines()


async def test_a_paused_account_is_seen_wherever_accounts_are_listed(installation: Installation):
    """Who forgot a pause looks there first when nothing is answered."""
    async with running_gateway(installation):
        await installation.run_beside("pause", "--account", "default")
        for words in (["status"], ["channels", "status"]):
            assert "connected, paused" in (await installation.run_beside(*words)).out


async def test_agents_that_run_have_a_line_each(installation: Installation):
    """Which program, what it does, and what it takes; what the system does not tell is left out."""
    session = SessionKey("agent:main:acp:1")
    async with running_gateway(installation) as gateway:
        gateway.live += [
            LiveAgent(session, "codex", 11, NOW, True, 1.5, 3 * 1024**2),
            LiveAgent(session, "claude", 12, NOW, False),
        ]
        out = (await installation.run_beside("status")).out
        body = (await installation.run_beside("status", "--json")).json
    first, second = [line for line in out.splitlines() if session in line]
    assert first.startswith("codex runs as process 11 since ")
    assert first.endswith(f"for {session}: works, 1.5 s of processor time, 3 MB")
    assert second.endswith(f"for {session}: waits")
    assert [one["harness"] for one in body["outside"]] == ["codex", "claude"]
