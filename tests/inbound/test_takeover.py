"""Taking over who the original had let in: each entry once, whatever becomes of it here."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from tests.making import ANN, NOON, direct_chat

from openclaw.domain.handles import Handle
from openclaw.domain.ids import AccountId
from openclaw.domain.notices import NoticeKind
from openclaw.inbound.takeover import TakenOver, rehearse, take_over, take_over_files
from openclaw.store import Ledger, forgetting, notices, pairing
from openclaw.store.original_pairing import Approved, Asked, Files, Unusable, read_files

RECORDED = Path(__file__).parents[1] / "store" / "data" / "credentials"
DEFAULT, WORK = AccountId("default"), AccountId("work")
REGIONS = {DEFAULT: "US", WORK: "DE"}


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    """The recorded files, as the original leaves them."""
    directory = tmp_path / "credentials"
    shutil.copytree(RECORDED, directory)
    directory.chmod(0o700)
    for path in directory.iterdir():
        path.chmod(0o600)
    return directory


async def taken(ledger: Ledger, files: Files, later: timedelta = timedelta()) -> TakenOver:
    return await ledger.write(lambda tx: take_over(tx, files, REGIONS, NOON + later))


async def granted(ledger: Ledger, account: AccountId) -> frozenset[str]:
    return frozenset(await ledger.read(lambda tx: pairing.granted_handles(tx, account)))


async def test_the_recorded_files_let_in_whom_they_name(ledger: Ledger, credentials: Path) -> None:
    """Handles are normalised with the account's region; a direct chat is its person; nothing wider is let in (B.2)."""
    before = {path.name: path.read_bytes() for path in credentials.iterdir()}
    done = await taken(ledger, read_files(credentials, REGIONS))

    assert await granted(ledger, DEFAULT) == {
        "+15550100001",
        "ann@example.com",
        "+15550100002",
        "+15550100007",
        "+15550100008",
    }
    assert await granted(ledger, WORK) == {"+491711234567"}
    assert {grant.granted_by for grant in done.grants} == {"import"}
    assert [one.entry for one in done.refused if one.file.endswith("default-allowFrom.json")] == [
        "*",
        "chat_id:7",
        "chat_guid:iMessage;+;chat123",
        "§",
    ]
    assert {path.name: path.read_bytes() for path in credentials.iterdir()} == before


async def test_requests_that_are_still_open_keep_code_and_hour(ledger: Ledger, credentials: Path) -> None:
    """Younger than an hour, of a configured account; what expired there expires here (B.1)."""
    done = await taken(ledger, read_files(credentials, REGIONS))

    assert [(one.account, one.handle, one.code) for one in done.requests] == [
        (DEFAULT, "+15550100003", "ABCD2345"),
        (WORK, "carol@example.com", "WXYZ6789"),
    ]
    assert done.requests[0].expires_at == NOON + timedelta(minutes=30)
    assert await ledger.read(lambda tx: len(pairing.open_requests(tx, NOON + timedelta(minutes=30)))) == 1


async def test_a_second_start_takes_nothing_over(ledger: Ledger, credentials: Path) -> None:
    """Idempotent: nothing is granted twice, no request opened twice."""
    files = read_files(credentials, REGIONS)
    first = await taken(ledger, files)
    again = await taken(ledger, files)

    assert (again.grants, again.requests) == ([], [])
    assert again.known == len(first.grants) + len(first.requests) + first.known


@pytest.mark.parametrize("way", ["revoke", "forget"])
async def test_whom_the_operator_put_out_does_not_come_back(
    ledger: Ledger, credentials: Path, way: str
) -> None:
    """The file still names them at the next start, in another spelling too."""
    await taken(ledger, read_files(credentials, REGIONS))
    ann = Handle("+15550100001")
    if way == "revoke":
        await ledger.write(lambda tx: pairing.revoke(tx, ann))
    else:
        await ledger.write(lambda tx: forgetting.forget(tx, forgetting.find(tx, ann, None), NOON))
    spelled = Files(approved=[Approved(DEFAULT, "sms:+1 555 010 0001", "x")])
    await taken(ledger, read_files(credentials, REGIONS))
    await taken(ledger, spelled)

    assert ann not in await granted(ledger, DEFAULT)


async def test_a_request_that_was_decided_here_is_not_opened_again(ledger: Ledger) -> None:
    """Denied, and denied it stays, within its hour too."""
    files = Files(asked=[Asked(DEFAULT, ANN, "ABCD2345", NOON, "x")])
    [request] = (await taken(ledger, files)).requests
    await ledger.write(lambda tx: pairing.deny(tx, request))

    assert (await taken(ledger, files)).requests == []


async def test_there_is_room_for_three(ledger: Ledger) -> None:
    """Never more than three open per account, wherever they come from (ruling 12)."""
    asked = [Asked(DEFAULT, f"+1555010{n:04}", f"ABCD{n + 2222}", NOON, "x") for n in range(5)]
    done = await taken(ledger, Files(asked=asked))

    assert len(done.requests) == 3
    assert ["room" in one.why for one in done.refused] == [True, True]


@pytest.mark.parametrize(
    "asked",
    [
        Asked(DEFAULT, ANN, "ABCD2345", NOON - timedelta(hours=1), "x"),
        Asked(DEFAULT, ANN, "ABCD2345", NOON + timedelta(hours=1), "x"),
        Asked(DEFAULT, ANN, "ABCD2345", None, "x"),
        Asked(DEFAULT, ANN, "ABC", NOON, "x"),
        Asked(DEFAULT, ANN, "ABCD0000", NOON, "x"),
        Asked(DEFAULT, "§", "ABCD2345", NOON, "x"),
        Asked(AccountId("gone"), ANN, "ABCD2345", NOON, "x"),
    ],
)
async def test_what_is_no_open_request_opens_none(ledger: Ledger, asked: Asked) -> None:
    """Expired, from the future, without a time, without a code that we would give, without a sender or an account."""
    assert (await taken(ledger, Files(asked=[asked]))).requests == []


async def test_a_code_of_somebody_else_is_not_given_twice(ledger: Ledger) -> None:
    """A code names one request."""
    await ledger.write(lambda tx: pairing.add(tx, WORK, Handle(ANN), direct_chat(), "ABCD2345", NOON))
    files = Files(asked=[Asked(DEFAULT, "+15550100003", "ABCD2345", NOON, "x")])

    assert (await taken(ledger, files)).requests == []


async def test_a_rehearsal_says_the_same_and_changes_nothing(ledger: Ledger, credentials: Path) -> None:
    """``--dry-run``."""
    files = read_files(credentials, REGIONS)
    would = await ledger.write(lambda tx: rehearse(tx, files, REGIONS, NOON))
    assert await granted(ledger, DEFAULT) == frozenset()
    done = await taken(ledger, files)

    assert [one.handle for one in would.grants] == [one.handle for one in done.grants]


async def test_a_file_that_cannot_be_used_is_told_until_it_can(ledger: Ledger, credentials: Path) -> None:
    """The gateway runs; whom the file lets in is denied, which is safe, and said loudly."""
    broken = credentials / "imessage-default-allowFrom.json"
    broken.write_text("{")
    await take_over_files(ledger, credentials, REGIONS, lambda: NOON)
    [told] = await ledger.read(notices.waiting)
    assert (told.kind, told.subject) == (NoticeKind.PAIRING_FILES, str(broken))
    assert broken.name in told.says
    assert await granted(ledger, WORK) == {"+491711234567"}
    broken.write_text('{"version": 1, "allowFrom": ["+15550100002"]}')
    await take_over_files(ledger, credentials, REGIONS, lambda: NOON)
    assert await ledger.read(notices.waiting) == []
    assert "+15550100002" in await granted(ledger, DEFAULT)


async def test_an_unusable_file_is_part_of_the_answer(ledger: Ledger) -> None:
    """The command says it, too."""
    file = Unusable("/x/imessage-allowFrom.json", "it is no JSON")

    assert (await taken(ledger, Files(unusable=[file]))).unusable == [file]
