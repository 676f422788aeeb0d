"""The questions about the phone: on which Mac it is, the way there, and whether files are fetched from it.

Asks and returns a value; it writes nothing and starts nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from openclaw.cli import surroundings
from openclaw.cli.answers import Phone
from openclaw.cli.questions import Option, Talk, refuse
from openclaw.config.grammar import attachment_root_error, executable_error, remote_host_error
from openclaw.config.remote_host import RemoteHost, parse_port

USUAL_ROOT = "/Users/*/Library/Messages/Attachments"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneFlags:
    """What was said of the phone on the command line; None and () mean "ask"."""

    imsg: str | None = None
    remote: str | None = None
    port: int | None = None
    identity: str | None = None
    db: str | None = None
    attachments: bool | None = None
    attachment_root: tuple[str, ...] = ()


way_options = (
    click.option(
        "--port", metavar="PORT", type=int, help="Its SSH port, where ~/.ssh/config does not say it."
    ),
    click.option(
        "--identity", metavar="FILE", help="The key file for SSH, where it is not ssh's own choice."
    ),
    click.option(
        "--attachments/--no-attachments",
        default=None,
        help="Whether the agent gets pictures and files that people send.",
    ),
    click.option(
        "--attachment-root",
        metavar="FOLDER",
        multiple=True,
        help=f"A folder of that Mac that files may come from, where it is not {USUAL_ROOT}; may be repeated.",
    ),
)
"""The options that every command has which describes a phone."""


def ask_phone(talk: Talk, flags: PhoneFlags, wrapper: Path) -> Phone:
    """Where imsg is; ``wrapper`` is where the script that leads to another Mac will stand."""
    found = surroundings.find_imsg()
    where = "there" if flags.remote else "here" if flags.imsg else ""
    where = where or talk.choose(
        "--imsg or --remote",
        "On which Mac is Messages signed in?",
        (
            Option("here", "this one, as this user"),
            Option("there", "another one, or another user of this one, reached over SSH with a key"),
        ),
        "here" if found or sys.platform == "darwin" or talk.assume else "there",
    )
    if where == "there":
        return _ask_files(talk, flags, _ask_way(talk, flags, wrapper))
    _refuse_way(flags)
    path = flags.imsg or talk.text("--imsg", "Path of imsg", found or "imsg", executable_error)
    refuse(executable_error(path), "--imsg", path)
    return _with_files(Phone(path, flags.db or ""), flags)


def wrapped_phone(flags: PhoneFlags, wrapper: Path) -> Phone:
    """The phone on the machine that ``flags.remote`` names, through a wrapper that has still to be written."""
    host, port, identity = flags.remote or "", flags.port, os.path.expanduser(flags.identity or "")
    refuse(remote_host_error(host), "--remote", host)
    if port is not None:
        refuse(RemoteHost(host=host, port=port).problem(), "--port", str(port))
    if identity:
        refuse(_identity_error(identity), "--identity", identity)
        identity = os.path.abspath(identity)
    phone = Phone(str(wrapper), flags.db or "", host, wrapper=True, port=port, identity=identity)
    return _with_files(phone, flags)


def told_phone(flags: PhoneFlags, known: Mapping[str, Any]) -> Phone:
    """The phone of an account whose settings are ``known``, with what ``flags`` say instead; no wrapper is written."""
    _refuse_way(flags)
    if flags.remote:
        refuse(remote_host_error(flags.remote), "--remote", flags.remote)
        refuse(executable_error(flags.imsg or "imsg"), "--cli-path", flags.imsg or "")
    phone = Phone(
        flags.imsg or known.get("cliPath", ""),
        flags.db or known.get("dbPath", ""),
        flags.remote or known.get("remoteHost", ""),
    )
    return _with_files(phone, flags)


def _refuse_way(flags: PhoneFlags) -> None:
    """Raises click.UsageError for a port or a key that no wrapper would be written with."""
    for flag, given in (("--port", flags.port), ("--identity", flags.identity)):
        if given is not None:
            raise click.UsageError(
                f"{flag} {given}: belongs into the wrapper that leads to another Mac. Name that Mac without a path of "
                "imsg and it is written; a wrapper of your own has to say it itself"
            )


def _ask_way(talk: Talk, flags: PhoneFlags, wrapper: Path) -> Phone:
    host = flags.remote or talk.text("--remote", "Its SSH name (user@host)", check=remote_host_error)
    refuse(remote_host_error(host), "--remote", host)
    if flags.imsg:
        _refuse_way(flags)
        refuse(executable_error(flags.imsg), "--imsg", flags.imsg)
        return Phone(flags.imsg, flags.db or "", host)
    port = flags.port
    if port is None:
        question = "Its SSH port (Enter for the usual one, or what ~/.ssh/config says)"
        port = parse_port(talk.text("--port", question, check=_port_error)) or None
    identity = flags.identity
    if identity is None:
        question = "Key file for it (Enter for ssh's own choice)"
        identity = talk.text("--identity", question, check=_identity_error)
    return wrapped_phone(replace(flags, remote=host, port=port, identity=identity), wrapper)


def _ask_files(talk: Talk, flags: PhoneFlags, phone: Phone) -> Phone:
    told = _with_files(phone, flags)
    if told.attachments is not None:
        return told
    if not talk.agree("\nFetch pictures and files that people send, for the agent?", default=False):
        return phone
    question = "Folder of that Mac that they may come from"
    root = talk.text("--attachment-root", question, USUAL_ROOT, attachment_root_error)
    return replace(phone, attachments=True, roots=() if root == USUAL_ROOT else (root,))


def _with_files(phone: Phone, flags: PhoneFlags) -> Phone:
    roots = flags.attachment_root
    for root in roots:
        refuse(attachment_root_error(root), "--attachment-root", root)
    if flags.attachments is False and roots:
        raise click.UsageError(
            "--attachment-root says where files come from, and --no-attachments that none do"
        )
    return replace(phone, attachments=True if roots else flags.attachments, roots=roots)


def _port_error(text: str) -> str | None:
    return RemoteHost(host="mac", port=parse_port(text)).problem() if text else None


def _identity_error(text: str) -> str | None:
    path = Path(os.path.expanduser(text))
    if not text or path.is_file():
        return None
    return f"there is no such file; ssh-keygen -t ed25519 -f {text} makes one"
