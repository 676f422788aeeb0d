"""The command lines of imsg."""

from __future__ import annotations

import os
from pathlib import Path

from tests.imessage.phones import Account

from openclaw.imessage.command import command_of, imsg_command


def test_the_database_is_named_only_when_it_is_configured() -> None:
    """imsg has a default of its own."""
    assert command_of(Account("imsg")).rpc() == ["imsg", "rpc"]
    assert command_of(Account("imsg", "/x/chat.db")).rpc() == ["imsg", "rpc", "--db", "/x/chat.db"]


def test_a_home_directory_is_expanded_on_the_machine_that_it_belongs_to() -> None:
    """Paths of a remote account are never expanded here (design 5); the program itself is always ours."""
    local, remote = Account("~/bin/imsg", "~/chat.db"), Account("~/bin/imsg", "~/chat.db", remote_host="mac")

    assert command_of(local).rpc() == [
        os.path.expanduser("~/bin/imsg"),
        "rpc",
        "--db",
        os.path.expanduser("~/chat.db"),
    ]
    assert command_of(remote).rpc()[-1] == "~/chat.db"


def test_a_wrapper_that_leads_elsewhere_makes_the_account_remote(tmp_path: Path) -> None:
    """Without ``remoteHost`` the wrapper is asked (requirements, deployment patterns)."""
    wrapper = tmp_path / "imsg-ssh"
    wrapper.write_text('#!/bin/sh\nexec ssh -T mac imsg "$@"\n')

    assert imsg_command(str(wrapper), "~/chat.db", None).rpc()[-1] == "~/chat.db"


def test_a_database_is_missing_only_where_it_should_be(tmp_path: Path) -> None:
    """Nothing is known about the other machine, nor about imsg's default away from a Mac."""
    absent = str(tmp_path / "chat.db")

    assert imsg_command("imsg", absent, None).missing_database() == absent
    assert imsg_command("imsg", absent, "mac").missing_database() is None
    assert imsg_command("imsg", "~nobodyhere/chat.db", None).missing_database() == "~nobodyhere/chat.db"
    (tmp_path / "chat.db").touch()
    assert imsg_command("imsg", absent, None).missing_database() is None
