"""The questions about the phone: what each flag or answer becomes."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from openclaw.cli.answers import Phone
from openclaw.cli.phone_questions import PhoneFlags, ask_phone, told_phone, wrapped_phone
from openclaw.cli.questions import Talk

QUIET = Talk(assume=True, aside=True)
WRAPPER = Path("/home/u/.openclaw/scripts/imsg-ssh")


def test_a_remote_mac_with_a_wrapper_of_ones_own() -> None:
    """Given both, the wrapper is taken as it is and the host is for files."""
    phone = ask_phone(QUIET, PhoneFlags(imsg="~/bin/mac", remote="bot@mac"), WRAPPER)
    assert phone == Phone("~/bin/mac", "", "bot@mac")


def test_a_remote_mac_without_a_wrapper_gets_one() -> None:
    """It will stand where the page has it."""
    phone = ask_phone(QUIET, PhoneFlags(remote="mac"), WRAPPER)
    assert phone == Phone("/home/u/.openclaw/scripts/imsg-ssh", "", "mac", wrapper=True)


@pytest.mark.parametrize(
    "flags",
    [PhoneFlags(imsg="imsg | tee"), PhoneFlags(imsg="a;b", remote="mac"), PhoneFlags(remote="mac -p 22")],
)
def test_a_command_in_place_of_a_name_is_refused(flags: PhoneFlags) -> None:
    """No flag reaches a shell."""
    with pytest.raises(click.UsageError):
        ask_phone(QUIET, flags, WRAPPER)


def test_a_key_and_a_port_are_in_the_wrapper_alone(tmp_path: Path) -> None:
    """The configuration has no keys for them: ssh is told by the script that runs it."""
    key = tmp_path / "a key"
    key.touch()
    phone = wrapped_phone(PhoneFlags(remote="bot@mac", port=2222, identity=str(key)), WRAPPER)
    assert (phone.port, phone.identity, phone.wrapper) == (2222, str(key), True)
    assert phone.settings() == {"cliPath": str(WRAPPER), "remoteHost": "bot@mac"}


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (PhoneFlags(remote="mac", port=0), "0 is no port"),
        (PhoneFlags(remote="mac", port=70000), "70000 is no port"),
        (PhoneFlags(remote="mac", identity="/no/key"), "ssh-keygen -t ed25519 -f /no/key makes one"),
        (PhoneFlags(imsg="imsg", port=2222), "belongs into the wrapper"),
        (PhoneFlags(imsg="wrapper", remote="mac", identity="/no/key"), "belongs into the wrapper"),
        (PhoneFlags(remote="mac", attachment_root=("Pictures",)), "must be an absolute path"),
        (PhoneFlags(remote="mac", attachments=False, attachment_root=("/p",)), "that none do"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(flags: PhoneFlags, sentence: str) -> None:
    """Before anything is written, with the flag and its value."""
    with pytest.raises(click.UsageError, match=sentence):
        ask_phone(QUIET, flags, WRAPPER)


def test_files_come_from_the_folders_that_were_named() -> None:
    """On this Mac and on another one the key has another name; to name a folder is to want files."""
    far = ask_phone(QUIET, PhoneFlags(remote="mac", attachment_root=("/a", "/b")), WRAPPER).settings()
    here = ask_phone(
        QUIET, PhoneFlags(imsg="imsg", attachments=True, attachment_root=("/a",)), WRAPPER
    ).settings()
    assert (far["includeAttachments"], far["remoteAttachmentRoots"]) == (True, ["/a", "/b"])
    assert (here["includeAttachments"], here["attachmentRoots"]) == (True, ["/a"])
    assert "includeAttachments" not in ask_phone(QUIET, PhoneFlags(remote="mac"), WRAPPER).settings()


def test_an_account_that_is_known_keeps_what_no_flag_says() -> None:
    """Its own wrapper is not written over."""
    known = {"cliPath": "/w", "remoteHost": "mac", "dbPath": "/db"}
    phone = told_phone(PhoneFlags(attachment_root=("/a",)), known)
    assert phone == Phone("/w", "/db", "mac", attachments=True, roots=("/a",))
