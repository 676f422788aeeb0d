import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.config.grammar import (
    attachment_root_error,
    executable_error,
    normalise_id,
    not_blank_error,
    remote_host_error,
    time_zone_error,
)


@pytest.mark.parametrize(
    "text",
    ["imsg", "imsg-0.3", "/usr/local/bin/imsg", "~/.openclaw/scripts/imsg-ssh", "./my tool", "C:\\imsg.exe"],
)
def test_executables_are_bare_names_or_paths(text):
    """A path may have spaces, a bare name not (A.8)."""
    assert executable_error(text) is None


@pytest.mark.parametrize(
    "text",
    ["", "  ", "imsg; rm -rf x", "imsg rpc", "-imsg", "a|b", "$HOME/imsg", "`x`", "a\nb", '"imsg"', "a>b"],
)
def test_executables_hold_nothing_a_shell_could_use(text):
    """cliPath must be one safe token (A.8)."""
    assert executable_error(text)


@given(st.text(max_size=20).filter(lambda text: re.search(r"[;&|`$<>\"'\0\r\n]", text.strip())))
def test_no_text_with_a_shell_character_is_an_executable(text):
    """The refusal does not depend on where the character stands."""
    assert executable_error(text)


@pytest.mark.parametrize(
    "text", ["mac", "user@gateway-host", "bot@mac-mini.tailnet-1234.ts.net", "u@[fe80::1]"]
)
def test_remote_hosts_are_host_or_user_at_host(text):
    """The page: `host` or `user@host` (requirements, G.2)."""
    assert remote_host_error(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "user@host -p 22",
        "-oProxyCommand=x",
        "user@-host",
        "a@b@c",
        "@host",
        "host:22",
        "host/path",
        "a b@c",
    ],
)
def test_remote_hosts_have_no_options_ports_or_spaces(text):
    """Nothing that ssh or scp could read as more than a host (G.2)."""
    assert remote_host_error(text)


@pytest.mark.parametrize("text", ["/Users/*/Library/Messages/Attachments", "/a/../b", "C:\\Users\\x"])
def test_attachment_roots_are_absolute_folders(text):
    """A segment is literal or exactly `*` (A.8)."""
    assert attachment_root_error(text) is None


@pytest.mark.parametrize("text", ["", "Library", "/", "/a/..", "C:/", "/Users/*name/x", "/a\0b", "~/x"])
def test_attachment_roots_are_not_relative_whole_disks_or_half_wildcards(text):
    """The rules that the original states and its package forgets (A.7)."""
    assert attachment_root_error(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Work", "work"),
        (" a b ", "a-b"),
        ("", "default"),
        ("--x--", "x"),
        ("__proto__", "default"),
        ("é", "default"),
    ],
)
def test_ids_are_folded(text, expected):
    """Account and agent ids (A.9)."""
    assert normalise_id(text) == expected


@given(st.text(max_size=100))
def test_a_folded_id_is_always_valid_and_stays_itself(text):
    """Folding ends in the grammar, and folding again changes nothing."""
    folded = normalise_id(text)
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", folded)
    assert normalise_id(folded) == folded


def test_blank_texts_are_refused():
    """A path or name of white space is a slip."""
    assert not_blank_error(" \t")
    assert not_blank_error("x") is None


@pytest.mark.parametrize("text", ["UTC", "Europe/Berlin", " Asia/Tokyo "])
def test_time_zones_go_by_their_names(text):
    """userTimezone and envelopeTimezone (A.10)."""
    assert time_zone_error(text) is None


@pytest.mark.parametrize(
    "text", ["", "Mars/Olympus", "Europe", "../../etc/passwd", "/etc/localtime", "a\0b", "CET+1x"]
)
def test_a_time_zone_is_no_path(text):
    """A name that leads out of the database of zones is none."""
    assert time_zone_error(text) == "must be the name of a time zone"
