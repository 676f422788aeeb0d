"""The tools for files, as a model uses them."""

from __future__ import annotations

from pathlib import Path

import pytest

from openclaw.agents.tools.files import ENTRIES_AT_ONCE, LINES_AT_ONCE, file_tools
from openclaw.agents.tools.workspace import Workspace
from openclaw.domain.tools import LIST_FILES, READ_FILE, WRITE_FILE
from openclaw.errors import ToolFailed


async def _use(root: Path, name: str, **arguments: object) -> str:
    tools = {tool.name: tool for tool in file_tools(Workspace(root))}
    return await tools[name].run(arguments)


async def test_what_was_written_is_listed_and_read_again(tmp_path: Path) -> None:
    """The three tools serve one folder (design 8)."""
    assert await _use(tmp_path, LIST_FILES) == "(empty)"
    assert "5 bytes" in await _use(tmp_path, WRITE_FILE, path="notes/a.md", content="hi 👋"[:2] + "lo!")
    assert await _use(tmp_path, LIST_FILES) == "notes/"
    assert await _use(tmp_path, LIST_FILES, path="notes") == "a.md (5 bytes)"
    assert await _use(tmp_path, READ_FILE, path="notes/a.md") == "hilo!"


def test_only_writing_has_an_effect(tmp_path: Path) -> None:
    """A turn that has only read may run again after a crash (design 4)."""
    effects = {tool.name: tool.has_effect for tool in file_tools(Workspace(tmp_path))}
    assert effects == {READ_FILE: False, WRITE_FILE: True, LIST_FILES: False}


async def test_a_long_file_is_read_page_by_page(tmp_path: Path) -> None:
    """Each page says which lines it has and how to go on (style 25)."""
    (tmp_path / "long").write_text("".join(f"line {n}\n" for n in range(1, LINES_AT_ONCE + 3)))
    first = await _use(tmp_path, READ_FILE, path="long")
    assert first.startswith("line 1\n")
    assert first.endswith(f"go on with from_line {LINES_AT_ONCE + 1})")
    last = await _use(tmp_path, READ_FILE, path="long", from_line=LINES_AT_ONCE + 1)
    assert last == f"line {LINES_AT_ONCE + 1}\nline {LINES_AT_ONCE + 2}\n"
    with pytest.raises(ToolFailed, match="has 402 lines"):
        await _use(tmp_path, READ_FILE, path="long", from_line=999)


async def test_an_empty_file_reads_as_empty(tmp_path: Path) -> None:
    """A model takes an empty result for a failure."""
    (tmp_path / "none").touch()
    assert await _use(tmp_path, READ_FILE, path="none") == "(empty)"


async def test_what_is_no_text_is_not_shown(tmp_path: Path) -> None:
    """A picture would be noise to the model."""
    (tmp_path / "pic").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(ToolFailed, match="is no text"):
        await _use(tmp_path, READ_FILE, path="pic")


async def test_a_name_with_a_line_break_is_one_line(tmp_path: Path) -> None:
    """A file cannot be named to look like two."""
    (tmp_path / "a\nb (1 bytes)").touch()
    assert await _use(tmp_path, LIST_FILES) == "'a\\nb (1 bytes)' (0 bytes)"


async def test_a_full_folder_says_that_there_is_more(tmp_path: Path) -> None:
    """The listing is bounded (style 25)."""
    for number in range(ENTRIES_AT_ONCE + 1):
        (tmp_path / f"{number:04}").touch()
    assert (await _use(tmp_path, LIST_FILES)).endswith("(and more)")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        (READ_FILE, {}),
        (READ_FILE, {"path": 7}),
        (READ_FILE, {"path": "a", "from_line": 0}),
        (READ_FILE, {"path": "a", "from_line": True}),
        (READ_FILE, {"path": "a", "from_line": "1"}),
        (WRITE_FILE, {"path": "a"}),
        (WRITE_FILE, {"path": "a", "content": None}),
    ],
)
async def test_arguments_of_the_wrong_kind_are_refused(
    tmp_path: Path, name: str, arguments: dict[str, object]
) -> None:
    """A model's JSON is checked before anything is done with it."""
    with pytest.raises(ToolFailed, match="must be"):
        await _use(tmp_path, name, **arguments)
    assert list(tmp_path.iterdir()) == []
