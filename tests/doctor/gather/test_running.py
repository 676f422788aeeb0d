"""A gateway that is there, one that is gone, and one that was never started."""

from __future__ import annotations

import asyncio
import os
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from tests.cli.conftest import Installation, running_gateway
from tests.doctor.installing import NOW, dead_process, install, visit_to
from tests.journeys.house import free_port

from openclaw import __version__
from openclaw.control.address import ControlAddress, publish
from openclaw.doctor.gather.running import Heard, hear, running
from openclaw.doctor.gather.traffic import Traffic
from openclaw.domain.ids import AccountId
from openclaw.store.signs import Signs


async def test_a_running_gateway_says_how_it_is(tmp_path: Path) -> None:
    """Its accounts, and what waits for a person: somebody asked to be let in."""
    installation = Installation(tmp_path)
    async with running_gateway(installation):
        visit = visit_to({"HOME": str(tmp_path)})
        heard = await asyncio.to_thread(hear, visit)
        facts = await asyncio.to_thread(running, visit, heard, Traffic())
    assert heard.failure == ""
    assert (facts.pid, facts.their_version, facts.port_taken) == (os.getpid(), __version__, False)
    assert facts.status is not None
    assert [one["accountId"] for one in facts.status["accounts"]] == ["default"]
    assert facts.attention is not None
    assert facts.attention["pairing"] == 1


async def test_the_token_of_the_configuration_is_used(tmp_path: Path) -> None:
    """One that the gateway was started with opens it also for the doctor."""
    installation = Installation(tmp_path)
    installation.configure({"gateway": {"auth": {"token": "a token of the file"}}})
    async with running_gateway(installation, "a token of the file"):
        heard = await asyncio.to_thread(hear, visit_to({"HOME": str(tmp_path)}))
    assert (heard.failure, heard.status is not None) == ("", True)


async def test_a_gateway_that_refuses_the_token_is_told(tmp_path: Path) -> None:
    """It runs, and cannot be asked."""
    installation = Installation(tmp_path)
    async with running_gateway(installation, "another token"):
        heard = await asyncio.to_thread(
            hear, visit_to({"HOME": str(tmp_path), "OPENCLAW_GATEWAY_TOKEN": "wrong"})
        )
    assert heard.gateway is not None
    assert "refuses the token" in heard.failure


def test_the_address_of_a_dead_gateway_is_seen(tmp_path: Path) -> None:
    """And nobody is asked there."""
    state_dir, environ = install(tmp_path, {})
    gone = dead_process()
    publish(ControlAddress(gone, 1, "", ""), state_dir)
    visit = visit_to(environ)
    heard = hear(visit)
    assert heard == Heard()
    assert running(visit, heard, Traffic()).dead == gone


def test_a_port_in_other_hands_is_seen(tmp_path: Path) -> None:
    """Only while no gateway of ours runs there."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        _, environ = install(tmp_path, {"gateway": {"port": port}})
        assert running(visit_to(environ), Heard(), Traffic()).port_taken
    _, environ = install(tmp_path, {"gateway": {"port": free_port()}})
    assert not running(visit_to(environ), Heard(), Traffic()).port_taken


@pytest.mark.parametrize(
    ("token", "environ", "says"),
    [
        ("of the file, which is long", {}, "the configuration"),
        (None, {"OPENCLAW_GATEWAY_TOKEN": "x"}, "the environment"),
        (None, {}, ""),
    ],
)
def test_where_the_token_comes_from(
    tmp_path: Path, token: str | None, environ: dict[str, str], says: str
) -> None:
    """The file first, then the environment; its value is never told."""
    document = {"gateway": {"auth": {"token": token}}} if token else {}
    _, found = install(tmp_path, document, **environ)
    told = running(visit_to(found), Heard(), Traffic()).token
    assert says in told
    assert bool(told) == bool(says)
    assert not token or token not in told


def test_the_newest_of_all_accounts_counts(tmp_path: Path) -> None:
    """One that never sent has nothing to say."""
    _, environ = install(tmp_path, {})
    seen = {
        AccountId("home"): Signs(NOW, None, "", timedelta()),
        AccountId("work"): Signs(NOW - timedelta(days=1), NOW - timedelta(hours=1), "", timedelta()),
    }
    facts = running(visit_to(environ), Heard(), Traffic(signs=seen))
    assert (facts.last_in, facts.last_out) == (NOW, NOW - timedelta(hours=1))


def test_a_port_that_nobody_knows_is_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be used does not say which one it would be; what listens at the usual one proves nothing."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setattr("openclaw.doctor.gather.running.DEFAULT_PORT", other.getsockname()[1])
        _, environ = install(tmp_path, "{")
        assert running(visit_to(environ), Heard(), Traffic()).port_taken is False
