"""What keeps messages from being heard or answered at this moment; said beside every explanation.

A message that never came has no story: whoever asks for it is told why none can come.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from openclaw.cli.output import local_time
from openclaw.cli.reach import ask_gateway, here
from openclaw.cli.status import sending_remark
from openclaw.control.address import running_gateway

Hindrance = dict[str, str]
"""``about`` names the part, ``says`` what is wrong with it, ``fix`` what helps ("" where ``says`` has it)."""


def hindrances() -> list[Hindrance]:
    """Everything that is in the way now, of the gateway, its configuration, its ledger and its phones.

    Raises:
        ControlUnreachable: a gateway runs and does not answer.
    """
    locations = here()
    if gateway := running_gateway(locations.state_dir):
        return list(_of_running(ask_gateway(gateway, "/api/status")))
    from openclaw.cli import without_gateway

    found = [_hindrance("gateway", "none runs, so nothing is heard and nothing answered", "openclaw gateway")]
    return [*found, *_of_configuration(without_gateway.status(locations, os.environ)["config"])]


def _of_running(status: dict[str, Any]) -> Iterator[Hindrance]:
    yield from _of_configuration(status["config"])
    if ledger := status.get("ledger"):
        yield _hindrance("ledger", ledger["cause"], ledger["fix"])
    accounts, everything = status["accounts"], status["work"].get("paused")
    if everything:
        yield _hindrance("gateway", "everything is paused, so nothing is answered", "openclaw resume")
    if not any(one["enabled"] for one in accounts):
        fix = "set channels.imessage.enabled to true, or make a section: openclaw init"
        yield _hindrance("phones", "no account is enabled, so nothing is heard", fix)
    for one in accounts:
        if not one["enabled"]:
            continue
        about = f"account {one['accountId']}"
        if not one["connected"]:
            cause = f": {one['cause']}" if one["cause"] else ""
            yield _hindrance(about, f"{one['state']} since {local_time(one['since'])}{cause}")
        if one.get("paused") and not everything:
            fix = f"openclaw resume --account {one['accountId']}"
            yield _hindrance(about, "is paused, so nothing is answered there", fix)
        if remark := sending_remark(one):
            yield _hindrance(about, remark)


def _of_configuration(config: dict[str, Any]) -> Iterator[Hindrance]:
    refused = (
        "an edit is refused, and what ran before goes on" if config.get("refusedAt") else "cannot be used"
    )
    for issue in config["issues"]:
        what = f"{issue['path']} {issue['message']}".strip()
        yield _hindrance("configuration", f"{refused}: {what}", issue.get("fix", ""))


def _hindrance(about: str, says: str, fix: str = "") -> Hindrance:
    return {"about": about, "says": says, "fix": fix}
