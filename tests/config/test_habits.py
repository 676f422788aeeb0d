import pytest

from openclaw.config.habits import style_of
from openclaw.config.spans import outline
from openclaw.config.style import Style


def learned(text: str) -> Style:
    found = outline(text)
    return style_of(found, found.root)


def test_an_empty_file_is_written_as_ours():
    """Bare keys, double quotes, two spaces, a comma at the end."""
    assert learned("{}\n") == Style("\n", "  ", '"', "", ": ", True, " ")


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ('{\r\n\t"a": "x"\r\n}', Style("\r\n", "\t", '"', '"', ": ", False, " ")),
        ("{\n    a: 'x',\n    b: {c:'y'},\n}", Style("\n", "    ", "'", "", ": ", True, "")),
        ('{"a":1}', Style("\n", "  ", '"', '"', ":", False, "")),
    ],
)
def test_a_file_teaches_its_own_style(text, style):
    """Line ends, indentation, quotes, colon and the last comma are copied."""
    assert learned(text) == style


def test_the_neighbours_of_a_new_key_come_before_the_rest_of_the_file():
    """One section may be written like JSON while the others are not."""
    found = outline('{\n  a: 1,\n  b: 2,\n  c: {\n    "d": 1\n  },\n}')
    section = found.find(("c",))[0][1].value
    style = style_of(found, section)
    assert (style.key_quote, style.trailing_comma) == ('"', False)
