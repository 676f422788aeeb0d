from pathlib import Path

import pytest

from openclaw.config.target import Target, refuse_includes_on, target_of
from openclaw.errors import ConfigRefused

ROOT = Path("/home/me/openclaw.json")


def target(document, *paths, whole=()):
    return target_of(ROOT, document, paths, whole=whole)


def test_a_change_goes_to_the_file_itself_or_to_the_one_that_holds_its_section():
    """Facts A.2: one top-level section that is one file."""
    document = {"agents": {"$include": "./agents.json5"}, "store": {}}
    assert target(document, ("store", "retentionDays")) == Target(ROOT)
    found = target(document, ("agents", "list", 0), ("agents", "defaults"))
    assert (found.file, found.section) == (Path("/home/me/agents.json5"), "agents")
    assert found.local(("agents", "list", 0)) == ("list", 0)
    assert Target(ROOT).local(("agents", "list")) == ("agents", "list")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (
            {"$include": "base.json5"},
            "the whole file is merged from others; edit /home/me/base.json5 by hand",
        ),
        (
            {"agents": {"$include": ["a.json5", "b.json5"]}},
            "several files; edit /home/me/a.json5, /home/me/b.json5",
        ),
        ({"agents": {"$include": "a.json5", "list": []}}, "keys beside its .include; edit /home/me/a.json5"),
        ({"agents": {"$include": "../a.json5"}}, "outside /home/me"),
        ({"agents": {"$include": "a\0b"}}, "no name of a file; edit /home/me/openclaw.json by hand"),
    ],
)
def test_other_includes_are_refused_with_the_file_to_edit(document, said):
    """A change that goes to the wrong place of a merge would look as if it had been made."""
    with pytest.raises(ConfigRefused, match=said):
        target(document, ("agents", "list"))


def test_two_files_at_once_are_refused():
    """All or nothing holds for one file."""
    document = {"agents": {"$include": "agents.json5"}}
    with pytest.raises(ConfigRefused, match="two files cannot be changed at once"):
        target(document, ("agents", "list"), ("store", "retentionDays"))


def test_a_whole_included_section_may_be_taken_away():
    """Then it is the reference that goes, in the file that has it."""
    document = {"agents": {"$include": "agents.json5"}}
    assert target(document, ("agents",), whole=[("agents",)]) == Target(ROOT)


def test_an_include_on_the_way_is_refused_at_its_place():
    """Only whole top-level sections are followed."""
    document = {"channels": {"imessage": {"$include": "phone.json5"}}}
    with pytest.raises(
        ConfigRefused, match=r"channels\.imessage is included.*edit /home/me/phone\.json5 by hand"
    ):
        refuse_includes_on(ROOT, document, ("channels", "imessage", "name"), ("channels", "imessage", "name"))
    with pytest.raises(ConfigRefused, match=r"agents\.list\[0\] is included"):
        refuse_includes_on(
            ROOT, {"list": [{"$include": "a"}]}, ("list", 0, "id"), ("agents", "list", 0, "id")
        )
    refuse_includes_on(ROOT, document, ("channels", "defaults"), ("channels", "defaults"))
