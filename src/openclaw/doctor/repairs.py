"""Repairs: what ``--fix`` may do by itself, as values, and doing one. Each can be done twice without harm.

Only what loses nothing and widens nothing is a repair; the rest is told, and left to a person.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from openclaw.control.address import forget_dead
from openclaw.control.token import gateway_token
from openclaw.errors import RepairFailed


@dataclass(frozen=True, slots=True)
class ChangeMode:
    """Take rights away from ``path``, so that ``mode`` is left."""

    path: Path
    mode: int


@dataclass(frozen=True, slots=True)
class MakeDirectory:
    """Make the missing directory ``path``, for its owner alone."""

    path: Path


@dataclass(frozen=True, slots=True)
class ForgetDead:
    """Remove the address that a gateway which is gone left in ``state_dir``."""

    state_dir: Path


@dataclass(frozen=True, slots=True)
class MakeToken:
    """Generate the gateway's token in ``state_dir`` before the first start needs it."""

    state_dir: Path


Repair = ChangeMode | MakeDirectory | ForgetDead | MakeToken


def sentence(repair: Repair) -> str:
    """What the repair does, in the imperative."""
    match repair:
        case ChangeMode(path, mode):
            return f"set the mode of {path} to {mode:04o}"
        case MakeDirectory(path):
            return f"make the directory {path} (0700)"
        case ForgetDead(state_dir):
            return f"remove the address of a gateway that is gone from {state_dir}"
        case MakeToken(state_dir):
            return f"generate the gateway's token in {state_dir}"
        case _:
            assert_never(repair)


def carry_out(repair: Repair) -> None:
    """Do it.

    Raises:
        RepairFailed: the system refuses; nothing was changed.
    """
    try:
        _do(repair)
    except OSError as error:
        raise RepairFailed(f"could not {sentence(repair)}: {error.strerror or error}") from error


def _do(repair: Repair) -> None:
    match repair:
        case ChangeMode(path, mode):
            _restrict(path, mode)
        case MakeDirectory(path):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        case ForgetDead(state_dir):
            forget_dead(state_dir)
        case MakeToken(state_dir):
            gateway_token(None, {}, state_dir)
        case _:
            assert_never(repair)


def _restrict(path: Path, mode: int) -> None:
    # Without following a link: what it leads to may be somebody else's, and was not what was looked at.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        os.fchmod(descriptor, os.fstat(descriptor).st_mode & mode)
    finally:
        os.close(descriptor)
