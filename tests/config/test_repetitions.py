"""A key that stands twice is told, in each file of the configuration."""

from __future__ import annotations

from openclaw.config.locations import Locations
from openclaw.config.repetitions import repetitions


def test_a_key_that_stands_twice_is_told_with_its_lines(place: Locations):
    """The list that was written first would be gone without a word."""
    place.config_path.write_text('{ agents: { $include: "agents.json5" },\n  session: {}, "session": {} }')
    (place.state_dir / "agents.json5").write_text('{\n  list: [{ id: "a",\n    id: "b" }],\n}')
    (place.state_dir / ".env").write_text("A=1\nA=2\n")
    root, included = repetitions(place)
    assert (root.path, included.path) == (str(place.config_path), str(place.state_dir / "agents.json5"))
    assert "session stands twice, in line 2 and in line 2" in root.message
    assert "list[0].id stands twice, in line 2 and in line 3" in included.message


def test_what_says_everything_once_or_cannot_be_read_says_nothing_here(place: Locations):
    """No file, a file that is broken, and one that is right."""
    assert list(repetitions(place)) == []
    for text in ("{", '{ a: { b: 1 }, c: { b: 2 }, "$include": "gone.json5" }'):
        place.config_path.write_text(text)
        assert list(repetitions(place)) == []
