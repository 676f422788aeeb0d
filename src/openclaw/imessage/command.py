"""The command lines of imsg for one account. Nothing here runs them."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

from openclaw.config.locations import user_path
from openclaw.config.remote_host import RemoteHost
from openclaw.config.wrapper import Unclear, remote_of
from openclaw.imessage.ports import PhoneAccount

_DEFAULT_DATABASE = "~/Library/Messages/chat.db"


@dataclass(frozen=True, slots=True)
class ImsgCommand:
    """imsg, or a wrapper for it, and the database that it shall read.

    ``remote`` is the machine that a wrapper leads to, or why its text does not say which.
    """

    cli_path: str
    db_path: str | None
    is_remote: bool
    remote: RemoteHost | Unclear | None = None

    @property
    def executable(self) -> str:
        """The program to run, with a leading ``~`` expanded: it is on this machine in any case."""
        return os.path.expanduser(self.cli_path)

    def rpc(self) -> list[str]:
        """The long-lived child."""
        return [self.executable, "rpc", *self._database()]

    def with_arguments(self, *arguments: str) -> list[str]:
        """A command that ends by itself."""
        return [self.executable, *arguments]

    @property
    def host(self) -> RemoteHost | None:
        """The other machine, ``None`` where none is known."""
        return self.remote if isinstance(self.remote, RemoteHost) else None

    def missing_database(self) -> str | None:
        """The path of the database when it is certain that this machine should have it and has not."""
        if self.is_remote or (self.db_path is None and sys.platform != "darwin"):
            return None
        path = user_path(self.db_path or _DEFAULT_DATABASE)
        try:
            path.stat()
        except FileNotFoundError:
            return str(path)
        except OSError:
            pass  # a refused look is no proof of absence
        return None

    def _database(self) -> list[str]:
        if not self.db_path:
            return []
        # A path on another machine means that machine's home directory; imsg expands it there.
        return ["--db", self.db_path if self.is_remote else os.path.expanduser(self.db_path)]


def imsg_command(cli_path: str, db_path: str | None, remote_host: str | None) -> ImsgCommand:
    """The command for these settings; without ``remote_host`` a wrapper script is asked where it leads to."""
    remote = remote_of(cli_path, remote_host)
    return ImsgCommand(cli_path, db_path, remote is not None, remote)


def command_of(account: PhoneAccount) -> ImsgCommand:
    """The command that serves ``account``."""
    return imsg_command(account.cli_path, account.db_path, account.remote_host)
