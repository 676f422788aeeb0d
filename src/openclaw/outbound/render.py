"""Markdown in, the text a person would have typed into Messages out.

Owns the plain look of every Markdown element. Knows nothing of limits or bubbles, but says which ranges of
its text are code, so that nobody need leave fences in a message to keep a block in one piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markdown_it.tree import SyntaxTreeNode

from openclaw.outbound import tables as table_layout
from openclaw.outbound.code_spans import Span
from openclaw.outbound.markdown import parse
from openclaw.outbound.tables import TableMode

_SCHEME = re.compile(r"^(?:https?://|mailto:|tel:|sms:)(?:www\.)?", re.IGNORECASE)
_FILLING = re.compile(r"[\s().-]")  # what people put into a number to make it readable
_BLANK_ENDS = re.compile(r"[ \t]+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Text without markup, and the ranges of it that are code or aligned columns."""

    text: str
    code: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class _Page:
    """What every element may need to know: the lines as written, and what becomes of tables."""

    written: Sequence[str]
    tables: TableMode


def render(markdown: str, *, tables: TableMode) -> str:
    """``markdown`` as plain text; what is not Markdown, line breaks included, comes back as it was."""
    return typeset(markdown, tables=tables).text


def typeset(markdown: str, *, tables: TableMode) -> Rendered:
    """Like ``render``, with the ranges that are code: the fences themselves are gone."""
    markdown = markdown.replace("\r\n", "\n").replace("\r", "\n")
    tree = parse(markdown, tables=tables != "off")
    if tree is None:
        return Rendered(markdown.strip())
    return _joined(_blocks(tree.children, _Page(markdown.split("\n"), tables)))


def _joined(lines: Iterable[_Line]) -> Rendered:
    code: list[Span] = []
    position = 0
    texts: list[str] = []
    for line in lines:
        end = position + len(line.text)
        if line.code and code and code[-1][1] == position - 1:
            code[-1] = (code[-1][0], end)
        elif line.code:
            code.append((position, end))
        texts.append(line.text)
        position = end + 1
    return Rendered("\n".join(texts), tuple(code))


def _blocks(nodes: Iterable[SyntaxTreeNode], page: _Page) -> list[_Line]:
    """The lines of neighbouring blocks, a blank line between them where the author left one."""
    lines: list[_Line] = []
    apart = False
    for node in nodes:
        block = _block(node, page)
        apart = apart or node.type in {"hr", "heading"} or _is_apart(node, page)
        if not block:
            continue
        if lines and apart:
            lines.append(_Line(""))
        lines.extend(block)
        # A title underlined by the author had a line between it and the text.
        apart = node.type == "heading" and node.markup[:1] in {"=", "-"}
    return lines


def _is_apart(node: SyntaxTreeNode, page: _Page) -> bool:
    return node.map is not None and node.map[0] > 0 and not page.written[node.map[0] - 1].strip(" \t>")


def _block(node: SyntaxTreeNode, page: _Page) -> list[_Line]:
    match node.type:
        case "paragraph":
            return _paragraph(node, page)
        case "heading":
            return _lines(_inline(node.children))
        case "bullet_list" | "ordered_list":
            return _list(node, page)
        case "blockquote":
            return [_Line(f"> {line.text}".rstrip(), line.code) for line in _blocks(node.children, page)]
        case "fence":
            return _code(node.content.removesuffix("\n").split("\n"))
        case "code_block":
            return _code(_indented(node, page))
        case "table":
            return _table(node, page)
        case _:
            return []


def _paragraph(node: SyntaxTreeNode, page: _Page) -> list[_Line]:
    lines = _lines(_inline(node.children))
    if lines and node.level == 0 and node.map is not None:
        written = page.written[node.map[0]]
        indentation = written[: len(written) - len(written.lstrip())]
        lines[0] = _Line(indentation + lines[0].text.lstrip())
    return lines


def _lines(text: str) -> list[_Line]:
    trimmed = _BLANK_ENDS.sub("", text).strip("\n")
    return [_Line(line) for line in trimmed.split("\n")] if trimmed else []


def _code(lines: Sequence[str]) -> list[_Line]:
    return [_Line(line.rstrip(), code=True) for line in lines] if any(line.strip() for line in lines) else []


def _indented(node: SyntaxTreeNode, page: _Page) -> list[str]:
    """Indented lines as written: who indents prose by four means the indentation."""
    if node.level == 0 and node.map is not None:
        written = "\n".join(page.written[node.map[0] : node.map[1]])
        return written.rstrip().split("\n")
    return [f"    {line}" for line in node.content.rstrip().split("\n")]


def _list(node: SyntaxTreeNode, page: _Page) -> list[_Line]:
    lines: list[_Line] = []
    for item, marker in zip(node.children, _markers(node), strict=True):
        if lines and _is_apart(item, page):
            lines.append(_Line(""))
        first, *rest = _blocks(item.children, page) or [_Line("")]
        lines.append(_Line(f"{marker} {first.text}".rstrip(), first.code))
        indentation = " " * (len(marker) + 1)
        lines.extend(_Line(f"{indentation}{line.text}".rstrip(), line.code) for line in rest)
    return lines


def _markers(node: SyntaxTreeNode) -> list[str]:
    """Bullets, or numbers as written; one number repeated is shorthand for counting on from it."""
    if node.type == "bullet_list":
        return ["•"] * len(node.children)
    numbers = [item.info for item in node.children]
    if len(numbers) > 1 and len(set(numbers)) == 1:
        numbers = [str(int(numbers[0]) + index) for index in range(len(numbers))]
    return [f"{number}{item.markup}" for number, item in zip(numbers, node.children, strict=True)]


def _table(node: SyntaxTreeNode, page: _Page) -> list[_Line]:
    rows = [
        [_inline(cell.children).replace("\n", " ").strip() for cell in row.children]
        for section in node.children
        for row in section.children
    ]
    if page.tables == "bullets":
        return [_Line(line) for line in table_layout.bullets(rows)]
    return _code(table_layout.columns(rows))


def _inline(nodes: Iterable[SyntaxTreeNode]) -> str:
    return "".join(_inline_piece(node) for node in nodes)


def _inline_piece(node: SyntaxTreeNode) -> str:
    match node.type:
        case "softbreak" | "hardbreak":
            return "\n"
        case "link":
            return _link(_inline(node.children), str(node.attrs.get("href", "")))
        case "image":
            return _link(_inline(node.children), str(node.attrs.get("src", "")))
        case "text" | "code_inline":
            return node.content
        case _:
            return _inline(node.children)


def _link(label: str, address: str) -> str:
    """ "label: address", or the address alone where the label says the same or nothing."""
    address = re.sub(r"^(?:mailto|tel|sms):", "", address, flags=re.IGNORECASE)
    if not address or address.startswith("#"):
        return label
    if not label.strip() or _bare(label) == _bare(address):
        return address
    return f"{label}: {address}"


def _bare(address: str) -> str:
    return _FILLING.sub("", _SCHEME.sub("", address.strip())).rstrip("/").casefold()
