"""The pairing files of the original: what is read of them, and what is refused without being an empty list."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from openclaw.domain.ids import AccountId
from openclaw.store.original_pairing import Files, read_files

RECORDED = Path(__file__).parent / "data" / "credentials"
DEFAULT, WORK = AccountId("default"), AccountId("work")
ACCOUNTS = (DEFAULT, WORK)
ALLOW = "imessage-default-allowFrom.json"


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    """The recorded files, as the original leaves them."""
    directory = tmp_path / "credentials"
    shutil.copytree(RECORDED, directory)
    directory.chmod(0o700)
    for path in directory.iterdir():
        path.chmod(0o600)
    return directory


def test_every_format_is_read(credentials: Path) -> None:
    """Behaviour facts B.2: scoped files, the old unscoped one (of ``default``), and the requests of all accounts."""
    files = read_files(credentials, ACCOUNTS)

    assert not files.unusable
    assert [(one.account, one.entry) for one in files.approved if one.file.endswith(ALLOW)][:2] == [
        (DEFAULT, "+15550100001"),
        (DEFAULT, "Ann@Example.com"),
    ]
    assert [one.entry for one in files.approved if one.account == WORK] == ["0171 1234567"]
    assert [one.entry for one in files.approved][-1] == "+15550100008"
    first = files.asked[0]
    assert (first.account, first.sender, first.code) == (DEFAULT, "+15550100003", "ABCD2345")
    assert first.created_at == datetime(2026, 3, 4, 11, 30, tzinfo=UTC)
    assert [one.created_at for one in files.asked if one.code == "NEVE2345"] == [None]


def test_files_of_accounts_that_are_not_ours_are_told_and_not_read(credentials: Path) -> None:
    """They are taken over when the account is configured; until then they are no error."""
    [unclaimed] = read_files(credentials, ACCOUNTS).unclaimed

    assert unclaimed.file.endswith("imessage-gone-allowFrom.json")
    assert "gone" in unclaimed.why


def test_nothing_there_is_nothing(tmp_path: Path) -> None:
    """Most installations never ran the original."""
    assert read_files(tmp_path / "credentials", ACCOUNTS) == Files()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "no JSON object"),
        ('"x"', "no JSON object"),
        ("{}", "allowFrom is no list"),
        ('{"version": 2, "allowFrom": []}', "version"),
        ('{"version": 1, "allowFrom": "+15550100001"}', "no list"),
        ('{"version": 1, "allowFrom": [15550100001]}', "no text"),
        ('{"version": 1, "allowFrom": ["+15550100001", null]}', "no text"),
        ("\x00\x01", "no JSON"),
        (" " * (4 * 1024 * 1024 + 1), "larger"),
    ],
)
def test_a_corrupt_file_is_named_and_nothing_of_it_counts(credentials: Path, content: str, why: str) -> None:
    """The original reads it as empty (B.2); unreadable state is never an empty start (style 20)."""
    (credentials / ALLOW).write_text(content)
    files = read_files(credentials, ACCOUNTS)

    [found] = files.unusable
    assert found.file == str(credentials / ALLOW)
    assert why in found.why
    assert not [one for one in files.approved if one.file == found.file]
    assert [one.entry for one in files.approved if one.account == WORK]


@pytest.mark.parametrize(
    "requests",
    ["{}", "[7]", '[{"id": 7, "code": "ABCD2345"}]', '[{"id": "+15550100001"}]'],
)
def test_a_corrupt_file_of_requests_is_named_too(credentials: Path, requests: str) -> None:
    """All or nothing: who wrote half of it may have written the other half."""
    (credentials / "imessage-pairing.json").write_text(f'{{"version": 1, "requests": {requests}}}')
    files = read_files(credentials, ACCOUNTS)

    assert [Path(one.file).name for one in files.unusable] == ["imessage-pairing.json"]
    assert not files.asked


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_to_lets_nobody_in(credentials: Path, mode: int) -> None:
    """Promise 5: else any user of this computer could let themselves in."""
    (credentials / ALLOW).chmod(mode)
    [found] = read_files(credentials, ACCOUNTS).unusable

    assert "others may write" in found.why
    assert "chmod 600" in found.why


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_files_in_a_folder_that_others_may_write_to_let_nobody_in(credentials: Path, mode: int) -> None:
    """Promise 5: whoever can rename files there makes the people of one account those of another."""
    credentials.chmod(mode)
    files = read_files(credentials, ACCOUNTS)

    assert not files.approved
    assert not files.asked
    assert {one.why for one in files.unusable} == {
        "others may write to its folder; if all is as you left it: chmod 700 the folder"
    }


def test_names_of_accounts_are_compared_as_everywhere_and_blank_entries_name_nobody(
    credentials: Path,
) -> None:
    """Facts A.9; a blank entry is nothing that a person would have to look at."""
    (credentials / ALLOW).write_text('{"version": 1, "allowFrom": ["", " ", "+15550100001"]}')
    asks = '{"id": "+15550100003", "code": "ABCD2345", "meta": {"accountId": " Work "}}'
    (credentials / "imessage-pairing.json").write_text(f'{{"version": 1, "requests": [{asks}]}}')
    files = read_files(credentials, ACCOUNTS)

    assert [one.entry for one in files.approved if one.file.endswith(ALLOW)] == ["+15550100001"]
    assert [one.account for one in files.asked] == [WORK]


def test_what_is_no_file_holds_nothing_up(credentials: Path) -> None:
    """A pipe that nobody writes to, a directory, a link into nowhere."""
    for name in (ALLOW, "imessage-work-allowFrom.json", "imessage-allowFrom.json"):
        (credentials / name).unlink()
    os.mkfifo(credentials / ALLOW, 0o600)
    (credentials / "imessage-work-allowFrom.json").mkdir()
    (credentials / "imessage-allowFrom.json").symlink_to("/nonexistent")

    assert len(read_files(credentials, ACCOUNTS).unusable) == 3
