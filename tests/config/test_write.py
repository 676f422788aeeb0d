import os

import pyjson5
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.config.write import format_json5, write_new
from openclaw.errors import ConfigUnreadable

DOCUMENT = {
    "channels": {"imessage": {"cliPath": "imsg", "allowFrom": ["+1"]}},
    "agents": {"list": [{"id": "a"}]},
}


def mode(path):
    return path.stat().st_mode & 0o777


def test_a_new_file_is_private_in_a_private_directory(tmp_path):
    """0600 in 0700 (L.2), whatever the umask."""
    path = tmp_path / "state" / "deep" / "openclaw.json"
    before = os.umask(0)
    try:
        assert write_new(path, DOCUMENT) is None
    finally:
        os.umask(before)
    assert (mode(path), mode(path.parent), mode(path.parent.parent)) == (0o600, 0o700, 0o700)
    assert pyjson5.decode(path.read_text()) == DOCUMENT


def test_comments_stand_above_their_keys(tmp_path):
    """The first file explains itself."""
    path = tmp_path / "openclaw.json"
    write_new(path, DOCUMENT, comments={"channels.imessage.cliPath": "where imsg is\nor a wrapper"})
    assert '      // where imsg is\n      // or a wrapper\n      cliPath: "imsg",\n' in path.read_text()
    assert pyjson5.decode(path.read_text()) == DOCUMENT


def test_an_existing_file_is_left_alone(tmp_path):
    """`init` never writes over a configuration by accident (demand M)."""
    path = tmp_path / "openclaw.json"
    path.write_text("{mine: 1}")
    with pytest.raises(ConfigUnreadable, match="there already"):
        write_new(path, DOCUMENT)
    assert path.read_text() == "{mine: 1}"
    assert os.listdir(tmp_path) == ["openclaw.json"]


def test_replacing_keeps_the_previous_file(tmp_path):
    """A .bak of the previous file is kept, as private as the file (A.4)."""
    path = tmp_path / "openclaw.json"
    path.write_text("{mine: 1}")
    path.chmod(0o644)
    backup = write_new(path, DOCUMENT, replace=True)
    assert backup == tmp_path / "openclaw.json.bak"
    assert (backup.read_text(), mode(backup), mode(path)) == ("{mine: 1}", 0o600, 0o600)
    assert sorted(os.listdir(tmp_path)) == ["openclaw.json", "openclaw.json.bak"]


def test_replacing_nothing_keeps_nothing(tmp_path):
    """There is no backup of a file that was not there."""
    assert write_new(tmp_path / "openclaw.json", DOCUMENT, replace=True) is None
    assert os.listdir(tmp_path) == ["openclaw.json"]


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    """A file in the way of a directory."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigUnreadable, match="cannot be written"):
        write_new(tmp_path / "file" / "openclaw.json", DOCUMENT)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=5), values, max_size=4))
def test_what_is_written_reads_back_the_same(document):
    """Formatting loses nothing, whatever keys and texts hold."""
    assert pyjson5.decode(format_json5(document, dict.fromkeys(document, "a\nb"))) == document
