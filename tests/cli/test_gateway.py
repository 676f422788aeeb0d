from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.children import bounded

from openclaw.simulator import phone
from openclaw.store import lock_state

from .conftest import Installation

BOUND_S = 60.0
"""The one limit of every wait: far beyond anything a healthy run needs."""

RUN = "from openclaw.cli.main import main; main(prog_name='openclaw')"


@contextmanager
def _running(installation: Installation, *words: str) -> Generator[subprocess.Popen[str]]:
    environ = {name: text for name, text in os.environ.items() if name not in installation.environ}
    environ |= {name: text for name, text in installation.environ.items() if text is not None}
    command = [sys.executable, "-c", RUN, *words]
    started = subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with bounded(started) as child:
        yield child


@pytest.mark.parametrize("words", [["gateway"], ["gateway", "run"]])
def test_a_second_gateway_names_the_first_ones_process(installation: Installation, words: list[str]):
    """One instance per state directory; exit code 1 and one sentence (design 4)."""
    with lock_state(installation.state_dir):
        ran = installation.run(*words)
    assert ran.code == 1
    assert f"process {os.getpid()} already runs a gateway" in ran.err
    assert "Traceback" not in ran.err


def test_an_invalid_configuration_is_told_issue_by_issue(installation: Installation):
    """The gateway refuses to start and lists what is wrong (A.4)."""
    installation.configure('{channels: {imessage: {dmPolicy: "wrong"}}, gateway: {port: 0}}')
    ran = installation.run("gateway")
    assert ran.code == 1
    assert "- channels.imessage.dmPolicy: " in ran.err
    assert "- gateway.port: " in ran.err


def test_a_busy_port_ends_the_gateway_with_one_sentence(installation: Installation):
    """Who listens is not known, what to do is (brief)."""
    installation.configure({"channels": {"imessage": {"enabled": False}}})
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with _running(installation, "gateway", "--port", str(port)) as process:
            _, err = process.communicate(timeout=BOUND_S)
    assert process.returncode == 1
    assert f"Error: port {port} of 127.0.0.1 cannot be used" in err
    assert "Traceback" not in err


def test_the_gateway_runs_until_it_is_told_to_stop(installation: Installation):
    """SIGTERM ends it with exit code 0, and its address is gone (J.1)."""
    installation.configure({"channels": {"imessage": {"enabled": False}}})
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with _running(installation, "gateway", "run", "--port", str(port)) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stderr:
            if "gateway.ready" in line:
                break
        assert f'"port": {port}' in (installation.state_dir / "gateway.json").read_text()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=BOUND_S)
        assert process.returncode == 0
        assert not (installation.state_dir / "gateway.json").exists()


def test_the_page_of_a_simulated_phone_is_served_when_asked_for(installation: Installation, tmp_path: Path):
    """--phone puts it behind the gateway's own door: it is there, and only for who is logged in (issue: demo)."""
    installation.configure({"channels": {"imessage": {"enabled": False}}})
    database = phone.create_database(tmp_path / "mac" / "chat.db")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with _running(installation, "gateway", "--phone", str(database), "--port", str(port)) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "gateway.ready" in line:
                break
        token = (installation.state_dir / "gateway.token").read_text().strip()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        address = f"http://127.0.0.1:{port}/phone/api/chats"
        with pytest.raises(urllib.error.HTTPError, match="401"):
            opener.open(address, timeout=BOUND_S)
        request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
        with opener.open(request, timeout=BOUND_S) as response:
            assert json.load(response)["chats"] == []
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=BOUND_S)
        assert process.returncode == 0
