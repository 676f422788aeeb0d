"""How the machine behind a wrapper is reached from here: one attempt to log in, with nobody to answer a question."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from openclaw.config.accounts import AccountConfig
from openclaw.config.remote_host import RemoteHost
from openclaw.config.wrapper import Unclear, detect_remote_host
from openclaw.doctor.checks.remote import Login, RemoteFacts
from openclaw.doctor.visit import Visit
from openclaw.imessage.command import command_of
from openclaw.imessage.files_look import look_at_files
from openclaw.imessage.ssh import Ssh
from openclaw.jsonrpc.brief import run_briefly

# ssh itself gives up after ten seconds of trying to connect; a login behind it takes a second or two.
_LOGIN_S = 15.0


async def remote(visit: Visit, account: AccountConfig) -> RemoteFacts | None:
    """``None`` for an account whose imsg is on this machine, as far as can be seen."""
    command = command_of(account)
    if command.remote is None:
        return None
    host = command.host
    login = await _login(host) if host else None
    return RemoteFacts(
        account.id,
        visit.place_of(account),
        command.executable,
        _wrapper_problem(command.executable),
        account.remote_host,
        detect_remote_host(account.cli_path),
        host,
        login,
        wants_files=account.include_attachments,
        unclear=command.remote.reason if isinstance(command.remote, Unclear) else "",
        files=await look_at_files(host, _LOGIN_S) if login and login.exit_code == 0 else None,
    )


async def _login(host: RemoteHost) -> Login:
    if shutil.which("ssh") is None:
        return Login(127, "there is no ssh in PATH; install the OpenSSH client (apt install openssh-client)")
    ended = await run_briefly(Ssh(host).run("true"), _LOGIN_S)
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
