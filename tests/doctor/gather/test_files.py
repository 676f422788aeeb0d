"""Every private file of an installation."""

from __future__ import annotations

from pathlib import Path

from tests.doctor.installing import install, visit_to

from openclaw.doctor.gather.files import files, included, look


def test_what_is_there_is_seen_with_its_mode(tmp_path: Path) -> None:
    """By what it is; what is not there is not spoken of."""
    state_dir, environ = install(tmp_path, {})
    (state_dir / ".env").write_text("KEY=1")
    (state_dir / ".env").chmod(0o640)
    (state_dir / "logs").mkdir(mode=0o700)
    (state_dir / "logs" / "openclaw-2026-03-04.log").touch(mode=0o600)
    found = dict(files(visit_to(environ)).groups)
    assert {what: [(one.path.name, one.mode) for one in seen] for what, seen in found.items()} == {
        "state directory": [(".openclaw", 0o700)],
        "configuration": [("openclaw.json", 0o600)],
        "variables (.env)": [(".env", 0o640)],
        "logs": [("logs", 0o700), ("openclaw-2026-03-04.log", 0o600)],
    }


def test_a_log_elsewhere_is_looked_at_too(tmp_path: Path) -> None:
    """logging.file may be anywhere."""
    log = tmp_path / "elsewhere.log"
    log.touch(mode=0o600)
    _, environ = install(tmp_path, {"logging": {"file": str(log)}})
    assert [one.path for one in dict(files(visit_to(environ)).groups)["logs"]] == [log]


def test_included_files_are_found_through_one_another(tmp_path: Path) -> None:
    """In both spellings of the key, as a text and as a list; a circle ends."""
    (tmp_path / "openclaw.json").write_text('{ $include: ["a.json", "b.json"], x: 1 }')
    (tmp_path / "a.json").write_text("{ channels: { '$include': './sub/c.json' } }")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "c.json").write_text('{ "$include": "../openclaw.json" }')
    found = included(tmp_path / "openclaw.json")
    assert {path.relative_to(tmp_path).as_posix() for path in found} == {"a.json", "b.json", "sub/c.json"}


def test_a_link_is_seen_as_one(tmp_path: Path) -> None:
    """With the mode of what it leads to; a dangling one is nothing."""
    target, link = tmp_path / "target", tmp_path / "link"
    target.touch()
    target.chmod(0o644)
    link.symlink_to(target)
    seen = look(link)
    assert seen is not None
    assert (seen.is_link, seen.mode, seen.is_ours) == (True, 0o644, True)
    target.unlink()
    assert look(link) is None


def test_no_state_directory_is_told(tmp_path: Path) -> None:
    """Before the first start."""
    facts = files(visit_to({"HOME": str(tmp_path)}))
    assert (facts.has_state_dir, facts.groups) == (False, ())
