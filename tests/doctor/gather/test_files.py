"""Every private file of an installation."""

from __future__ import annotations

from pathlib import Path

from tests.doctor.installing import install, visit_to

from openclaw.doctor.gather.files import files, look


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


def test_a_log_in_the_home_of_nobody_ends_no_check(tmp_path: Path) -> None:
    """The path stays as it is written, and there is nothing to be seen."""
    _, environ = install(tmp_path, {"logging": {"file": "~nobodyhere/x"}})
    assert "logs" not in dict(files(visit_to(environ)).groups)


def test_a_log_elsewhere_is_looked_at_too(tmp_path: Path) -> None:
    """logging.file may be anywhere."""
    log = tmp_path / "elsewhere.log"
    log.touch(mode=0o600)
    _, environ = install(tmp_path, {"logging": {"file": str(log)}})
    assert [one.path for one in dict(files(visit_to(environ)).groups)["logs"]] == [log]


def test_included_files_belong_to_the_configuration(tmp_path: Path) -> None:
    """Through one another, with the links among them; also of a file that cannot be used."""
    state_dir, environ = install(tmp_path, '{ $include: ["a.json", "link.json"], channels: 7 }')
    (state_dir / "a.json").write_text("{ agents: { '$include': './sub/c.json' } }")
    (state_dir / "sub").mkdir()
    (state_dir / "sub" / "c.json").write_text("{}")
    (state_dir / "link.json").symlink_to(state_dir / "sub" / "c.json")
    found = dict(files(visit_to(environ)).groups)["configuration"]
    assert {one.path.relative_to(state_dir).as_posix(): one.is_link for one in found} == {
        "openclaw.json": False,
        "a.json": False,
        "sub/c.json": False,
        "link.json": True,
    }


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


def test_a_file_in_the_place_of_the_state_directory_is_seen(tmp_path: Path) -> None:
    """It is not missing: a first start could not make it."""
    (tmp_path / ".openclaw").write_text("a file")
    visit = visit_to({"HOME": str(tmp_path)})
    facts = files(visit)
    assert (facts.has_state_dir, facts.is_blocked) == (False, True)
    assert "is a file and no directory" in str(visit.failure)
