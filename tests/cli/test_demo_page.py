"""The demonstration in a browser: what is printed, what waits on the page, and that it ends with its gateway."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from tests.children import bounded
from tests.waiting import BOUND_S

from openclaw.cli.demo_page import HELLO, NAME
from openclaw.control.address import running_gateway

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/#code=(\S+)")


@contextmanager
def demonstration(directory: Path, **environ: str) -> Generator[subprocess.Popen[str]]:
    """The demonstration without arguments, whose input stays open."""
    started = subprocess.Popen(
        [sys.executable, "-m", "openclaw.cli.demo", "--no-browser", "--model", "nowhere/nothing"],
        env=os.environ | {"OPENCLAW_DEMO_DIR": str(directory), "PYTHONUNBUFFERED": "1"} | environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with bounded(started) as child:
        try:
            yield child
        finally:
            child.send_signal(signal.SIGINT)
            child.wait(timeout=BOUND_S)


def next_address(child: subprocess.Popen[str]) -> re.Match[str]:
    """The next address that is printed; an end of the output is a failure."""
    assert child.stdout is not None
    for line in child.stdout:
        if found := ADDRESS.search(line):
            return found
    raise AssertionError("it ended without an address")


def ask(address: str, path: str, cookie: str = "", body: object | None = None) -> tuple[dict[str, Any], str]:
    """What the gateway answers to the page's own script, and the cookie it gives."""
    origin = address.partition("/#")[0]
    headers = {"Content-Type": "application/json", "Origin": origin, "Cookie": cookie, "X-OpenClaw": "1"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(origin + path, data, headers)  # noqa: S310
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=BOUND_S) as response:
        given = (response.headers["Set-Cookie"] or "").partition(";")[0]
        return json.load(response), given


def test_the_address_logs_in_to_a_stranger_who_waits_and_to_a_phone(tmp_path: Path) -> None:
    """At the first look somebody asks to be let in, and nothing was approved on its own (issue: demo)."""
    with demonstration(tmp_path) as child:
        found = next_address(child)
        _, cookie = ask(found[0], "/login", body={"code": found[1]})
        people, _ = ask(found[0], "/phone/api/chats", cookie)
        [chat] = people["chats"]
        said, _ = ask(found[0], f"/phone/api/chats/{chat['id']}/bubbles", cookie)
        assert NAME in json.dumps(people)
        assert HELLO in json.dumps(said)
        grants, _ = ask(found[0], "/api/pairing/grants", cookie)
        assert grants["grants"] == []


def test_enter_prints_a_fresh_address(tmp_path: Path) -> None:
    """A code counts once and for a minute, so another one is a key away."""
    with demonstration(tmp_path) as child:
        first = next_address(child)
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
        assert next_address(child)[1] != first[1]


def test_it_goes_on_when_its_input_ends_and_stops_when_told(tmp_path: Path) -> None:
    """Started from somewhere without a keyboard it serves until a signal, which ends the gateway too."""
    with demonstration(tmp_path) as child:
        next_address(child)
        assert child.stdin is not None
        child.stdin.close()
        gateway = running_gateway(tmp_path / "state")
        assert gateway is not None
        child.send_signal(signal.SIGTERM)
        assert child.stdout is not None
        assert "nothing is left running" in child.stdout.read()
    assert not psutil.pid_exists(gateway.pid)


def test_it_says_so_when_the_gateway_ends(tmp_path: Path) -> None:
    """Whoever waits before a page that is gone learns why."""
    with demonstration(tmp_path) as child:
        next_address(child)
        gateway = running_gateway(tmp_path / "state")
        assert gateway is not None
        os.kill(gateway.pid, signal.SIGKILL)
        assert child.wait(timeout=BOUND_S) == 1


def test_how_to_reach_it_from_another_machine_is_said(tmp_path: Path) -> None:
    """Over SSH the page listens on the far machine alone; the way through is one command."""
    with demonstration(tmp_path, SSH_CONNECTION="192.0.2.1 1 192.0.2.2 22") as child:
        port = next_address(child)[0].partition("/#")[0].rpartition(":")[2]
        assert child.stdout is not None
        assert any(f"-L {port}:127.0.0.1:{port}" in line for line in child.stdout)
