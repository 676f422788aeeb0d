"""The editor over files as people write them: one path changed and nothing else, or refused."""

from __future__ import annotations

from typing import Any

import pyjson5
import pytest
from hypothesis import given
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


@given(st.data(), WILD | neat())
def test_a_value_in_the_place_of_a_scalar_changes_no_other_character(data: st.DataObject, text: str):
    """Before and behind the old value, every byte is as it was."""
    document = decoded(text)
    scalars = [path for path in paths_of(document) if not isinstance(look_up(document, path)[1], (dict, list))]
    if not scalars:
        return
    path, value = data.draw(st.sampled_from(scalars)), data.draw(VALUES)
    span = outline(text).find(path)[-1][1].value
    result = with_value(text, path, value)
    assert result.startswith(text[: span.start])
    assert result.endswith(text[span.end :])
    assert same(look_up(decoded(result), path)[1], value)
    assert with_value(result, path, value) == result


@given(st.data(), WILD | neat())
def test_a_new_entry_leaves_every_word_and_comment_where_it_was(data: st.DataObject, text: str):
    """Words are only added; what stood before the container and behind it keeps its bytes; order stays."""
    document = decoded(text)
    containers = [(), *(path for path in paths_of(document) if isinstance(look_up(document, path)[1], (dict, list)))]
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


@given(st.data(), neat())
def test_what_is_set_and_unset_again_leaves_no_trace(data: st.DataObject, text: str):
    """Byte for byte, in a file with one entry a line, whatever its line ends, indentation, quotes and commas."""
    document = decoded(text)
    objects = [(), *(path for path in paths_of(document) if look_up(document, path)[1] and isinstance(look_up(document, path)[1], (dict, list)))]
    path, value = data.draw(st.sampled_from(objects)), data.draw(VALUES)
    held = look_up(document, path)[1]
    key = len(held) if isinstance(held, list) else "new"
    assert without(with_value(text, (*path, key), value), (*path, key)) == text


@given(st.data(), WILD)
def test_what_is_set_and_unset_again_means_the_same_in_any_file(data: st.DataObject, text: str):
    """Whatever stands between the words: the old value is back, and every comment is still there."""
    document = decoded(text)
    containers = [(), *(path for path in paths_of(document) if isinstance(look_up(document, path)[1], dict))]
    path = (*data.draw(st.sampled_from(containers)), "new")
    result = without(with_value(text, path, data.draw(VALUES)), path)
    assert repr(decoded(result)) == repr(document)
    assert words(result) == words(text)


@given(WILD | neat(), VALUES.filter(lambda value: isinstance(value, dict)))
def test_a_whole_object_is_changed_into_another_step_by_step(text: str, value: dict[str, Any]):
    """The result is the value asked for, whatever stays of the old one."""
    assert same(decoded(with_value(text, (), value)), value)
