"""How the machine behind a wrapper is reached from here: one attempt to log in, with nobody to answer a question."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from openclaw.config.accounts import AccountConfig
from openclaw.config.wrapper import detect_remote_host
from openclaw.doctor.checks.remote import SSH_OPTIONS, Login, RemoteFacts
from openclaw.doctor.visit import Visit
from openclaw.imessage.command import command_of
from openclaw.jsonrpc.brief import run_briefly

# A wrapper is a few lines; what is longer is a program.
_LONGEST_WRAPPER = 64 * 1024
_SSH = re.compile(rb"^[^#\n]*\bssh\b", re.MULTILINE)
# ssh itself gives up after ten seconds of trying to connect; a login behind it takes a second or two.
_LOGIN_S = 15.0


async def remote(visit: Visit, account: AccountConfig) -> RemoteFacts | None:
    """``None`` for an account whose imsg is on this machine, as far as can be seen."""
    command = command_of(account)
    if not command.is_remote and not _speaks_of_ssh(command.executable):
        return None
    derived = detect_remote_host(account.cli_path)
    host = account.remote_host or derived
    return RemoteFacts(
        account.id,
        visit.place_of(account),
        command.executable,
        _wrapper_problem(command.executable),
        account.remote_host,
        derived,
        await _login(host) if host else None,
        has_scp=shutil.which("scp") is not None,
        wants_files=account.include_attachments,
    )


def _speaks_of_ssh(path: str) -> bool:
    """Whether a script in the place of imsg leads over SSH to a machine that its text does not show."""
    try:
        with Path(path).open("rb") as file:
            text = file.read(_LONGEST_WRAPPER)
    except (OSError, ValueError):
        return False
    return text.startswith(b"#!") and _SSH.search(text) is not None


async def _login(host: str) -> Login:
    if shutil.which("ssh") is None:
        return Login(127, "there is no ssh in PATH; install the OpenSSH client")
    ended = await run_briefly(["ssh", *SSH_OPTIONS, "--", host, "true"], _LOGIN_S)
    return Login(ended.exit_code, ended.failure or ended.stderr or ended.output)


def _wrapper_problem(path: str) -> str:
    """What keeps a wrapper that is named by its path from being used; one found in PATH is left to the probe."""
    if os.sep not in path:
        return "" if shutil.which(path) else "is not in PATH"
    wrapper = Path(path)
    if not wrapper.exists():
        return "is not there"
    if not os.access(wrapper, os.R_OK):
        return "cannot be read"
    return "" if os.access(wrapper, os.X_OK) else "is not executable"
