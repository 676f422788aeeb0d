from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making import NOON

from openclaw.config.reader import read_section
from openclaw.config.sections.root import Config
from openclaw.config.shape import Check, NotNegative, Positive, Range, ceiling


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """Inside the sample."""

    size: Annotated[int, Range(1, 9)] = 1
    mode: Literal["a", "b"] = "a"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Every form a key can have."""

    id: str
    inner: Inner = Inner()
    ratio: float | None = None
    on: bool = False
    names: tuple[str | int, ...] = ()
    rooms: Mapping[str, Inner] | None = None
    either: str | Inner | None = None
    free: object = None
    word: Annotated[str, Check(lambda text: None if text.islower() else "must be lower case", "fold it")] = (
        "x"
    )

    def conflicts(self) -> list[tuple[str, str, str]]:
        return [("inner.size", "must be 9 while on", "use 9")] if self.on and self.inner.size != 9 else []


def problems(raw: object) -> dict[str, str]:
    _, findings = read_section(Sample, raw)
    return {issue.path: issue.message for issue in findings.issues}


def test_a_good_object_becomes_values():
    """Lists become tuples, objects sections, numbers stay what they are."""
    value, findings = read_section(
        Sample,
        {
            "id": "x",
            "ratio": 1,
            "names": ["a", 2],
            "rooms": {"r": {"size": 2}},
            "either": {"mode": "b"},
            "free": [1],
        },
    )
    assert findings.issues == []
    assert value == Sample(
        id="x", ratio=1, names=("a", 2), rooms={"r": Inner(size=2)}, either=Inner(mode="b"), free=[1]
    )


@pytest.mark.parametrize(
    ("key", "raw", "message"),
    [
        ("id", 5, "must be a text, not 5"),
        ("inner", [], "must be an object, not []"),
        ("ratio", "1", 'must be a number, not "1"'),
        ("ratio", float("nan"), "must be a number, not NaN"),
        ("ratio", True, "must be a number, not true"),
        ("on", 1, "must be true or false, not 1"),
        ("on", None, "must not be null"),
        ("names", "a", 'must be a list, not "a"'),
        ("rooms", [], "must be an object, not []"),
        ("either", 3, "must be a text or an object, not 3"),
        ("word", "Ab", 'must be lower case, not "Ab"'),
    ],
)
def test_a_wrong_value_is_said_with_what_stands_there(key, raw, message):
    """Strict: nothing is converted, and the message has the value (ruling 13)."""
    assert problems({"id": "x", key: raw}) == {key: message}


def test_numbers_are_whole_when_their_value_is():
    """JSON has one kind of number: 2.0 and 1e3 are whole (A.1)."""
    value, findings = read_section(Sample, {"id": "x", "inner": {"size": 2.0}, "names": [1e3]})
    assert (value.inner.size, value.names, findings.issues) == (2, (1000,), [])
    assert problems({"id": "x", "inner": {"size": 1.5}}) == {"inner.size": "must be a whole number, not 1.5"}


def test_places_inside_lists_and_maps_are_named():
    """The path leads to the very value."""
    found = problems(
        {"id": "x", "names": ["a", [], "b", {}], "rooms": {"r.1": {"size": 10}, "s": {"mode": "c"}}}
    )
    assert found == {
        "names[1]": "must be a text or a whole number, not []",
        "names[3]": "must be a text or a whole number, not {}",
        'rooms["r.1"].size': "must be at least 1 and at most 9, not 10",
        "rooms.s.mode": 'must be one of "a", "b", not "c"',
    }


def test_a_missing_key_does_not_hide_other_issues():
    """Every issue at once."""
    assert set(problems({"on": "yes", "inner": {"size": 0}})) == {"id", "on", "inner.size"}


def test_rules_between_keys_are_checked_when_the_keys_are_sound():
    """A rule says nothing about a key that is already reported."""
    assert problems({"id": "x", "on": True}) == {"inner.size": "must be 9 while on"}
    assert problems({"id": "x", "on": True, "inner": {"size": "big"}}) == {
        "inner.size": 'must be a whole number, not "big"'
    }


def test_unknown_keys_are_noted_with_their_siblings():
    """Whether an unknown key is an error is not the reader's to say."""
    _, findings = read_section(Sample, {"id": "x", "inner": {"sise": 1}})
    assert [(key.path, key.siblings) for key in findings.unknown] == [(("inner", "sise"), ("size", "mode"))]
    assert findings.issues == []


def test_a_map_cannot_be_changed_afterwards():
    """Values are frozen all the way down."""
    value, _ = read_section(Sample, {"id": "x", "rooms": {"r": {}}})
    with pytest.raises(TypeError):
        value.rooms["s"] = Inner()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
section_names = st.sampled_from(
    ["channels", "agents", "models", "bindings", "messages", "session", "gateway", "acp"]
)


@given(st.dictionaries(section_names, json_values, max_size=4))
def test_whatever_stands_in_the_file_reading_ends_in_values_or_issues(raw):
    """Reading never raises: it is the operator's file, and anything may be in it."""
    config, findings = read_section(Config, raw)
    assert config is not None or findings.issues
    assert all(issue.message for issue in findings.issues)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Numbers without an upper bound of their own."""

    pause_ms: NotNegative = 0
    timeout_seconds: Positive = 1
    idle_minutes: Positive = 1
    retention_days: Positive = 1
    max_file_bytes: Positive = 1


@pytest.mark.parametrize("key", ["pauseMs", "timeoutSeconds", "idleMinutes", "retentionDays", "maxFileBytes"])
def test_a_number_that_nothing_can_be_reckoned_with_is_refused(key):
    """A date cannot be moved by it, and the running gateway would end over it."""
    _, findings = read_section(Waits, {key: 10**30})
    assert [(issue.path, "must be at most" in issue.message) for issue in findings.issues] == [(key, True)]
    value, findings = read_section(Waits, {key: ceiling(key)})
    assert findings.issues == []
    assert value is not None
    for unit in ("milliseconds", "seconds", "minutes", "days"):
        if ceiling(unit) == ceiling(key):
            assert NOON - timedelta(**{unit: ceiling(key)}) < NOON < NOON + timedelta(**{unit: ceiling(key)})


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_a_text_that_nothing_can_hold_is_refused_and_not_shown(text):
    """No file name, pattern or terminal takes it; half a character can come in by a variable."""
    for raw, path in (
        ({"id": text}, "id"),
        ({"id": "x", "names": [text]}, "names[0]"),
        ({"id": "x", "word": text}, "word"),
    ):
        _, findings = read_section(Sample, raw)
        assert [issue.path for issue in findings.issues] == [path]
        assert text not in str(findings.issues)
