"""The stage of a demonstration: a directory of its own with a simulated Mac, and a gateway that runs as a child on it.

Owns what is made there and the child's life. It must not know what is said on the stage.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from openclaw.config.write import write_new
from openclaw.simulator import phone
from openclaw.store import lock_state

READY_S = 30.0
"""A gateway is ready within a second; a cold disk and a busy machine take longer."""

_STOP_S = 10.0
"""The gateway gives its own children a few seconds each."""

_LOOK_S = 0.05
_MARK = ".openclaw-demo"
_PROGRAMS = Path(sys.executable).parent
_LAST_LINES = 5
# In a group the agent answers who calls it so.
_CALLED = r"\bagent\b"


class StageFailed(click.ClickException):
    """The demonstration cannot go on; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A running gateway and its simulated Mac. ``environment`` is what `openclaw` needs to find it."""

    database: Path
    state_dir: Path
    log: Path
    port: int
    child: subprocess.Popen[bytes]
    environment: Mapping[str, str]

    def openclaw(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run an `openclaw` command against this gateway; raises StageFailed when it does not succeed."""
        try:
            return subprocess.run(
                [str(_PROGRAMS / "openclaw"), *arguments],
                env=dict(self.environment),
                capture_output=True,
                text=True,
                timeout=READY_S,
                check=True,
            )
        except subprocess.CalledProcessError as error:
            raise StageFailed(f"openclaw {' '.join(arguments)} failed: {error.stderr.strip()}") from None
        except subprocess.TimeoutExpired:
            raise StageFailed(f"openclaw {' '.join(arguments)} took over {READY_S:g} seconds") from None

    def check(self) -> None:
        """Raise StageFailed when the gateway has ended."""
        if self.child.poll() is not None:
            raise StageFailed(
                f"the gateway ended (exit code {self.child.returncode}); its last words in {self.log} are:\n"
                + "\n".join(
                    self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]
                )
            )


@contextmanager
def open_stage(directory: Path, model: str) -> Generator[Stage]:
    """Clear ``directory``, set the stage, run a gateway that answers with ``model``, and end it at the close.

    Raises StageFailed when the directory holds something else or the gateway does not become ready,
    StateDirectoryBusy when another demonstration runs there.
    """
    state_dir = directory / "state"
    _clear(directory, state_dir)
    database = phone.create_database(directory / "mac" / "chat.db")
    port = _free_port()
    write_new(state_dir / "openclaw.json", _configuration(database, port, model))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENCLAW_")}
    environment["OPENCLAW_STATE_DIR"] = str(state_dir)
    log = directory / "gateway.log"
    with open(log, "wb") as output:
        # A session of its own: Ctrl-C in the terminal is for us, and we end the gateway in order.
        child = subprocess.Popen(
            [str(_PROGRAMS / "openclaw"), "gateway", "--phone", str(database)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    stage = Stage(database, state_dir, log, port, child, environment)
    try:
        _wait_until_ready(stage)
        yield stage
    finally:
        _stop(child)


def _configuration(database: Path, port: int, model: str) -> dict[str, object]:
    phone_section = {
        "enabled": True,
        "cliPath": str(_PROGRAMS / "imsg-simulator"),
        "dbPath": str(database),
        "groupPolicy": "open",
    }
    return {
        "channels": {"imessage": phone_section},
        "agents": {"defaults": {"model": {"primary": model}}},
        "messages": {"groupChat": {"mentionPatterns": [_CALLED]}},
        "session": {"dmScope": "per-channel-peer"},
        "gateway": {"port": port},
    }


def _clear(directory: Path, state_dir: Path) -> None:
    """Empty a directory that an earlier demonstration made; nothing else is ever deleted."""
    if directory.exists() and any(directory.iterdir()):
        if not (directory / _MARK).is_file():
            raise StageFailed(
                f"{directory} holds something else; name an empty directory in OPENCLAW_DEMO_DIR"
            )
        with lock_state(state_dir):
            pass
        shutil.rmtree(directory)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    (directory / _MARK).touch()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(stage: Stage) -> None:
    """Wait until the phone is connected: what is said before that counts as old, and is never answered."""
    deadline = time.monotonic() + READY_S
    last = ""
    while time.monotonic() < deadline:
        stage.check()
        ready, last = _ready(stage.port)
        if ready:
            return
        time.sleep(_LOOK_S)
    raise StageFailed(
        f"the gateway was not ready within {READY_S:g} seconds ({last}); its log is {stage.log}"
    )


def _ready(port: int) -> tuple[bool, str]:
    # A proxy of the environment has no business with an address of this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/readyz", timeout=1.0) as response:
            return bool(json.load(response)["ready"]), ""
    except (OSError, urllib.error.URLError, ValueError, KeyError) as error:
        return False, str(error)


def _stop(child: subprocess.Popen[bytes]) -> None:
    """End the gateway; what it started ends with it, since its children read a pipe that closes."""
    # A second Ctrl-C must not leave half of it running.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_STOP_S)
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    finally:
        signal.signal(signal.SIGINT, before)
