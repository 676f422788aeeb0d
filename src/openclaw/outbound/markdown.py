"""Read Markdown the way models write it: CommonMark with tables and strikethrough, minus what harms prose.

Owns the parser and its departures from CommonMark, each of which keeps something a person would miss:
addresses and arithmetic with asterisks, dunder names, indentation, footnotes, angle brackets that are no HTML.
Knows nothing of how the result is laid out.
"""

from __future__ import annotations

import re
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, image, link
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.tree import SyntaxTreeNode

# Two levels for each nested list; deeper than any answer, and far from the interpreter's own limit.
_DEEPEST = 100

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{1,15}$")
_ADDRESS_TAIL = re.compile(r"://[^\s<>\[\]`\"]+")
_NOT_AT_ADDRESS_END = "*_~.,;:!?'"
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7a3\uff00-\uffef]")
_DUNDER = re.compile(r"__[a-z][a-z0-9]*(?:_[a-z0-9]+)*__(?!\w)")
_TAG_NAMES = (
    "a|abbr|b|big|blockquote|br|center|code|dd|del|details|div|dl|dt|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark|ol"
    "|p|pre|q|s|samp|small|span|strike|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|tr|tt|u|ul|var"
)
_TAG = re.compile(
    rf"<!--.{{0,2000}}?-->|<(?P<close>/?)(?P<name>{_TAG_NAMES})"
    r"(?:\s+[\w:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>=]+)|\s+open)*\s*/?>",
    re.IGNORECASE | re.DOTALL,
)
_LINE_TAG = re.compile(r"br|hr|p|div|tr|details|summary|d[dt]|blockquote|pre|table|ul|ol|h[1-6]")


class _PlainMarkdown(MarkdownIt):
    """Keeps addresses as the author wrote them, whatever their scheme: nothing here becomes a live link."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the name is the library's
        return url

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the name is the library's
        return True


def parse(markdown: str, *, tables: bool) -> SyntaxTreeNode | None:
    """The document as a tree whose line numbers count ``markdown`` split at newlines.

    None when it is nested deeper than the parser goes: parts would be missing, so use the text as it stands.
    """
    tokens = (_WITH_TABLES if tables else _WITHOUT_TABLES).parse(markdown)
    if any(token.level >= _DEEPEST - 2 for token in tokens):
        return None
    return SyntaxTreeNode(tokens)


def _parser(*, tables: bool) -> MarkdownIt:
    parser = _PlainMarkdown("commonmark", {"html": False, "maxNesting": _DEEPEST})
    parser.enable(["strikethrough", *(["table"] if tables else [])])
    # Definitions are footnotes to a reader without links: "[1]: https://…" stays where it was written.
    parser.disable(["reference"])
    parser.inline.ruler.at("link", _link)
    parser.inline.ruler.at("image", _image)
    parser.inline.ruler.at("newline", _line_break)
    parser.inline.ruler.at("emphasis", _emphasis_marks)
    parser.inline.ruler.before("newline", "address", _address)
    parser.inline.ruler.before("emphasis", "dunder", _dunder)
    parser.inline.ruler.before("autolink", "tag", _tag)
    return parser


def _line_break(state: StateInline, silent: bool) -> bool:
    """A line break, keeping the indentation that follows: nested lines of plain text stay nested."""
    if state.src[state.pos] != "\n":
        return False
    if not silent:
        state.pending = state.pending.rstrip(" ")
        state.push("softbreak", "br", 0)
    state.pos += 1
    return True


def _link(state: StateInline, silent: bool) -> bool:
    return _address_may_follow(state) and link(state, silent)


def _image(state: StateInline, silent: bool) -> bool:
    return _address_may_follow(state) and image(state, silent)


def _address_may_follow(state: StateInline) -> bool:
    """Asked first, because the library looks for the end of every bracket, which takes time squared."""
    return state.src[state.pos] in "[!" and state.pos < _last_address(state.src)


@lru_cache(maxsize=1)
def _last_address(words: str) -> int:
    return words.rfind("](")


def _address(state: StateInline, silent: bool) -> bool:
    """The rest of a bare address, taken verbatim so that its ``_`` and ``*`` mean nothing."""
    if state.src[state.pos] != ":" or not _SCHEME.search(state.src[max(0, state.pos - 16) : state.pos]):
        return False
    tail = _ADDRESS_TAIL.match(state.src, state.pos, state.posMax)
    return tail is not None and _verbatim(state, tail[0].rstrip(_NOT_AT_ADDRESS_END), silent)


def _dunder(state: StateInline, silent: bool) -> bool:
    """A name like ``__init__``, which CommonMark would take for bold."""
    if state.src[state.pos] != "_":
        return False
    name = _DUNDER.match(state.src, state.pos, state.posMax)
    return name is not None and _verbatim(state, name[0], silent)


def _verbatim(state: StateInline, words: str, silent: bool) -> bool:
    if not words:
        return False
    if not silent:
        state.pending += words
    state.pos += len(words)
    return True


def _tag(state: StateInline, silent: bool) -> bool:
    """A tag of HTML as models write it, replaced by the break or bullet it stands for, or by nothing."""
    if state.src[state.pos] != "<":
        return False
    tag = _TAG.match(state.src, state.pos, state.posMax)
    if tag is None:
        return False
    if not silent:
        state.pending += _in_place_of((tag["name"] or "").lower(), closing=bool(tag["close"]))
    state.pos = tag.end()
    return True


def _in_place_of(name: str, *, closing: bool) -> str:
    if name == "li" and not closing:
        return "\n• "
    if name in {"td", "th"} and closing:
        return " "
    return "\n" if _LINE_TAG.fullmatch(name) else ""


def _emphasis_marks(state: StateInline, silent: bool) -> bool:
    """Runs of ``*`` and ``_``; unlike CommonMark, ``2*3*4`` is arithmetic and Chinese can be bold."""
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    start = state.pos
    scanned = state.scanDelims(start, marker == "*")
    before = state.src[start - 1] if start else " "
    end = start + scanned.length
    after = state.src[end] if end < state.posMax else " "
    can_open, can_close = scanned.can_open, scanned.can_close
    if marker == "*":
        inside_word = _is_ascii_word(before) and _is_ascii_word(after)
        can_open = (can_open or (_is_wide(before) and not after.isspace())) and not inside_word
        can_close = (can_close or (_is_wide(after) and not before.isspace())) and not (
            inside_word and before.isdigit() and after.isdigit()
        )
    _push_marks(state, marker, scanned.length, can_open, can_close)
    state.pos = end
    return True


def _push_marks(state: StateInline, marker: str, length: int, can_open: bool, can_close: bool) -> None:
    for _ in range(length):
        state.push("text", "", 0).content = marker
        state.delimiters.append(
            Delimiter(
                marker=ord(marker),
                length=length,
                token=len(state.tokens) - 1,
                end=-1,
                open=can_open,
                close=can_close,
            )
        )


def _is_ascii_word(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _is_wide(character: str) -> bool:
    """Whether the character belongs to a script that writes words without spaces between them."""
    return _WIDE.match(character) is not None


_WITH_TABLES = _parser(tables=True)
_WITHOUT_TABLES = _parser(tables=False)
