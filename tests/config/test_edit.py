"""The editor over files as people write them: one path changed and nothing else, or refused."""

from __future__ import annotations

from typing import Any

import pyjson5
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openclaw.config.edit import merged, with_value, without
from openclaw.config.paths import KeyPath, look_up
from openclaw.config.proof import same
from openclaw.config.spans import outline
from openclaw.config.tokens import scan
from openclaw.errors import ConfigRefused, ConfigUnreadable

from .written import NEW_KEYS, VALUES, WILD, neat, paths_of

FILE = """\
// the house
{
  // who may write
  channels: {
    imessage: {
      dmPolicy: 'pairing', // they ask first
      "allowFrom": ["+15550100001" /* Ann */],
      groups: {},
    },
  },
  /* several */ agents: { list: [{ id: "main" }] },
}
"""
# Each example reads a file several times; what forty of them did not find, five hundred did not find either.
SOME = settings(max_examples=40)
ALLOW = ("channels", "imessage", "allowFrom")


def decoded(text: str) -> Any:
    return pyjson5.decode(text)


def words(text: str, *, comments: bool = True) -> list[str]:
    """Everything in ``text`` but white space."""
    left_out = ("space",) if comments else ("space", "line", "block")
    return [text[token.start : token.end] for token in scan(text) if token.kind not in left_out]


def is_subsequence(short: list[str], long: list[str]) -> bool:
    rest = iter(long)
    return all(word in rest for word in short)


@SOME
@given(st.data(), WILD | neat())
def test_a_value_in_the_place_of_a_scalar_changes_no_other_character(data: st.DataObject, text: str):
    """Before and behind the old value, every byte is as it was."""
    document = decoded(text)
    scalars = [
        path for path in paths_of(document) if not isinstance(look_up(document, path)[1], (dict, list))
    ]
    if not scalars:
        return
    path, value = data.draw(st.sampled_from(scalars)), data.draw(VALUES)
    span = outline(text).find(path)[-1][1].value
    result = with_value(text, path, value)
    assert result.startswith(text[: span.start])
    assert result.endswith(text[span.end :])
    assert same(look_up(decoded(result), path)[1], value)
    assert with_value(result, path, value) == result


@SOME
@given(st.data(), WILD | neat())
def test_a_new_entry_leaves_every_word_and_comment_where_it_was(data: st.DataObject, text: str):
    """Words are only added; what stood before the container and behind it keeps its bytes; order stays."""
    document = decoded(text)
    containers = [
        (),
        *(path for path in paths_of(document) if isinstance(look_up(document, path)[1], (dict, list))),
    ]
    path, value = data.draw(st.sampled_from(containers)), data.draw(VALUES)
    held = look_up(document, path)[1]
    key = len(held) if isinstance(held, list) else data.draw(NEW_KEYS.filter(lambda one: one not in held))
    result = with_value(text, (*path, key), value)
    span = outline(text).find(path)[-1][1].value if path else outline(text).root
    assert result.startswith(text[: span.entries[-1].value.end if span.entries else span.start + 1])
    assert result.endswith(text[span.end - 1 :])
    assert is_subsequence(words(text), words(result))
    after = look_up(decoded(result), path)[1]
    assert same(after[key], value)
    assert repr(after[:-1] if isinstance(held, list) else list(after.items())[:-1]) == repr(
        held if isinstance(held, list) else list(held.items())
    )


@SOME
@given(st.data(), WILD | neat())
def test_an_entry_that_goes_takes_only_what_is_its_own(data: st.DataObject, text: str):
    """The rest keeps its words in order; comments go only with the line or the value they are in."""
    paths = paths_of(decoded(text))
    if not paths:
        return
    path = data.draw(st.sampled_from(paths))
    container, entry = outline(text).find(path)[-1]
    result = without(text, path)
    assert not same(decoded(result), decoded(text))
    assert is_subsequence(words(result), words(text))
    outside = [one for one in outline(text).comments if not entry.start <= one.start < entry.end]
    kept = words(result)
    lost = [one for one in outside if text[one.start : one.end] not in kept]
    for comment in lost:
        assert comment.start >= entry.end
        assert not text[entry.end : comment.end].strip(" \t").count("\n")
    assert result.startswith(text[: container.start + 1])
    assert result.endswith(text[container.end - 1 :])


@SOME
@given(st.data(), neat())
def test_what_is_set_and_unset_again_leaves_no_trace(data: st.DataObject, text: str):
    """Byte for byte, in a file with one entry a line, whatever its line ends, indentation, quotes and commas."""
    document = decoded(text)
    objects = [
        (),
        *(
            path
            for path in paths_of(document)
            if look_up(document, path)[1] and isinstance(look_up(document, path)[1], (dict, list))
        ),
    ]
    path, value = data.draw(st.sampled_from(objects)), data.draw(VALUES)
    held = look_up(document, path)[1]
    key = len(held) if isinstance(held, list) else "new"
    assert without(with_value(text, (*path, key), value), (*path, key)) == text


@SOME
@given(st.data(), WILD)
def test_what_is_set_and_unset_again_means_the_same_in_any_file(data: st.DataObject, text: str):
    """Whatever stands between the words: the old value is back, and every comment is still there."""
    document = decoded(text)
    containers = [(), *(path for path in paths_of(document) if isinstance(look_up(document, path)[1], dict))]
    path = (*data.draw(st.sampled_from(containers)), "new")
    result = without(with_value(text, path, data.draw(VALUES)), path)
    assert repr(decoded(result)) == repr(document)
    assert words(result) == words(text)


@SOME
@given(WILD | neat(), VALUES.filter(lambda value: isinstance(value, dict)))
def test_a_whole_object_is_changed_into_another_step_by_step(text: str, value: dict[str, Any]):
    """The result is the value asked for, whatever stays of the old one."""
    assert same(decoded(with_value(text, (), value)), value)


def test_a_key_keeps_the_comment_behind_it():
    """Only the value is another one."""
    result = with_value(FILE, ("channels", "imessage", "dmPolicy"), "open")
    assert result == FILE.replace("'pairing'", "'open'")


def test_a_list_that_grows_or_shrinks_keeps_the_rest_of_it():
    """By its position at the end, or as a whole list in which the others stay."""
    longer = with_value(FILE, (*ALLOW, 1), "+15550100002")
    assert longer == FILE.replace("/* Ann */]", '/* Ann */, "+15550100002"]')
    assert with_value(FILE, ALLOW, ["+15550100001", "+15550100002"]) == longer
    assert with_value(longer, ALLOW, ["+15550100001"]) == FILE


def test_missing_parents_are_made():
    """Objects for keys, a list for its first position."""
    path = ("channels", "imessage", "groups", "chat_guid:iMessage;+;x", "requireMention")
    result = with_value(FILE, path, True)
    assert result == FILE.replace(
        "groups: {},",
        'groups: {\n        "chat_guid:iMessage;+;x": {\n          requireMention: true,\n        },\n      },',
    )
    assert decoded(with_value("{}", ("bindings", 0, "agentId"), "main")) == {
        "bindings": [{"agentId": "main"}]
    }


def test_a_key_of_digits_is_a_position_where_the_file_has_a_list():
    """Written as agents.list.0.id (J.4); in an object it stays a key."""
    assert with_value(FILE, (*ALLOW, "0"), "x") == FILE.replace("+15550100001", "x")
    assert decoded(without(FILE, ("agents", "list", "0")))["agents"] == {"list": []}
    groups = ("channels", "imessage", "groups")
    assert decoded(with_value(FILE, (*groups, "7"), {}))["channels"]["imessage"]["groups"] == {"7": {}}


def test_one_key_of_an_object_in_a_list_is_changed_in_place():
    """Also when the whole list is given."""
    result = with_value(FILE, ("agents", "list", 0, "id"), "home")
    assert result == FILE.replace('"main"', '"home"')
    assert with_value(FILE, ("agents", "list"), [{"id": "home"}]) == result


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("channels", "imessage", "dmPolicy", "x"), 1, "channels.imessage.dmPolicy is neither"),
        ((*ALLOW, 5), "x", r"is a list of 1; \[1\] appends"),
        ((*ALLOW, "x"), "x", "is a list of 1"),
        ((*ALLOW, -1), "x", "is a list of 1"),
        (("bindings", 3), "x", r'its first position is \[0\].*\["3"\]'),
        (("a",), float("nan"), "no value of a configuration file"),
        (("a",), {1: 2}, "cannot hold the key"),
        (("a",), {"$include": "x"}, "includes are written by hand"),
        (("a",), "\ud800", "half a character"),
        ((), 1, "can only be an object"),
    ],
)
def test_what_has_no_place_is_refused(path: KeyPath, value: object, said: str):
    """With the place and the way to write it."""
    with pytest.raises(ConfigRefused, match=said):
        with_value(FILE, path, value)


def test_too_deep_a_place_is_refused_and_not_written():
    """The result must be readable: the decoder goes 64 levels down."""
    with pytest.raises(ConfigRefused, match="cannot be changed safely"):
        with_value("{}", tuple("k" * 70), 1)


@pytest.mark.parametrize("text", ["", "{a: ", "// nothing"])
def test_a_text_that_is_no_json5_is_not_touched(text: str):
    """Whatever it was meant to be."""
    with pytest.raises(ConfigUnreadable):
        with_value(text, ("a",), 1)


def test_what_is_not_there_cannot_be_taken_away():
    """The text comes back as it was; the whole file is refused."""
    assert without(FILE, ("channels", "telegram")) == FILE
    assert without(FILE, (*ALLOW, 4)) == FILE
    with pytest.raises(ConfigRefused):
        without(FILE, ())


def test_objects_are_laid_over_one_another():
    """Everything else is replaced, lists too."""
    base = {"a": {"b": 1, "c": [1]}, "d": 1}
    assert merged(base, {"a": {"c": [2], "e": 3}}) == {"a": {"b": 1, "c": [2], "e": 3}, "d": 1}
    assert merged(None, {"a": 1}) == {"a": 1}


def test_an_entry_is_put_behind_the_separator_that_ends_a_comment():
    """U+2028 ends a line comment of JSON5 but is no line for an editor; the entry must not become part of it."""
    assert with_value("{a:{// why\u2028}}", ("a", "new"), 1) == "{a:{// why\u2028new:1}}"
