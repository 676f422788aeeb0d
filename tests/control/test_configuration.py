"""The two requests about the configuration that runs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from openclaw.control.status import status
from openclaw.errors import ConfigIssue

from .conftest import NOW, Caller, Running


async def test_the_files_are_looked_at_on_request(running: Running, caller: Caller) -> None:
    """Whoever edits with nobody watching (``gateway.reload.mode`` off) can have the edit taken."""
    answered = await asyncio.to_thread(caller.send, "POST", "/api/reload", b"{}")
    assert (answered.code, answered.json["valid"], running.asked) == (200, True, ["reload"])


async def test_a_new_start_is_asked_for_and_not_waited_for(running: Running, caller: Caller) -> None:
    """It may be a while until no answer is being written."""
    answered = await asyncio.to_thread(caller.send, "POST", "/api/restart", b"{}")
    assert (answered.code, answered.json, running.asked) == (200, {"restarting": True}, ["restart"])
    assert (await asyncio.to_thread(caller.send, "POST", "/api/restart", b'{"now": true}')).code == 400
    assert (await asyncio.to_thread(caller.send, "GET", "/api/restart")).code == 405
    assert running.asked == ["restart"]


async def test_a_refused_edit_is_shown_with_its_issues(running: Running) -> None:
    """Issue: an invalid edit is said everywhere a person looks."""
    issue = ConfigIssue("channels.imessage.dmPolcy", "is unknown", fix="did you mean dmPolicy?")
    later = NOW + timedelta(minutes=1)
    running.standing = replace(
        running.standing, refused_at=later, issues=(issue,), awaits_restart=("gateway.port",)
    )
    shown = (await status(running.surface()))["config"]
    assert isinstance(shown, dict)
    assert (shown["valid"], shown["awaitsRestart"]) == (False, ["gateway.port"])
    assert [one["path"] for one in shown["issues"]] == ["channels.imessage.dmPolcy"]
