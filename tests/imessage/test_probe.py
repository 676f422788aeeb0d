"""What a look from outside finds, one test for each answer that it can give."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.imessage.phones import behave, program, scripted, simulated

from openclaw.domain.health import ProbeCode
from openclaw.imessage.probe import lacks_rpc, probe_phone
from openclaw.jsonrpc.brief import Outcome
from openclaw.simulator.phone import say

ORDINARY = "for request in requests(): ordinary(request)"


async def test_a_phone_that_works_is_told_with_its_version_and_latency(tmp_path: Path) -> None:
    """The requirements' ``channels status --probe``."""
    cli, db = simulated(tmp_path, "0.9.0")
    said = say(db, "+15550100001", "hello")

    probe = await probe_phone(cli, db)

    assert (probe.code, probe.version, probe.newest_row) == (ProbeCode.WORKS, "0.9.0", said.row_id)
    assert probe.latency_ms is not None
    assert probe.latency_ms > 0


async def test_a_missing_program_is_told_with_its_path(tmp_path: Path) -> None:
    """Also one that is there and cannot be run."""
    absent = await probe_phone(str(tmp_path / "imsg"), None)
    (tmp_path / "plain").write_text("no program")
    plain = await probe_phone(str(tmp_path / "plain"), None)

    assert (absent.code, plain.code) == (ProbeCode.IMSG_NOT_FOUND, ProbeCode.IMSG_NOT_FOUND)
    assert str(tmp_path / "imsg") in absent.detail
    assert absent.fix


async def test_an_imsg_without_rpc_needs_an_update(tmp_path: Path) -> None:
    """0.2 shows its root help and exit code 0 (imsg contract 2)."""
    cli = program(
        tmp_path / "imsg", '#!/bin/sh\n[ "$1" = --version ] && echo 0.2.1 && exit\necho "imsg 0.2.1"\n'
    )

    probe = await probe_phone(cli, None)

    assert (probe.code, probe.version) == (ProbeCode.RPC_UNSUPPORTED, "0.2.1")
    assert "pdate imsg" in probe.fix


@pytest.mark.parametrize("release", ["0.3.0", "0.7.0", "0.8.2", "0.14.0"])
async def test_a_missing_permission_is_recognised_in_every_release(tmp_path: Path, release: str) -> None:
    """All forms of the banner (imsg contract 1.9)."""
    cli, db = simulated(tmp_path, release)
    behave(db, {"kind": "permission-denied"})

    probe = await probe_phone(cli, db)

    assert (probe.code, probe.version) == (ProbeCode.PERMISSION_DENIED, release)
    assert "Full Disk Access" in probe.fix


async def test_a_missing_database_is_no_missing_permission(tmp_path: Path) -> None:
    """The banner is the same; the path is not there."""
    cli, _ = simulated(tmp_path)

    probe = await probe_phone(cli, str(tmp_path / "nowhere" / "chat.db"))

    assert probe.code is ProbeCode.DATABASE_MISSING
    assert "nowhere" in probe.detail


async def test_the_same_words_from_another_machine_stay_a_permission(tmp_path: Path) -> None:
    """Its files cannot be seen from here."""
    cli, _ = simulated(tmp_path)

    probe = await probe_phone(cli, str(tmp_path / "nowhere" / "chat.db"), "mac")

    assert probe.code is ProbeCode.PERMISSION_DENIED


async def test_a_phone_that_says_nothing_does_not_respond(tmp_path: Path) -> None:
    """After the limit, with the method that was not answered."""
    probe = await probe_phone(scripted(tmp_path, "sys.stdin.read()"), None, limit=0.5)

    assert probe.code is ProbeCode.NOT_RESPONDING
    assert "chats.list" in probe.detail


async def test_a_wrapper_that_buffers_is_told_as_such(tmp_path: Path) -> None:
    """Lines held back until the input ends look like an outage (demand E8)."""
    cli = scripted(tmp_path, ORDINARY)
    hold = (
        f"import subprocess, sys; said = subprocess.run([{cli!r}, *sys.argv[1:]], stdout=-1).stdout.decode()"
    )
    hold += "; sys.stdout.write(said)"
    wrapper = program(tmp_path / "wrapper", f'#!/bin/sh\nexec {sys.executable} -S -c "{hold}" "$@"\n')

    probe = await probe_phone(wrapper, None, limit=1.0)

    assert probe.code is ProbeCode.WRAPPER_BUFFERS
    assert "buffers" in probe.detail


async def test_a_wrapper_whose_connection_fails_is_told_with_its_words(tmp_path: Path) -> None:
    """A refused login is neither a permission of the Mac nor an old imsg."""
    cli = program(tmp_path / "imsg-ssh", "#!/bin/sh\necho 'Permission denied (publickey).' >&2\nexit 255\n")

    probe = await probe_phone(cli, None)

    assert probe.code is ProbeCode.NOT_RESPONDING
    assert "publickey" in probe.detail


async def test_a_wrapper_that_finds_no_imsg_there_says_so(tmp_path: Path) -> None:
    """The shell at the other end knows no imsg."""
    cli = program(tmp_path / "imsg-ssh", "#!/bin/sh\necho 'zsh:1: command not found: imsg' >&2\nexit 127\n")

    assert (await probe_phone(cli, None)).code is ProbeCode.IMSG_NOT_FOUND


async def test_a_shell_that_finds_no_program_says_so_in_any_language(tmp_path: Path) -> None:
    """Shells exit with 127 then, whatever their words are (POSIX, sh)."""
    cli = program(tmp_path / "imsg-ssh", "#!/bin/sh\necho 'sh: imsg: nicht gefunden' >&2\nexit 127\n")

    probe = await probe_phone(cli, None)

    assert probe.code is ProbeCode.IMSG_NOT_FOUND
    assert "nicht gefunden" in probe.detail


async def test_a_program_that_may_not_be_run_is_to_be_made_executable(tmp_path: Path) -> None:
    """It is there, so installing it again would not help."""
    cli = program(tmp_path / "imsg", "#!/bin/sh\n")
    Path(cli).chmod(0o600)

    probe = await probe_phone(cli, None)

    assert probe.code is ProbeCode.IMSG_NOT_FOUND
    assert "chmod +x" in probe.fix


async def test_the_banner_of_a_missing_permission_is_told_once_and_in_its_order(tmp_path: Path) -> None:
    """Error and stderr both carry its last line (issue 2, part 3)."""
    said = "echo 'Permission Error: cannot open it' >&2; echo 'Grant Full Disk Access' >&2; exit 1"
    cli = program(tmp_path / "imsg", f"#!/bin/sh\n{said}\n")

    probe = await probe_phone(cli, None)

    assert probe.detail.endswith("database: Permission Error: cannot open it Grant Full Disk Access")


@pytest.mark.parametrize(
    ("outcome", "lacks"),
    [
        (Outcome("imsg rpc\nServe\n  --db PATH", exit_code=0), False),
        (Outcome("Options:\n --db PATH of rpc", exit_code=0), False),
        (Outcome("imsg 0.2.1\nCommands: chats, history", exit_code=0), True),
        (Outcome('Error: unknown command "rpc" for "imsg"', exit_code=1), True),
        (Outcome("USAGE: tool <subcommand>", exit_code=0), True),
        (Outcome("Welcome to the Mac", exit_code=0), False),
        (Outcome("", exit_code=0), False),
        (Outcome("out of memory", exit_code=1), False),
        (Outcome(), False),
    ],
)
def test_the_help_proves_support_only_by_its_words(outcome: Outcome, lacks: bool) -> None:
    """Exit code 0 does not prove support (imsg contract 2)."""
    assert lacks_rpc(outcome) is lacks
