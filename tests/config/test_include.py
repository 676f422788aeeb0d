import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.config.include import DEPTH_LIMIT, merge, read_with_includes
from openclaw.errors import ConfigError, ConfigInvalid, ConfigUnreadable


def write(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.json5").write_text(text, encoding="utf-8")
    return folder / "root.json5"


def test_a_file_replaces_the_object_that_names_it(tmp_path):
    """A single include stands for its object (A.2)."""
    root = write(tmp_path, root="{agents: {$include: './agents.json5'}}", agents="{list: [{id: 'a'}]}")
    assert read_with_includes(root) == {"agents": {"list": [{"id": "a"}]}}


def test_several_files_merge_in_order_and_lists_follow_one_another(tmp_path):
    """Objects merge, lists concatenate, scalars: later wins (A.2)."""
    root = write(
        tmp_path,
        root="{x: {$include: ['one.json5', 'two.json5']}}",
        one="{a: {p: 1, q: 1}, l: [1], s: 1}",
        two="{a: {q: 2}, l: [2], s: 2}",
    )
    assert read_with_includes(root) == {"x": {"a": {"p": 1, "q": 2}, "l": [1, 2], "s": 2}}


def test_keys_beside_an_include_lie_on_top(tmp_path):
    """Sibling keys are merged over the included content (A.2)."""
    root = write(
        tmp_path,
        root="{$include: 'base.json5', gateway: {port: 2}}",
        base="{gateway: {port: 1, mode: 'local'}}",
    )
    assert read_with_includes(root) == {"gateway": {"port": 2, "mode": "local"}}


def test_keys_beside_an_include_need_an_object(tmp_path):
    """There is nothing to lay a key over in a list (A.2)."""
    root = write(tmp_path, root="{x: {$include: 'list.json5', y: 1}}", list="[1]")
    with pytest.raises(ConfigInvalid) as caught:
        read_with_includes(root)
    assert caught.value.issues[0].path == "x.$include"


def test_included_files_include_relative_to_themselves(tmp_path):
    """Relative paths resolve against the including file's directory (A.2)."""
    inner = tmp_path / "parts"
    inner.mkdir()
    write(inner, a="{b: {$include: 'b.json5'}}", b="{c: 1}")
    root = write(tmp_path, root="{a: {$include: 'parts/a.json5'}}")
    assert read_with_includes(root) == {"a": {"b": {"c": 1}}}


@pytest.mark.parametrize("name", ["../outside.json5", "/etc/hostname", "link.json5", "linked/outside.json5"])
def test_nothing_outside_the_directory_is_included(tmp_path, name):
    """Not by dots, not by an absolute path, not through a symbolic link to a file or folder (A.2)."""
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "outside.json5").write_text("{secret: 1}")
    (home / "link.json5").symlink_to(tmp_path / "outside.json5")
    (home / "linked").symlink_to(tmp_path)
    root = write(home, root=f"{{x: {{$include: '{name}'}}}}")
    with pytest.raises(ConfigInvalid, match="must stay inside") as caught:
        read_with_includes(root)
    assert caught.value.issues[0].path == "x.$include"


@pytest.mark.parametrize("name", ["a\\u0000b", "loop.json5", "loop.json5/x", "x" * 5000])
def test_what_is_no_name_of_a_file_is_refused_by_its_place(tmp_path, name):
    """Each of these ended a running gateway that was given an edit with it."""
    (tmp_path / "loop.json5").symlink_to(tmp_path / "loop.json5")
    root = write(tmp_path, root=f"{{x: {{$include: '{name}'}}}}")
    with pytest.raises(ConfigInvalid, match="a name that a file can have") as caught:
        read_with_includes(root)
    assert caught.value.issues[0].path == "x.$include"


def test_a_file_with_other_hard_links_is_refused(tmp_path):
    """A hard link could bring in a file from anywhere on the disk (A.2)."""
    root = write(tmp_path, root="{x: {$include: 'a.json5'}}", a="{}")
    os.link(tmp_path / "a.json5", tmp_path / "b.json5")
    with pytest.raises(ConfigUnreadable, match="hard links"):
        read_with_includes(root)


@pytest.mark.parametrize(
    "name", ["a\0b", "loop", "loop/x", "x" * 5000, "root.json5/x", "shut/x", "pipe", "", "."]
)
def test_a_name_that_leads_to_no_file_is_an_error_like_any_other(tmp_path, name):
    """Never one of the system's own: it would end a running gateway that only wanted to look."""
    root = write(tmp_path, root=json.dumps({"x": {"$include": name}}))
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "shut").mkdir(0o000)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigError):
        read_with_includes(root)


def test_a_configuration_that_is_a_link_in_a_circle_cannot_be_read(tmp_path):
    """As an include, and as the file itself."""
    (tmp_path / "root.json5").symlink_to("root.json5")
    with pytest.raises(ConfigUnreadable, match="symbolic links"):
        read_with_includes(tmp_path / "root.json5")


def test_a_circle_is_named_link_by_link(tmp_path):
    """The error names the chain (A.2)."""
    root = write(tmp_path, root="{$include: 'a.json5'}", a="{$include: 'b.json5'}", b="{$include: 'a.json5'}")
    with pytest.raises(ConfigInvalid, match=r"root\.json5 -> .*a\.json5 -> .*b\.json5 -> .*a\.json5"):
        read_with_includes(root)


def test_ten_files_deep_is_enough(tmp_path):
    """Nesting of 10 is read, 11 is refused (A.2)."""
    files = {f"f{depth}": f"{{$include: 'f{depth + 1}.json5'}}" for depth in range(1, DEPTH_LIMIT)}
    root = write(tmp_path, root="{$include: 'f1.json5'}", **files, f10="{end: 1}")
    assert read_with_includes(root) == {"end": 1}
    write(tmp_path, f10="{$include: 'f11.json5'}", f11="{end: 1}")
    with pytest.raises(ConfigInvalid, match="deeper than 10"):
        read_with_includes(root)


def test_files_cannot_pile_up_more_levels_than_one_file_may_have(tmp_path):
    """Each file is within its own bound, together they would exhaust the stack."""
    opening, closing = "{a:" * 60, "}" * 60
    root = write(
        tmp_path,
        root=f"{opening}{{$include: 'a.json5'}}{closing}",
        a=f"{opening}{{$include: 'b.json5'}}{closing}",
        b="{}",
    )
    with pytest.raises(ConfigInvalid, match="deeper than 64 keys"):
        read_with_includes(root)


def test_a_missing_include_is_named(tmp_path):
    """An include that is not there stops the start."""
    with pytest.raises(ConfigUnreadable, match=r"lost\.json5"):
        read_with_includes(write(tmp_path, root="{$include: 'lost.json5'}"))


@pytest.mark.parametrize("names", ["3", "[]", "[1]", "{}"])
def test_an_include_is_a_name_or_names(tmp_path, names):
    """Anything else is an issue at the include."""
    with pytest.raises(ConfigInvalid, match="must be a file name"):
        read_with_includes(write(tmp_path, root=f"{{$include: {names}}}"))


objects = st.dictionaries(
    st.text(max_size=3), st.integers() | st.dictionaries(st.text(max_size=2), st.integers())
)


@given(objects, objects)
def test_merging_keeps_every_key_and_lets_the_later_win(base, top):
    """No key is lost; where both have a plain value, the later one stands."""
    merged = merge(base, top)
    assert set(merged) == set(base) | set(top)
    assert all(merged[key] == value for key, value in top.items() if isinstance(value, int))
    assert merge(base, {}) == base
