"""The last look at a text before anyone else sees it: nothing internal leaves.

Owns what is cut. Code is left alone, so that an answer about these things survives; knows no Markdown beyond
where code stands, and nothing of how a text is laid out or sent.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from openclaw.outbound import leaks
from openclaw.outbound.code_spans import Span, code_spans, covers, fenced_blocks

SILENT_TOKEN = "no_reply"  # noqa: S105 - a word agents say, not a secret

# A call as text is short; what does not end within this is not looked at as JSON.
_LONGEST_CALL = 64 * 1024
# What a cut leaves may join to something new to cut; more rounds than this only a mischief needs.
_MOST_PASSES = 4
_DECODER = json.JSONDecoder()
_GAP = re.compile(r"\n(?:[ \t]*\n){2,}")


@dataclass(frozen=True, slots=True)
class LintedText:
    """What may leave, "" when nothing is left; and the kinds of what was cut, for the log, without its words."""

    text: str
    removed: tuple[str, ...] = ()


def lint(text: str) -> LintedText:
    """``text`` without reasoning, tool calls, control tags, envelopes and role markers, tidied at the seams."""
    removed: list[str] = []
    text = _sendable(text.replace("\r\n", "\n").replace("\r", "\n"), removed)
    for _ in range(_MOST_PASSES):
        before = text
        text = _pass(text, removed)
        if text == before:
            break
    return LintedText(text, tuple(dict.fromkeys(removed)))


def _pass(text: str, removed: list[str]) -> str:
    text = _without_envelopes(text, removed)
    for wrapper in leaks.WRAPPERS:
        text = _without_wrapped(text, wrapper, removed)
    text = _without_calls(text, removed)
    for mark in leaks.MARKS:
        text = _without_mark(text, mark, removed)
    return _tidy(text)


def is_silent(text: str) -> bool:
    """Whether the whole answer is the agent's word for "say nothing"."""
    return _stripped_of_signs(text).casefold() == SILENT_TOKEN


def _stripped_of_signs(text: str) -> str:
    first, last = 0, len(text)
    while first < last and _is_sign(text[first]):
        first += 1
    while last > first and _is_sign(text[last - 1]):
        last -= 1
    return text[first:last]


def _is_sign(character: str) -> bool:
    return unicodedata.category(character)[0] in "PZC" or character in "`~"


def _sendable(text: str, removed: list[str]) -> str:
    """``text`` as it can stand in a message: halves of a character joined, controls of a terminal dropped."""
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    clean = leaks.UNSENDABLE.sub("", joined)
    if clean != joined or len(joined.encode("utf-16-le")) != len(text.encode("utf-16-le", "surrogatepass")):
        removed.append("control character")
    return clean


def _without(text: str, cuts: Sequence[Span]) -> str:
    """A cut may reach back over earlier ones, and then takes with it what they had left."""
    outer: list[Span] = []
    for start, end in cuts:
        while outer and outer[-1][0] >= start:
            outer.pop()
        outer.append((start, end))
    kept: list[str] = []
    position = 0
    for start, end in outer:
        kept.append(text[position:start])
        position = max(position, end)
    kept.append(text[position:])
    return "".join(kept)


def _without_envelopes(text: str, removed: list[str]) -> str:
    """Envelopes carry fenced blocks of their own, so only a heading that itself stands in code is spared."""
    fences = fenced_blocks(text)
    cuts = [found.span() for found in leaks.ENVELOPE.finditer(text) if not covers(fences, found.start())]
    removed.extend("envelope" for _ in cuts)
    return _without(text, cuts)


def _without_wrapped(text: str, wrapper: leaks.Wrapper, removed: list[str]) -> str:
    if not wrapper.tag.search(text):
        return text
    code = code_spans(text)
    tags = [tag for tag in wrapper.tag.finditer(text) if not covers(code, tag.start())]
    cuts = list(_wrapped(text, wrapper, tags))
    removed.extend(wrapper.kind for _ in cuts)
    return _without(text, cuts)


def _wrapped(text: str, wrapper: leaks.Wrapper, tags: Sequence[re.Match[str]]) -> Iterator[Span]:
    opened: re.Match[str] | None = None
    for tag in tags:
        if opened is None and not tag["close"]:
            opened = tag
        elif opened is None:
            yield (0 if wrapper.swallows else tag.start()), tag.end()
        elif tag["close"] and (wrapper.swallows or tag["name"].lower() == opened["name"].lower()):
            yield opened.start(), tag.end()
            opened = None
    if opened is not None and wrapper.payload.match(text, opened.end()):
        yield opened.start(), _end_of_unclosed(text, wrapper, opened)


def _end_of_unclosed(text: str, wrapper: leaks.Wrapper, opened: re.Match[str]) -> int:
    """The last closing tag even in code, since a fence left open inside hides the real one; else the end."""
    end = len(text)
    for tag in wrapper.tag.finditer(text, opened.end()):
        if tag["close"]:
            end = tag.end()
    return end


def _without_calls(text: str, removed: list[str]) -> str:
    """Drops JSON that stands on lines of its own and has the shape of a tool call."""
    if not leaks.CALL_START.search(text):
        return text
    code = code_spans(text)
    cuts: list[Span] = []
    position = 0
    for start in leaks.CALL_START.finditer(text):
        if start.end() < position or covers(code, start.end()):
            continue
        is_call, position = _json_at(text, start.end())
        if is_call:
            cuts.append((start.start(), position))
            removed.append("tool call")
    return _without(text, cuts)


def _json_at(text: str, start: int) -> tuple[bool, int]:
    """Whether a tool call and nothing else stands from ``start`` to a line's end, and how far was read."""
    window = text[start : start + _LONGEST_CALL]
    try:
        value, length = _DECODER.raw_decode(window)
    except json.JSONDecodeError as error:
        return False, start + error.pos
    except RecursionError:
        return False, start + len(window)
    ends_line = not window[length:].partition("\n")[0].strip()
    return ends_line and _is_call(value), start + length


def _is_call(value: object) -> bool:
    if isinstance(value, list):
        items = cast("list[object]", value)
        return bool(items) and all(_is_call(item) for item in items)
    if not isinstance(value, dict):
        return False
    keys = {str(key) for key in cast("dict[object, object]", value)}
    kind = cast("dict[str, object]", value).get("type")
    named = bool(keys & leaks.CALL_NAME_KEYS)
    called = named and bool(keys & leaks.CALL_ARGUMENT_KEYS)
    typed = (
        isinstance(kind, str) and kind in leaks.CALL_TYPES and (named or "id" in keys or kind == "thinking")
    )
    return called or typed or bool(keys & leaks.CALL_LIST_KEYS)


def _without_mark(text: str, mark: leaks.Mark, removed: list[str]) -> str:
    if not mark.pattern.search(text):
        return text
    code = code_spans(text)

    def replaced(found: re.Match[str]) -> str:
        if covers(code, found.start()):
            return found[0]
        removed.append(mark.kind)
        return " " if _joins_words(text, found) else ""

    return mark.pattern.sub(replaced, text)


def _joins_words(text: str, found: re.Match[str]) -> bool:
    """Whether what stands before and after would become one word."""
    around = text[max(0, found.start() - 1) : found.start()], text[found.end() : found.end() + 1]
    return all(side and not side.isspace() for side in around)


def _tidy(text: str) -> str:
    """At most one blank line in a row outside code, and nothing blank at the ends."""
    fences = fenced_blocks(text)
    text = _GAP.sub(lambda gap: gap[0] if covers(fences, gap.start()) else "\n\n", text)
    return text.strip()
