"""`openclaw init` for a Mac that is another machine: the wrapper that it writes."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

from click.testing import CliRunner
from tests.waiting import BOUND_S

from openclaw.cli.init import command
from openclaw.config.load import load_config
from openclaw.config.locations import locate

NO_KEYS = {"ANTHROPIC_API_KEY": None, "OPENAI_API_KEY": None, "OPENROUTER_API_KEY": None}


def test_a_remote_mac_gets_a_wrapper(tmp_path: Path) -> None:
    """The page's wrapper is written into the state directory, for its owner to run (requirements, remote Mac)."""
    environ = {
        **NO_KEYS,
        "HOME": str(tmp_path),
        "OPENCLAW_STATE_DIR": "",
        "OPENCLAW_CONFIG_PATH": "",
        "PATH": "/nowhere",
    }
    flags = ["--yes", "--remote", "bot@mac-mini.invalid", "--agent", "none"]
    result = CliRunner().invoke(command, flags, env=environ)
    assert result.exit_code == 0, result.output
    wrapper = tmp_path / ".openclaw" / "scripts" / "imsg-ssh"
    assert " bot@mac-mini.invalid " in wrapper.read_text()
    assert wrapper.read_text().endswith(' imsg "$@"\n')
    assert stat.S_IMODE(wrapper.stat().st_mode) == 0o700
    known = {"HOME": str(tmp_path)}
    channel = load_config(locate(known), known).config.channels.imessage
    assert (channel.cli_path, channel.remote_host) == (str(wrapper), "bot@mac-mini.invalid")


def test_a_wrapper_finds_imsg_where_homebrew_puts_it(tmp_path: Path) -> None:
    """The far shell gets one command line that works without a profile: tried with an `ssh` that runs it here."""
    ssh = tmp_path / "ssh"
    ssh.write_text(
        '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift 2\nPATH=/usr/bin:/bin exec sh -c "$*"\n'
    )
    ssh.chmod(0o700)
    environ = {**NO_KEYS, "HOME": str(tmp_path), "OPENCLAW_STATE_DIR": "", "OPENCLAW_CONFIG_PATH": ""}
    CliRunner().invoke(command, ["--yes", "--remote", "bot@mac.invalid", "--agent", "none"], env=environ)
    wrapper = tmp_path / ".openclaw" / "scripts" / "imsg-ssh"
    wrapper.write_text(wrapper.read_text().replace(" imsg ", " printenv "))
    ended = subprocess.run(
        [wrapper, "PATH"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
        timeout=BOUND_S,
    )
    assert ended.stdout == "/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin\n"
