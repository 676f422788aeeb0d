"""What --fix does by itself, each twice without harm."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from tests.doctor.installing import dead_process

from openclaw.control.address import ControlAddress, address_of_the_dead, publish, running_gateway
from openclaw.control.token import kept_token
from openclaw.doctor.repairs import (
    ChangeMode,
    ForgetDead,
    MakeDirectory,
    MakeToken,
    Repair,
    carry_out,
    sentence,
)
from openclaw.errors import RepairFailed


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(("before", "left"), [(0o644, 0o600), (0o777, 0o600), (0o400, 0o400), (0o640, 0o600)])
def test_a_mode_only_ever_loses_rights(tmp_path: Path, before: int, left: int) -> None:
    """What its owner took away on purpose is not given back."""
    path = tmp_path / "file"
    path.touch()
    path.chmod(before)
    carry_out(ChangeMode(path, 0o600))
    carry_out(ChangeMode(path, 0o600))
    assert mode(path) == left


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """What it leads to was not what was looked at."""
    target, link = tmp_path / "target", tmp_path / "link"
    target.touch()
    target.chmod(0o644)
    link.symlink_to(target)
    with pytest.raises(RepairFailed, match="link"):
        carry_out(ChangeMode(link, 0o600))
    assert mode(target) == 0o644


def test_a_directory_is_made_for_its_owner(tmp_path: Path) -> None:
    """With those above it."""
    path = tmp_path / "a" / "b"
    carry_out(MakeDirectory(path))
    carry_out(MakeDirectory(path))
    assert mode(path) == 0o700


def test_only_the_address_of_a_dead_gateway_is_removed(tmp_path: Path) -> None:
    """One that lives keeps its own."""
    publish(ControlAddress(dead_process(), 18789, "", "0.1.0"), tmp_path)
    assert address_of_the_dead(tmp_path)
    carry_out(ForgetDead(tmp_path))
    carry_out(ForgetDead(tmp_path))
    assert list(tmp_path.iterdir()) == []
    living = ControlAddress(os.getpid(), 18789, "", "0.1.0")
    publish(living, tmp_path)
    carry_out(ForgetDead(tmp_path))
    assert running_gateway(tmp_path) == living


def test_a_token_is_made_once(tmp_path: Path) -> None:
    """The second time finds the first one's."""
    carry_out(MakeToken(tmp_path))
    token = kept_token(tmp_path)
    carry_out(MakeToken(tmp_path))
    assert token
    assert kept_token(tmp_path) == token
    assert mode(tmp_path / "gateway.token") == 0o600


@pytest.mark.parametrize(
    "repair",
    [ChangeMode(Path("/nowhere/x"), 0o600), MakeDirectory(Path("/proc/x")), MakeToken(Path("/proc/x"))],
)
def test_a_refusal_of_the_system_says_what_was_wanted(repair: Repair) -> None:
    """One error of ours, with the cause."""
    with pytest.raises(RepairFailed, match="could not "):
        carry_out(repair)


def test_every_repair_has_its_sentence() -> None:
    """It is what a person is asked."""
    path = Path("/state")
    said = [
        sentence(one)
        for one in (ChangeMode(path, 0o600), MakeDirectory(path), ForgetDead(path), MakeToken(path))
    ]
    assert said[0] == "set the mode of /state to 0600"
    assert len(set(said)) == len(said)
