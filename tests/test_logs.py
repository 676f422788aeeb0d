"""What the log shows, where, and what it hides."""

from __future__ import annotations

import io
import json
import logging
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog

from openclaw.config.sections.logging import Logging
from openclaw.logs import open_logs
from openclaw.logs.file import DatedFile
from openclaw.logs.redaction import Redaction


@contextmanager
def logging_to(directory: Path, settings: Logging) -> Iterator[io.StringIO]:
    """Logs opened for the test on a console that is no terminal, and the root logger as it was afterwards."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    for handler in before:
        root.removeHandler(handler)
    console = io.StringIO()
    file = open_logs(settings, directory, console)
    try:
        yield console
    finally:
        file.close()
        root.handlers[:] = before
        root.setLevel(level)
        structlog.reset_defaults()


def lines_in(directory: Path) -> list[dict[str, object]]:
    """Every line of the log files, parsed."""
    return [
        json.loads(line) for path in sorted(directory.glob("*.log")) for line in path.read_text().splitlines()
    ]


def test_the_file_has_json_lines_in_a_dated_private_file(tmp_path: Path) -> None:
    """One dated file per day, JSON, 0600 (behaviour facts A.16)."""
    with logging_to(tmp_path / "logs", Logging()):
        structlog.get_logger("openclaw.test").info("message-admitted", account="default", row=7)

    (path,) = (tmp_path / "logs").iterdir()
    assert path.name.startswith("openclaw-20")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    (line,) = lines_in(path.parent)
    assert (
        line.items() >= {"event": "message-admitted", "account": "default", "row": 7, "level": "info"}.items()
    )
    assert line["logger"] == "openclaw.test"
    assert str(line["timestamp"]).endswith("Z")


def test_handles_and_texts_are_masked_everywhere(tmp_path: Path) -> None:
    """A log is shown to strangers sooner or later (requirements: masked by default)."""
    with logging_to(tmp_path, Logging()) as console:
        log = structlog.get_logger("openclaw.test")
        log.info("received", sender="+15550100001", text="my secret", chat="iMessage;-;ann@example.com")
        logging.getLogger("foreign").warning("call from %s", "+15550100001")

    shown = console.getvalue() + "".join(path.read_text() for path in tmp_path.iterdir())
    assert "+15550100001" not in shown
    assert "my secret" not in shown
    assert "ann@" not in shown
    assert "<9 characters>" in shown


def test_levels_of_console_and_file_are_apart(tmp_path: Path) -> None:
    """``logging.level`` is the file's, ``logging.consoleLevel`` the console's."""
    with logging_to(tmp_path, Logging(level="debug", console_level="error")) as console:
        structlog.get_logger("openclaw.x").debug("only-in-the-file")
        structlog.get_logger("openclaw.x").error("in-both")

    assert "in-both" in console.getvalue()
    assert "only-in-the-file" not in console.getvalue()
    assert [line["event"] for line in lines_in(tmp_path)] == ["only-in-the-file", "in-both"]


def test_silent_is_silent(tmp_path: Path) -> None:
    """Not even the worst is written."""
    with logging_to(tmp_path, Logging(level="silent")) as console:
        structlog.get_logger("openclaw.x").critical("worst")

    assert console.getvalue() == ""
    assert lines_in(tmp_path) == []


def test_a_file_over_its_size_is_set_aside(tmp_path: Path) -> None:
    """``logging.maxFileBytes`` bounds each file, and no line is lost before the oldest file goes."""
    with logging_to(tmp_path, Logging(max_file_bytes=1000)):
        for number in range(12):
            structlog.get_logger("openclaw.x").info("filler", number=number, padding="x" * 150)

    assert len(list(tmp_path.iterdir())) > 2
    assert all(path.stat().st_size <= 1000 for path in tmp_path.iterdir())
    assert sorted(int(str(line["number"])) for line in lines_in(tmp_path)) == list(range(12))


def test_a_configured_file_is_used_as_it_is(tmp_path: Path) -> None:
    """``logging.file`` names one file, undated."""
    with logging_to(tmp_path / "unused", Logging(file=str(tmp_path / "own" / "my.log"))):
        structlog.get_logger("openclaw.x").info("here")

    assert lines_in(tmp_path / "own")[0]["event"] == "here"


def test_an_exception_is_shown_with_its_trace(tmp_path: Path) -> None:
    """What went wrong is in the file, masked like the rest."""
    with logging_to(tmp_path, Logging()):
        try:
            raise ValueError("no chat with +15550100001")
        except ValueError:
            structlog.get_logger("openclaw.x").exception("failed")

    (line,) = lines_in(tmp_path)
    assert "ValueError: no chat with +1•••0001" in str(line["exception"])


def test_console_styles(tmp_path: Path) -> None:
    """``consoleStyle`` json and compact are for machines, pretty for people; no colours without a terminal."""
    shown: dict[str, str] = {}
    for style in ("pretty", "compact", "json"):
        with logging_to(tmp_path, Logging(console_style=style)) as console:
            structlog.get_logger("openclaw.x").info("begun", account="default")
        shown[style] = console.getvalue()

    assert json.loads(shown["json"])["event"] == "begun"
    assert "account=default" in shown["compact"]
    assert "begun" in shown["pretty"]
    assert "\x1b[" not in shown["pretty"]


def test_secrets_and_configured_patterns_are_hidden_even_when_people_are_not() -> None:
    """``redactSensitive: off`` is about people; a key stays a key. A broken pattern does no harm."""
    redaction = Redaction(["order-\\d+", "("], hide_people=False)

    event = redaction(
        None, "", {"a": "Bearer abc123", "b": "sk-abcdefghijklmnopqrstuv", "c": ["order-77", "+15550100001"]}
    )

    assert event == {"a": "Bearer •••", "b": "•••", "c": ["•••", "+15550100001"]}


@pytest.mark.parametrize("seed", ["a", "a.", "a@", "a@a-", "+1", "sk-", "(555) "])
def test_masking_costs_time_in_proportion_to_the_text(seed: str) -> None:
    """An error of a provider repeats what somebody wrote; a pattern that explodes would not come to an end here."""
    redaction = Redaction(["(a+)+$", "(a|aa)+b"])

    for _ in range(5):
        assert redaction.scrub("+" + seed * 30_000 + "@!")


def test_half_a_character_in_a_log_breaks_no_pattern() -> None:
    """A file name may have one; the log is written all the same."""
    assert Redaction(["order"]).scrub("\ud800 order") == "\ufffd •••"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full on this system")
def test_a_disk_that_is_full_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Log lines are lost and nothing else: no trace for each of them, and with room again they are written."""
    place, record = tmp_path / "log", logging.makeLogRecord({"msg": "a line"})
    place.symlink_to("/dev/full")
    file = DatedFile(tmp_path, str(place), 1000)
    for _ in range(3):
        file.emit(record)
    told = f"{place} cannot be written (No space left on device): lines are lost meanwhile"
    assert capsys.readouterr().err.splitlines() == [told]
    place.unlink()
    file.emit(record)
    assert place.read_text() == "a line\n"
    file.close()
    assert capsys.readouterr().err == ""


def test_a_configured_pattern_may_stand_in_slashes_and_takes_no_time() -> None:
    """As the original's users write one; a pattern that explodes elsewhere is linear here (issue: user regexes)."""
    redaction = Redaction(["/ORDER-\\d+/gi", "(a+)+$"])
    assert redaction.scrub("ключ order-77 \ud800 order-8 ключ") == "ключ ••• \ufffd ••• ключ"
    assert redaction.scrub("a" * 100_000 + "!") == "a" * 100_000 + "!"


def test_a_pattern_that_matches_places_and_no_text_puts_nothing_there() -> None:
    """The edge of a word is nothing to hide."""
    assert Redaction([r"\b"]).scrub("two words") == "two words"


@pytest.mark.parametrize("path", ["/Users/alice", "/home/my", "/srv/data/private"])
def test_a_path_is_hidden_as_it_is_written(path: str) -> None:
    """Its last part is no list of flags."""
    assert Redaction([path]).scrub(f"open {path}/secret") == "open •••/secret"


@pytest.mark.parametrize("name", ["missing/proc", "directory", "~nobodyhere/x", "x" * 5000, "loop"])
def test_a_log_file_that_cannot_be_opened_is_replaced_and_named(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path that somebody typed must not take a running gateway down, nor its log away."""
    (tmp_path / "missing").write_text("a file where a folder would be")
    (tmp_path / "directory").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    # A user that does not exist is no user: the path stays as it is written, below the working directory.
    (tmp_path / "~nobodyhere").write_text("a file where a folder would be")
    monkeypatch.chdir(tmp_path)
    named = name if name.startswith("~") else str(tmp_path / name)
    with logging_to(tmp_path / "logs", Logging(file=named)) as console:
        structlog.get_logger("openclaw.test").info("goes-on")
    events = {str(line["event"]): line for line in lines_in(tmp_path / "logs")}
    assert events.keys() == {"log.file_refused", "goes-on"}
    assert (events["log.file_refused"]["path"], "logging.file" in console.getvalue()) == (named, True)
