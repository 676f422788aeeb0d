"""`openclaw channels capabilities`: by account, in bounded time."""

from __future__ import annotations

import sys

from openclaw.simulator import phone

from .conftest import Installation


def test_each_account_tells_what_its_imsg_can(installation: Installation):
    """Kinds of chats, actions, and imsg by its release and its own status (facts J.2)."""
    program = installation.home / "imsg"
    program.write_text(
        f'#!/bin/sh\nIMSG_SIMULATOR_AS=0.9.0 exec "{sys.executable}" -m openclaw.simulator.imsg "$@"\n'
    )
    program.chmod(0o700)
    database = phone.create_database(installation.home / "chat.db")
    accounts = {
        "works": {"cliPath": str(program), "dbPath": str(database)},
        "broken": {"cliPath": "/nowhere/imsg"},
    }
    installation.configure({"channels": {"imessage": {"accounts": accounts}}})
    ran = installation.run("channels", "capabilities", "--json")
    broken, works = ran.json["accounts"]
    assert ran.code == 1
    assert (broken["probe"], broken["version"]) == ("failed", None)
    assert (works["probe"], works["support"]) == ("ok", {"chatTypes": ["direct", "group"], "media": True})
    assert works["imsg"]["send text"] == "yes"
    assert works["imsg"]["typing indicator"] == "needs the helper"
    assert "send" in works["rpcMethods"]
    alone = installation.run("channels", "capabilities", "--channel", "imessage", "--account", "works")
    assert (alone.code, "Support: chatTypes=direct,group media" in alone.out) == (0, True)
    assert installation.run("channels", "capabilities", "--account", "nobody").code == 1


def test_an_imsg_that_hangs_ends_in_time(installation: Installation):
    """One account's trouble is told, and the command ends."""
    program = installation.home / "imsg"
    program.write_text("#!/bin/sh\nexec sleep 600\n")
    program.chmod(0o700)
    installation.configure({"channels": {"imessage": {"cliPath": str(program)}}})
    ran = installation.run("channels", "capabilities", "--timeout", "300", "--json")
    assert (ran.code, ran.json["accounts"][0]["probe"]) == (1, "unavailable")
