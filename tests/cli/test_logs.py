"""`openclaw logs` and `channels logs`: over files as the gateway writes them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from tests.waiting import BOUND_S

from .conftest import Installation


def line(event: str, **fields: object) -> str:
    base = {"event": event, "level": "info", "logger": "openclaw.app", "timestamp": "2026-03-01T10:00:00Z"}
    return json.dumps(base | fields)


def write(installation: Installation, *lines: str, day: str = "2026-03-01") -> Path:
    folder = installation.state_dir / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"openclaw-{day}.log"
    with path.open("a") as file:
        file.writelines(f"{one}\n" for one in lines)
    return path


def test_without_a_log_that_is_said(installation: Installation):
    """Nothing on standard output, and no failure."""
    ran = installation.run("logs")
    assert (ran.code, ran.out) == (0, "")
    assert "There is no log yet" in ran.err


def test_the_newest_lines_are_shown(installation: Installation):
    """As many as asked for, filtered, for a person or as they stand (facts J.5)."""
    write(installation, *(line(f"event.{number}") for number in range(300)))
    write(installation, line("gateway.ready", accounts=2), line("it.broke", level="error"), day="2026-03-02")
    ran = installation.run("logs")
    assert len(ran.out.splitlines()) == 200
    assert ran.out.splitlines()[-2] == "2026-03-01T10:00:00.000Z info openclaw.app gateway.ready accounts=2"
    assert installation.run("logs", "--level", "error").out.count("\n") == 1
    assert installation.run("logs", "--grep", "READY").out.count("\n") == 1
    told = installation.run("logs", "--limit", "1", "--json").out
    assert json.loads(told)["event"] == "it.broke"


def test_what_a_stranger_put_into_the_log_moves_no_cursor(installation: Installation):
    """Chat names come from outside."""
    write(installation, line("chat", name="\x1b[2Jboo"), "\x1b[2Jplain")
    assert "\x1b" not in installation.run("logs").out
    assert all(json.loads(one) for one in installation.run("logs", "--json").out.splitlines())


def test_a_broken_configuration_hides_no_log(installation: Installation):
    """Then the log is needed most."""
    write(installation, line("gateway.stopped"))
    installation.configure("{gateway: {port: 0}}")
    assert "gateway.stopped" in installation.run("logs").out


def test_a_configured_file_is_read(installation: Installation):
    """logging.file (A.16)."""
    path = installation.home / "claw.log"
    path.write_text(line("from.elsewhere") + "\n")
    installation.configure({"logging": {"file": str(path)}})
    assert "from.elsewhere" in installation.run("logs").out


async def test_a_log_is_followed_until_ctrl_c(installation: Installation):
    """Over a change of file, in a process of its own (issue: logs --follow)."""
    write(installation, line("before"))
    environ = {name: text for name, text in os.environ.items() if name not in installation.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "openclaw", "logs", "--follow", "--interval", "20",
        env=environ | {"HOME": str(installation.home)}, stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    async with asyncio.timeout(BOUND_S):
        assert b" before" in await process.stdout.readline()
        write(installation, line("after"))
        assert b" after" in await process.stdout.readline()
        write(installation, line("tomorrow"), day="2026-03-02")
        assert b" tomorrow" in await process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert (await process.communicate(), process.returncode) == ((b"", b""), 0)


def test_the_channel_s_part_of_the_log(installation: Installation):
    """By the subsystem, or by the account that it is about; JSON as in facts J.2."""
    path = write(
        installation,
        line("gateway.ready"),
        line("watch.live", logger="openclaw.imessage", account="home"),
        line("turn.failed", logger="openclaw.turns", account="work"),
    )
    ran = installation.run("channels", "logs", "--json")
    assert (ran.json["file"], ran.json["channel"]) == (str(path), "all")
    assert [one["message"] for one in ran.json["lines"]] == ["watch.live", "turn.failed"]
    assert ran.json["lines"][0]["subsystem"] == "openclaw.imessage"
    only = installation.run("channels", "logs", "--channel", "imessage", "--account", "work", "--lines", "5")
    assert (only.out.count("\n"), "turn.failed" in only.out) == (1, True)
    assert (
        installation.run("channels", "logs", "--account", "nobody").out == "The log says nothing about it.\n"
    )
