"""Reading the end of a log, and following it over everything that happens to its files."""

from __future__ import annotations

import logging
import os
from contextlib import closing
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from openclaw.logs.file import DatedFile
from openclaw.logs.reading import Follower, last_lines, log_files

EVERYTHING = 10**9


def every(_line: str) -> bool:
    return True


def write(path: Path, *lines: str) -> None:
    with path.open("a") as file:
        file.writelines(f"{line}\n" for line in lines)


def test_the_files_of_a_log_are_in_the_order_in_which_they_were_written(tmp_path: Path):
    """By day, and within a day the highest number is the oldest; other files are none of it."""
    names = ["openclaw-2026-03-02.log", "openclaw-2026-03-02.1.log", "openclaw-2026-03-01.log"]
    names += ["openclaw-2026-03-02.2.log", "gateway.stderr.log", "openclaw-2026-03-02.log.gz"]
    for name in names:
        (tmp_path / name).touch()
    assert [path.name for path in log_files(tmp_path)] == [
        "openclaw-2026-03-01.log",
        "openclaw-2026-03-02.2.log",
        "openclaw-2026-03-02.1.log",
        "openclaw-2026-03-02.log",
    ]
    assert log_files(tmp_path / "nowhere") == []


def test_a_configured_file_has_those_beside_it_that_were_set_aside(tmp_path: Path):
    """logging.file (A.16); the names are those that the writer gives."""
    fixed = tmp_path / "claw.log"
    handler = DatedFile(tmp_path, str(fixed), max_bytes=30)
    for number in range(4):
        handler.emit(logging.makeLogRecord({"msg": f"line {number} of twenty bytes"}))
    handler.close()
    files = log_files(tmp_path, str(fixed))
    assert files[-1] == fixed
    assert last_lines(files, 10, every, EVERYTHING) == [f"line {n} of twenty bytes" for n in range(4)]


def test_a_configured_file_that_is_not_there_leaves_those_of_each_day(tmp_path: Path):
    """The gateway takes those where it cannot open the other one, such as one in the home of nobody."""
    write(tmp_path / "openclaw-2026-03-01.log", "goes on")
    for fixed in ("~nobodyhere/x", str(tmp_path / "nowhere" / "claw.log")):
        assert [path.name for path in log_files(tmp_path, fixed)] == ["openclaw-2026-03-01.log"]


@given(
    st.lists(
        st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=300), max_size=40
    ),
    st.integers(0, 40),
    st.integers(1, 50),
)
def test_the_last_lines_are_the_last_lines(tmp_path_factory, lines, cut, limit):
    """However the lines lie over files and blocks."""
    folder = tmp_path_factory.mktemp("log")
    parts = {"openclaw-2026-03-01.log": lines[:cut], "openclaw-2026-03-02.log": lines[cut:]}
    for name, part in parts.items():
        (folder / name).write_text("".join(f"{line}\n" for line in part), encoding="utf-8", newline="")
    assert last_lines(log_files(folder), limit, every, EVERYTHING) == lines[-limit:]


def test_only_lines_that_are_wanted_count(tmp_path: Path):
    """A filter looks further back, and the number of bytes bounds how far."""
    path = tmp_path / "openclaw-2026-03-01.log"
    write(path, *(f"{'wanted' if number % 10 == 0 else 'other'} {number}" for number in range(100_000)))
    assert last_lines([path], 2, lambda line: "wanted" in line, EVERYTHING) == [
        "wanted 99980",
        "wanted 99990",
    ]
    assert last_lines([path], 2, lambda line: line == "wanted 0", 5000) == []


def test_new_lines_are_told_once_and_whole(tmp_path: Path):
    """What stood there before is not told, and half a line waits for its other half."""
    path = tmp_path / "openclaw-2026-03-01.log"
    write(path, "before")
    with closing(Follower(lambda: log_files(tmp_path))) as follower:
        assert last_lines([path], 9, every, EVERYTHING, follower.position) == ["before"]
        assert list(follower.new_lines()) == []
        with path.open("a") as file:
            file.write("one\ntw")
        assert list(follower.new_lines()) == ["one"]
        write(path, "o", "three")
        assert list(follower.new_lines()) == ["two", "three"]


def test_a_line_under_way_at_the_start_is_told_once(tmp_path: Path):
    """It is none of the last lines yet, and new when it is finished."""
    path = tmp_path / "openclaw-2026-03-01.log"
    path.write_text("before\nhal")
    with closing(Follower(lambda: log_files(tmp_path))) as follower:
        assert last_lines([path], 9, every, EVERYTHING, follower.position) == ["before"]
        write(path, "f")
        assert list(follower.new_lines()) == ["half"]


def test_a_log_is_followed_over_files_that_are_set_aside(tmp_path: Path):
    """Several times between two looks; nothing is lost or told twice (issue: logs --follow)."""
    handler = DatedFile(tmp_path, None, max_bytes=40)
    said = iter(range(1000))
    told: list[str] = []

    def log(number: int) -> None:
        for _ in range(number):
            handler.emit(logging.makeLogRecord({"msg": f"event {next(said):08}"}))

    log(1)
    with closing(Follower(lambda: log_files(tmp_path))) as follower:
        for burst in (1, 1, 3, 5, 2, 7, 1):
            log(burst)
            told += follower.new_lines()
    handler.close()
    assert told == [f"event {number:08}" for number in range(1, 21)]


def test_a_log_is_followed_into_the_next_day(tmp_path: Path):
    """Another file, and what was still written into the one before."""
    first, second = tmp_path / "openclaw-2026-03-01.log", tmp_path / "openclaw-2026-03-02.log"
    write(first, "before")
    with closing(Follower(lambda: log_files(tmp_path))) as follower:
        write(first, "late")
        write(second, "early")
        assert list(follower.new_lines()) == ["late", "early"]
        assert list(follower.new_lines()) == []


def test_a_log_that_begins_only_now_is_followed_from_its_beginning(tmp_path: Path):
    """Whoever follows before the first start sees it."""
    with closing(Follower(lambda: log_files(tmp_path))) as follower:
        assert list(follower.new_lines()) == []
        write(tmp_path / "openclaw-2026-03-01.log", "first")
        assert list(follower.new_lines()) == ["first"]


def test_a_file_that_was_emptied_or_deleted_is_read_anew(tmp_path: Path):
    """Other programs rotate logs in their own ways."""
    path = tmp_path / "openclaw-2026-03-01.log"
    write(path, "a long line that stood there before")
    with closing(Follower(lambda: log_files(tmp_path))) as follower:
        os.truncate(path, 0)
        write(path, "short")
        assert list(follower.new_lines()) == ["short"]
        path.unlink()
        write(path, "new")
        assert list(follower.new_lines()) == ["new"]
