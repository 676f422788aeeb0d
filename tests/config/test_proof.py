import pytest

from openclaw.config.proof import prove, same
from openclaw.errors import ConfigRefused

OLD = {"a": {"b": 1, "c": [1, {"x": 2}]}, "d": None}


def test_values_are_the_same_when_a_file_says_the_same():
    """Kinds differ, order within objects does not count, and what is no number equals itself."""
    assert not same(1, True)
    assert not same(1, 1.0)
    assert not same(None, "None")
    assert same({"a": 1, "b": 2}, {"b": 2, "a": 1})
    assert same([float("nan")], [float("nan")])
    assert not same({}, [])


@pytest.mark.parametrize(
    ("text", "path", "present", "value"),
    [
        ("{a: {b: 9, c: [1, {x: 2}]}, d: null}", ("a", "b"), True, 9),
        ("{a: {b: 1, c: [1, {x: 2}, {y: 3}]}, d: null}", ("a", "c", 2, "y"), True, 3),
        ("{a: {b: 1, c: [{x: 2}]}, d: null}", ("a", "c", 0), False, None),
        ("{a: {b: 1, c: [1, {x: 2}]}, d: null, e: {f: true}}", ("e", "f"), True, True),
    ],
)
def test_one_changed_path_is_proven(text, path, present, value):
    """The old value with exactly that one changed."""
    prove(OLD, text, path, present=present, value=value)


@pytest.mark.parametrize(
    "text",
    [
        "{a: {b: 8, c: [1, {x: 2}]}, d: null}",
        "{a: {b: 9, c: [1, {x: 3}]}, d: null}",
        "{d: null, a: {b: 9, c: [1, {x: 2}]}}",
        "{a: {b: 9, c: [1, {x: 2}]}, d: null, e: 1}",
        "{a: {b: 9, c: [1, {x: 2}]}, d: null",
        "{a: {b: 9, c: [1, {x: 2}]}, d: null, d: null}",
    ],
)
def test_anything_else_is_refused(text):
    """Another value, a change beside it, another order, a key more, a broken text, a key twice."""
    with pytest.raises(ConfigRefused):
        prove(OLD, text, ("a", "b"), present=True, value=9)
