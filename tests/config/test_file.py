import os

import pytest

from openclaw.config.file import SIZE_LIMIT, read_json5
from openclaw.errors import ConfigUnreadable


def test_json5_is_read(tmp_path):
    """Comments, trailing commas, unquoted keys, and a byte order mark (A.1)."""
    path = tmp_path / "c.json"
    path.write_text("\ufeff{ // hello\n a: 'x', b: [1, 2,], }", encoding="utf-8")
    assert read_json5(path) == {"a": "x", "b": [1, 2]}


def test_a_slip_is_named_by_line_and_column(tmp_path):
    """The operator finds the place."""
    path = tmp_path / "c.json"
    path.write_text("{\n  a: 1\n  b: 2\n}")
    with pytest.raises(ConfigUnreadable, match=r"line 3, column 3.*found 'b'"):
        read_json5(path)


def test_an_empty_file_is_not_an_empty_configuration(tmp_path):
    """Unreadable state is an error, never an empty start (style 20)."""
    path = tmp_path / "c.json"
    path.write_text("")
    with pytest.raises(ConfigUnreadable, match="not JSON5"):
        read_json5(path)


def test_a_missing_file_is_named(tmp_path):
    """The message has the path and what to check."""
    with pytest.raises(ConfigUnreadable, match=r"lost\.json cannot be read"):
        read_json5(tmp_path / "lost.json")


def test_a_file_over_two_mebibytes_is_refused(tmp_path):
    """The bound of A.2."""
    path = tmp_path / "c.json"
    path.write_bytes(b'{"a":"' + b"x" * SIZE_LIMIT + b'"}')
    with pytest.raises(ConfigUnreadable, match="2 MiB"):
        read_json5(path)


def test_nesting_without_end_is_refused(tmp_path):
    """A document that is only brackets must not exhaust the stack."""
    path = tmp_path / "c.json"
    path.write_text("[" * 100_000)
    with pytest.raises(ConfigUnreadable, match="not JSON5"):
        read_json5(path)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    """UTF-8 only."""
    path = tmp_path / "c.json"
    path.write_bytes(b'{"a": "\xff"}')
    with pytest.raises(ConfigUnreadable, match="UTF-8"):
        read_json5(path)


def test_directories_and_pipes_are_refused_without_waiting(tmp_path):
    """A named pipe in the file's place must not hang the program."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path):
        with pytest.raises(ConfigUnreadable, match="not a regular file"):
            read_json5(path)
