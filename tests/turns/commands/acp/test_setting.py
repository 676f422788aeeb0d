"""What /acp sets: kept, bounded, passed on, and whose it is to set."""

from __future__ import annotations

import pytest

from openclaw.domain.acp import AcpOptions
from openclaw.store import Ledger

from ..house import OTHER, OWNER, in_group
from .programs import Programs, outside, sessions_of

KEPT = [
    ("model gpt-5", AcpOptions(model="gpt-5"), ("model", "gpt-5")),
    ("timeout 90", AcpOptions(timeout_s=90), None),
    ("set timeout_seconds 90", AcpOptions(timeout_s=90), None),
    ("set reasoning_effort high", AcpOptions(thinking="high"), ("thought_level", "high")),
    ("set-mode code", AcpOptions(mode="code"), ("mode", "code")),
    ("permissions deny-all", AcpOptions(permissions="deny-all"), None),
    ("set approval_policy ask", AcpOptions(permissions="ask"), None),
    ("set web.search on", AcpOptions(extras={"web.search": "on"}), ("web.search", "on")),
    ("cwd /srv/work", AcpOptions(cwd="/srv/work"), None),
]


@pytest.mark.parametrize(("said", "options", "passed"), KEPT)
async def test_what_is_set_is_kept_and_passed_on(
    ledger: Ledger, said: str, options: AcpOptions, passed: tuple[str, str] | None
) -> None:
    """The aliases of behaviour facts H.2; a running agent hears of what is its own."""
    programs = Programs(ledger)
    async with outside(ledger, programs=programs) as rig:
        await rig.hear(in_group(1, "/acp spawn codex --bind here"))
        await rig.phone.texts(1)
        await rig.hear(in_group(2, f"/acp {said}"))
        texts = await rig.phone.texts(2)
        [session] = await sessions_of(ledger)
        await rig.hear(in_group(3, "/acp reset-options"))
        await rig.phone.texts(3)

    [after] = await sessions_of(ledger)
    assert texts[1].startswith("✅")
    assert session.options == options
    assert [told[1:] for told in programs.told] == ([passed] if passed else [])
    assert after.options == AcpOptions()
    assert (programs.restarts, programs.running) == ([session.key], {})
    assert session.cwd == (options.cwd or after.cwd)


@pytest.mark.parametrize(
    "said",
    [
        "timeout 0",
        "timeout 86401",
        f"timeout {'9' * 5000}",
        "timeout soon",
        "timeout ٣",
        f"model {'x' * 201}",
        f"set-mode {'x' * 65}",
        f"set key {'x' * 513}",
        f"set {'k' * 65} value",
        "set -key value",
        "set key",
        "model",
        "permissions everything",
        "cwd relative",
        f"cwd /{'x' * 4096}",
    ],
)
async def test_what_cannot_be_set_changes_nothing(ledger: Ledger, said: str) -> None:
    """The bounds of behaviour facts H.2."""
    async with outside(ledger) as rig:
        await rig.hear(in_group(1, "/acp spawn codex --bind here"))
        await rig.phone.texts(1)
        [before] = await sessions_of(ledger)
        await rig.hear(in_group(2, f"/acp {said}"))
        texts = await rig.phone.texts(2)

    [after] = await sessions_of(ledger)
    assert texts[1].startswith(("⚠️", "ACP error (ACP_INVALID_RUNTIME_OPTION)"))
    assert (after.options, after.cwd) == (before.options, before.cwd)


@pytest.mark.parametrize(
    ("said", "owners"),
    [
        ("model gpt-5", False),
        ("timeout 3600", False),
        ("timeout 3601", True),
        ("set timeout 3601", True),
        ("set thinking high", False),
        ("set model gpt-5", False),
        ("set-mode bypassPermissions", True),
        ("set mode bypassPermissions", True),
        ("set web.search on", True),
        ("set cwd /srv", True),
        ("set approval_policy approve-all", True),
        ("set permission_profile approve-all", True),
        ("permissions approve-all", True),
        ("cwd /srv", True),
    ],
)
@pytest.mark.parametrize("sender", [OWNER, OTHER])
async def test_what_widens_an_agents_reach_is_the_owners(
    ledger: Ledger, said: str, owners: bool, sender: str
) -> None:
    """Decision 027, as a table."""
    async with outside(ledger) as rig:
        await rig.hear(in_group(1, "/acp spawn codex --bind here", OTHER))
        await rig.phone.texts(1)
        await rig.hear(in_group(2, f"/acp {said}", sender))
        texts = await rig.phone.texts(2)

    refused = owners and sender == OTHER
    assert (texts[1] == "⚠️ That is the owner's to set.") is refused
    [session] = await sessions_of(ledger)
    assert (session.options == AcpOptions()) is refused


async def test_what_the_owner_set_stays_when_somebody_else_takes_back(ledger: Ledger) -> None:
    """Else a narrow permission could be widened by taking it back."""
    async with outside(ledger) as rig:
        for row, said, sender in (
            (1, "/acp spawn codex --bind here", OWNER),
            (2, "/acp permissions deny-all", OWNER),
            (3, "/acp model gpt-5", OTHER),
            (4, "/acp reset-options", OTHER),
        ):
            await rig.hear(in_group(row, said, sender))
            await rig.phone.texts(row)

    [session] = await sessions_of(ledger)
    assert session.options == AcpOptions(permissions="deny-all")


async def test_a_running_agent_that_does_not_take_it_is_told_of(ledger: Ledger) -> None:
    """It is kept for the next start."""
    programs = Programs(ledger, deaf=True)
    async with outside(ledger, programs=programs) as rig:
        await rig.hear(in_group(1, "/acp spawn codex --bind here"))
        await rig.phone.texts(1)
        await rig.hear(in_group(2, "/acp model gpt-5"))
        texts = await rig.phone.texts(2)

    [session] = await sessions_of(ledger)
    assert "ACP_BACKEND_UNSUPPORTED_CONTROL" in texts[1]
    assert session.options.model == "gpt-5"
