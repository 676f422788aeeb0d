import pytest

from openclaw.config.patch import added, removed, replaced
from openclaw.config.spans import outline


def without(text, *path):
    found = outline(text)
    return removed(found, *found.find(path)[-1])


@pytest.mark.parametrize(
    ("text", "path", "rest"),
    [
        ("{ a: 1, b: 2, c: 3 }", ["a"], "{ b: 2, c: 3 }"),
        ("{ a: 1, b: 2, c: 3 }", ["b"], "{ a: 1, c: 3 }"),
        ("{ a: 1, b: 2, c: 3 }", ["c"], "{ a: 1, b: 2 }"),
        ("{ a: 1, b: 2, }", ["b"], "{ a: 1, }"),
        ("{ a: 1 }", ["a"], "{}"),
        ("{ /* why */ a: 1 }", ["a"], "{ /* why */  }"),
        ("{\n  a: 1,\n  b: 2\n}", ["b"], "{\n  a: 1\n}"),
        ("{\n  a: 1, // a\n  b: 2 // b\n}", ["b"], "{\n  a: 1 // a\n}"),
        ("{\n  // a\n  a: 1, // one\n  // b\n  b: 2,\n}", ["a"], "{\n  // a\n  // b\n  b: 2,\n}"),
        ("{\n  a: 1, b: 2,\n}", ["b"], "{\n  a: 1,\n}"),
        ("{\n  a: 1\n  , b: 2\n}", ["b"], "{\n  a: 1\n  \n}"),
        ("{\n  a: 1, // one\n  b: 2 }", ["b"], "{\n  a: 1 // one\n }"),
        ("{a: [1, 2]}", ["a", 0], "{a: [2]}"),
    ],
)
def test_an_entry_goes_with_its_comma_and_its_space(text, path, rest):
    """What stays looks as if it had never been there; comments of neighbours and above stay."""
    assert without(text, *path) == rest


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{ a: 1 }", "{ a: 1, new: 2 }"),
        ("{a:1}", "{a:1,new:2}"),
        ('{ "a": 1, }', '{ "a": 1, "new": 2, }'),
        ("{\n\ta: 1,\n}", "{\n\ta: 1,\n\tnew: 2,\n}"),
        ('{\r\n  "a": 1\r\n}', '{\r\n  "a": 1,\r\n  "new": 2\r\n}'),
        ("{\n  a: 1 // one\n  // below\n}", "{\n  a: 1, // one\n  new: 2\n  // below\n}"),
        ("{}", "{\n  new: 2,\n}"),
        ("{ // nothing yet\n}", "{ // nothing yet\n  new: 2,\n}"),
    ],
)
def test_an_entry_comes_last_in_the_manner_of_the_others(text, result):
    """Indentation, quotes, line ends and the last comma are those of the container."""
    found = outline(text)
    assert added(found, [found.root], "new", 2) == result


def test_an_object_in_a_list_is_written_like_the_one_before_it():
    """Over lines when that one is."""
    text = '{\n  list: [{\n    id: "a",\n  }],\n}'
    found = outline(text)
    way = [found.root, found.find(("list",))[0][1].value]
    assert added(found, way, 1, {"id": "b"}) == '{\n  list: [{\n    id: "a",\n  }, {\n    id: "b",\n  }],\n}'


def test_a_text_keeps_the_quotes_of_the_one_it_follows():
    """And everything around it."""
    text = "{ a /* k */ : /* v */ 'x' /* w */, b: \"y\" }"
    found = outline(text)
    assert replaced(found, *found.find(("a",))[0], "it's") == text.replace("'x'", "'it\\'s'")
    assert replaced(found, *found.find(("b",))[0], "z") == text.replace('"y"', '"z"')
