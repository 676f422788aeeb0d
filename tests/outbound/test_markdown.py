"""The parser and its departures from CommonMark."""

from openclaw.outbound.markdown import parse


def kinds(markdown: str, *, tables: bool = True) -> list[str]:
    tree = parse(markdown, tables=tables)
    assert tree is not None
    return [node.type for node in tree.walk()]


def test_tables_are_read_only_when_wanted() -> None:
    """With tables off their lines are a paragraph like any other (facts E.5)."""
    table = "|a|b|\n|-|-|\n|1|2|"
    assert "table" in kinds(table)
    assert "table" not in kinds(table, tables=False)


def test_arithmetic_is_not_emphasis() -> None:
    """A star between letters or digits opens nothing, unlike in CommonMark."""
    assert "em" not in kinds("2*3*4 and a*b*c")
    assert "strong" in kinds("**W**orld **H**ealth")


def test_definitions_are_not_references() -> None:
    """Footnotes would vanish if they were taken for link definitions."""
    assert "link" not in kinds("see [1]\n\n[1]: https://x.org")


def test_unknown_schemes_are_links_like_any_other() -> None:
    """Nothing here becomes live, so no address is refused or rewritten."""
    tree = parse("[a](javascript:x) [b](https://x.org/ü)", tables=True)
    assert tree is not None
    assert [node.attrs["href"] for node in tree.walk() if node.type == "link"] == [
        "javascript:x",
        "https://x.org/ü",
    ]


def test_a_document_too_deep_is_refused() -> None:
    """None says that parts would be missing."""
    assert parse("> " * 150 + "deep", tables=True) is None
    assert parse("> " * 20 + "deep", tables=True) is not None
