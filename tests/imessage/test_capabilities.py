"""What a release of imsg can do: a table of releases, and what its status report adds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.imessage.phones import simulated

from openclaw.domain.bridge import NO_BRIDGE, Bridge
from openclaw.imessage.capabilities import Ability, bridge_of, capabilities, parse_report, read_capabilities
from openclaw.imessage.command import imsg_command

YES, NO, HELPER = Ability.YES, Ability.NO, Ability.NEEDS_HELPER
# release: send files, read tapbacks, typing indicator, send tapbacks, read in pages (imsg contract 1.5, 1.10)
RELEASES = {
    (0, 3, 0): (NO, NO, NO, NO, NO),
    (0, 4, 0): (YES, NO, NO, NO, NO),
    (0, 5, 0): (YES, YES, NO, NO, NO),
    (0, 7, 3): (YES, YES, HELPER, NO, NO),
    (0, 9, 0): (YES, YES, HELPER, HELPER, NO),
    (0, 14, 0): (YES, YES, HELPER, HELPER, YES),
}
NAMES = ("send files", "read tapbacks", "typing indicator", "send tapbacks", "read in pages by row")


@pytest.mark.parametrize(("version", "expected"), RELEASES.items())
def test_a_release_can_what_it_could(version, expected):
    """Without a report nothing that needs the helper is promised."""
    found = capabilities(version, {}).abilities
    assert tuple(found[name] for name in NAMES) == expected
    assert found["send text"] is YES


def test_the_report_decides_about_the_helper_and_about_methods():
    """advanced_features says that the helper runs, rpc_methods which requests there are."""
    helped = {"advanced_features": True, "rpc_methods": ["send", "typing", "read", "tapback"]}
    found = capabilities((0, 9, 0), helped)
    assert (found.abilities["typing indicator"], found.abilities["edit and unsend"]) == (YES, NO)
    assert found.methods == ("send", "typing", "read", "tapback")


def test_an_unknown_release_promises_nothing():
    """imsg that cannot be asked."""
    assert set(capabilities(None, {}).abilities.values()) == {Ability.UNKNOWN}


@given(st.text())
def test_any_output_is_a_report(output: str):
    """Old releases print help, and wrappers print banners."""
    capabilities((0, 9, 0), parse_report(output))


@pytest.mark.parametrize("version", ["0.3.0", "0.5.0", "0.9.0", "0.14.0"])
async def test_an_installed_imsg_is_asked(tmp_path: Path, version: str):
    """Its version, and from 0.6 on its status; the database need not be there."""
    cli, _ = simulated(tmp_path, version)
    found = await read_capabilities(imsg_command(cli, "/nowhere/chat.db", None), 30)
    assert found.version == version
    assert bool(found.methods) is (version in ("0.9.0", "0.14.0"))


ALL = ["typing", "read", "tapback", "send.rich", "message.edit", "message.unsend"]


@pytest.mark.parametrize(
    ("version", "report", "expected"),
    [
        ((0, 9, 0), {"v2_ready": True, "rpc_methods": ALL}, Bridge(*[True] * 6)),
        ((0, 7, 3), {"advanced_features": True, "rpc_methods": ALL}, Bridge(typing=True, read=True)),
        (
            (0, 9, 0),
            {"v2_ready": True, "rpc_methods": ["read", "message.edit"]},
            Bridge(read=True, edit=True),
        ),
        ((0, 9, 0), {"rpc_methods": ALL}, NO_BRIDGE),
        ((0, 9, 0), {"v2_ready": True}, NO_BRIDGE),
        (None, {"v2_ready": True, "rpc_methods": ALL}, NO_BRIDGE),
    ],
)
def test_a_bridge_needs_a_helper_a_release_and_a_name(version, report, expected):
    """What imsg does not name itself, or what no helper serves, is hidden (issue)."""
    assert bridge_of(capabilities(version, report)) == expected
