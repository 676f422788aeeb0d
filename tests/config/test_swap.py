import fcntl
import os
import threading

import pytest

from openclaw.config.swap import locked, look_at, swap
from openclaw.errors import ConfigRefused, ConfigUnreadable


def mode(path):
    return path.stat().st_mode & 0o777


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "openclaw.json"
    file.write_text("{}")
    return file


def test_the_new_text_keeps_mode_and_bytes(path):
    """Line ends, mark and characters are written as they are; the mode is what its owner chose."""
    path.chmod(0o640)
    swap(look_at(path), "\ufeff{\r\n}😀")
    assert path.read_bytes() == "\ufeff{\r\n}😀".encode()
    assert mode(path) == 0o640
    assert os.listdir(path.parent) == ["openclaw.json"]


def test_a_new_file_is_for_its_owner_alone(tmp_path):
    """Whatever the umask; so is the directory that had to be made."""
    path = tmp_path / "state" / "openclaw.json"
    before = os.umask(0)
    try:
        with locked(path):
            swap(look_at(path), "{}")
    finally:
        os.umask(before)
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)


def test_no_text_takes_the_file_away(path):
    """As it was before it was made."""
    swap(look_at(path), None)
    assert not path.exists()
    assert look_at(path).text is None


def test_links_of_both_kinds_are_refused(path, tmp_path):
    """A rename would put a file in the place of a symbolic link, and leave the other name of a hard one behind."""
    (tmp_path / "link.json").symlink_to(path)
    with pytest.raises(ConfigRefused, match=r"symbolic link.*OPENCLAW_CONFIG_PATH"):
        look_at(tmp_path / "link.json")
    os.link(path, tmp_path / "twin.json")
    with pytest.raises(ConfigRefused, match="hard links"):
        look_at(path)


def test_a_directory_is_no_file(tmp_path):
    """Nor is anything else that is not plain."""
    with pytest.raises(ConfigUnreadable):
        look_at(tmp_path)


def test_what_somebody_saved_meanwhile_is_not_lost(path):
    """Editors ask for no lock: a file that is another one by now is left alone."""
    standing = look_at(path)
    path.write_text("{mine: 1}")
    with pytest.raises(ConfigRefused, match="just now"):
        swap(standing, "{}")
    assert path.read_text() == "{mine: 1}"
    assert os.listdir(path.parent) == ["openclaw.json"]


def test_a_file_that_came_meanwhile_is_not_lost(tmp_path):
    """Also when there was none."""
    standing = look_at(tmp_path / "openclaw.json")
    (tmp_path / "openclaw.json").write_text("{mine: 1}")
    with pytest.raises(ConfigRefused):
        swap(standing, "{}")
    assert (tmp_path / "openclaw.json").read_text() == "{mine: 1}"


def test_what_a_killed_writer_left_is_cleared(path):
    """Who holds the lock knows that nobody works on it; other files stay."""
    (path.parent / ".openclaw.json.abc.new").write_text("half")
    (path.parent / ".other.json.abc.new").write_text("not ours")
    swap(look_at(path), "{a: 1}")
    assert sorted(os.listdir(path.parent)) == [".other.json.abc.new", "openclaw.json"]


def test_a_second_writer_waits_for_the_first(path):
    """It gets the lock when the first one lets it go."""
    order: list[str] = []

    def second() -> None:
        with locked(path):
            order.append("second")

    thread = threading.Thread(target=second)
    with locked(path):
        thread.start()
        order.append("first")
    thread.join(60)
    assert order == ["first", "second"]


def test_a_writer_that_is_stuck_is_named_after_a_while(path):
    """A bound for the wait (style 25)."""
    descriptor = os.open(path.parent, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        with pytest.raises(ConfigRefused, match="another program"), locked(path, patience_s=0.0):
            pass
    finally:
        os.close(descriptor)


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    """A file in the way of a directory."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigRefused, match="cannot be written"), locked(tmp_path / "file" / "openclaw.json"):
        pass
