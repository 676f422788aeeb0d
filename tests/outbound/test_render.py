"""Markdown to the text a person would type."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.outbound.render import render, typeset
from openclaw.outbound.tables import TableMode

DATA = Path(__file__).parent / "data"

words = st.text("abcdefghijklmnopqrstuvwxyzäßéжわ", min_size=1, max_size=8)
sentences = st.lists(words, min_size=1, max_size=12).map(" ".join)
decorated = st.builds(
    str.format,
    st.sampled_from(
        ["{}", "**{}**", "*{}*", "_{}_", "~~{}~~", "`{}`", "# {}", "- {}", "1. {}", "> {}", "    {}", "\n{}",
         "  - {}", "```\n{}\n```", "{} <b>", "{}</b>", "| {} |", "{}\n---", "![{}](u)", "***{}", "<your {}>", "[{}]"]
    ),
    sentences,
)  # fmt: skip


@pytest.mark.parametrize("name", ["code", "essay", "links", "nested", "quote"])
def test_a_realistic_answer_reads_as_typed_by_hand(name: str) -> None:
    """The golden answers arrive without markup (demand K1)."""
    assert (
        render((DATA / f"{name}.md").read_text(), tables="code") + "\n" == (DATA / f"{name}.txt").read_text()
    )


@pytest.mark.parametrize("mode", ["code", "bullets", "off"])
def test_a_recipe_with_a_table_follows_the_table_mode(mode: TableMode) -> None:
    """`markdown.tables` decides how a table looks (facts E.5)."""
    expected = (DATA / f"recipe.{mode}.txt").read_text()
    assert render((DATA / "recipe.md").read_text(), tables=mode) + "\n" == expected


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("**bold** and *it* and ~~gone~~ and `code`", "bold and it and gone and code"),
        ("# Title #\ntext", "Title\ntext"),
        ("text\n## Next\nmore", "text\n\nNext\nmore"),
        ("- a\n- b", "• a\n• b"),
        ("1. a\n1. b\n1. c", "1. a\n2. b\n3. c"),
        ("3) a\n4) b", "3) a\n4) b"),
        ("2026. What a year", "2026. What a year"),
        ("[docs](https://x.org/a)", "docs: https://x.org/a"),
        ("[https://x.org](https://x.org)", "https://x.org"),
        ("[top](#top)", "top"),
        ("[+1 555 0100](tel:+15550100)", "+15550100"),
        ("![](https://x.org/a.png)", "https://x.org/a.png"),
        ("> a\nlazy", "> a\n> lazy"),
        ("a\n\n---\n\nb", "a\n\nb"),
        ("a<br>b <i>c</i><!-- d -->", "a\nb c"),
        ("<ul><li>a</li><li>b</li></ul>", "• a\n• b"),
        ("5 &lt; 6 &amp; 7", "5 < 6 & 7"),
        ("a  \nb\\\nc", "a\nb\nc"),
        ("-\n- b", "•\n• b"),
        ("", ""),
        ("```\n\n```", ""),
    ],
)
def test_markup_is_dropped_and_its_words_are_kept(markdown: str, plain: str) -> None:
    """Each element of Markdown has one plain look (demand K1)."""
    assert render(markdown, tables="code") == plain


@pytest.mark.parametrize(
    "text",
    [
        "2 * 3 * 4 = 24 and 2*3*4 and 2**3**4",
        "snake_case_name, __init__.py, _private and a*b",
        "#hashtag and C# and +1 555 010-0199",
        "https://x.org/_a_/*b*/c_d_e?f=*g*",
        "one\ntwo\n\nthree :) <3 >_< x < y > z",
        "<your name> or <host>:<port>",
        "• a\n  • b\n\n  • c",
        "Name  Price\nTea   3 €",
        "    a poem\n\n    indented\n\nand prose",
        "foo*, bar* and baz†",
        "👨‍👩‍👧 🇩🇪 ❤️ 1️⃣",
    ],
)
def test_what_is_not_markup_comes_back_unchanged(text: str) -> None:
    """Plain text, addresses, arithmetic and line breaks survive, so rendering twice does no harm."""
    assert render(text, tables="code") == text


def test_bold_is_found_inside_chinese_prose() -> None:
    """Scripts without spaces get their emphasis dropped too, where CommonMark would leave asterisks."""
    assert render("这是**重要。**这个**“词”**好", tables="code") == "这是重要。这个“词”好"


def test_code_is_named_so_that_it_stays_in_one_piece() -> None:
    """Fences are dropped, and the range they covered is reported (ruling 10)."""
    rendered = typeset("Run:\n\n```py\na = 1\n\nb = 2\n```\n\n- x\n  ```\n  y\n  ```", tables="code")
    assert rendered.text == "Run:\n\na = 1\n\nb = 2\n\n• x\n  y"
    assert [rendered.text[start:end] for start, end in rendered.code] == ["a = 1\n\nb = 2", "  y"]


def test_nesting_beyond_reason_is_left_as_written() -> None:
    """The parser drops what is nested too deep; we do not."""
    assert render("> " * 150 + "deep", tables="code").endswith("deep")


@given(st.lists(sentences, max_size=6).map("\n".join))
def test_plain_prose_is_never_changed(text: str) -> None:
    """Property: text without Markdown characters is its own rendering."""
    assert render(text, tables="code") == text


@given(st.lists(decorated, max_size=8).map("\n".join), st.sampled_from(["off", "code", "bullets"]))
def test_no_word_is_lost_and_none_changes_place(markdown: str, mode: TableMode) -> None:
    """Property: letters in equal letters out, whatever the markup around them."""
    letters = re.compile(r"[^\W\d_]+")
    source = re.sub(r"</?b>|\(u\)|(?<=\S)(?:: u\b)", " ", markdown)
    source = re.sub(r"```[^\n]*\n", "\n", source)
    plain = re.sub(r": u\b", " ", render(markdown, tables=mode))
    for word in letters.findall(source):
        assert word in plain
    if "[" not in markdown and "<" not in markdown and "|" not in markdown:
        assert letters.findall(plain) == letters.findall(source)


@given(st.text(max_size=200), st.sampled_from(["off", "code", "bullets"]))
def test_any_text_renders(text: str, mode: TableMode) -> None:
    """Property: no input makes the renderer fail, and its ranges lie within its text."""
    rendered = typeset(text, tables=mode)
    assert all(0 <= start <= end <= len(rendered.text) for start, end in rendered.code)
