"""Untrusted text: what people wrote, made fit to stand in a prompt. Pure.

Bounded, and with nothing in it that could be taken for a word of ours: for markers of a system or an assistant, for
tokens of chat templates, for the silence token, or for the brackets that only our own headings have. What is harmless
stays as it was written (behaviour facts D.5 and L.4).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from openclaw.domain.shortening import shortened

TEXT_CHARS = 20_000
"""As much of one message as anybody types; what is longer was pasted, and costs more than it tells."""

QUOTE_CHARS = 2000
"""Of what stands beside a message: a quote, a message that was overheard (behaviour facts D.6)."""

NAME_CHARS = 120
"""Of a name or the subject of a group."""

OPENING, CLOSING = "⟦", "⟧"
"""The brackets of our own headings; nobody else's text has them."""

_PLAIN = re.compile(r"[\n\t\x20-\x7e]*")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffc]")
_SURROGATES = re.compile("[\ud800-\udfff]")
# Invisible letters, with which text is smuggled past readers; only flags of regions are spelt with them (UTS 51).
_TAGS = re.compile("(\U0001f3f4[\U000e0030-\U000e007a]{1,6}\U000e007f)|[\U000e0000-\U000e007f]")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_BRACKETS = str.maketrans(dict.fromkeys("⟦〚⟬⦗", "[") | dict.fromkeys("⟧〛⟭⦘", "]"))

_WHO = "system(?:[ _-]?(?:message|prompt))?|assistant|developer|internal"
_Rule = tuple[re.Pattern[str], str]
_RULES: tuple[_Rule, ...] = (
    # [System Message] is what other programs write around their own words.
    (
        re.compile(rf"\[(\s{{0,4}}/?\s{{0,4}}(?:{_WHO}|tool|user|inst)\b[^\[\]]{{0,60}})\]", re.IGNORECASE),
        r"(\1)",
    ),
    (re.compile(rf"^([\s>#*_~`\"'-]*)({_WHO})([\s*_]*:)", re.IGNORECASE), r"\1\2 (untrusted)\3"),
    # Tokens of chat templates: <|im_start|>, <s>, <<SYS>>, <start_of_turn>, and tags like <system>.
    (re.compile(r"<\|([^<>|\n]{0,60})\|>"), r"(\1)"),
    (
        re.compile(
            rf"<{{1,2}}(\s{{0,4}}/?\s{{0,4}}(?:s|sys|bos|eos|pad|unk|start_of_turn|end_of_turn|{_WHO})(?:[\s_-][^<>\n]{{0,60}})?)>{{1,2}}",
            re.IGNORECASE,
        ),
        r"(\1)",
    ),
    (re.compile("(no)_(?=reply)", re.IGNORECASE), r"\1 "),
)

# White space is asked for again only behind the slash: in two places beside each other it would be split in every way.
_SPREAD = re.compile(rf"\[(\s*(?:/\s*)?(?:{_WHO}|tool|user|inst)\s*)\]", re.IGNORECASE)

# Without any of these no rule finds anything; nearly all lines have none.
_SUSPECT = re.compile(r"[\[<:_]")


def spoken(text: str, most: int = TEXT_CHARS) -> str:
    """What somebody said, in as many lines as it has; of at most ``most`` characters beside the mark of a cut."""
    bounded = shortened(_clean(text), most)
    # Only what looks like a mark of a program is rewritten, and that may make it longer.
    return shortened(_joined(_by_line(bounded, _defused)), most + most // 2)


def single_line(text: str, most: int = NAME_CHARS) -> str:
    """A name, or a subject, in one line; longer ones end with ``…``."""
    folded = _defused(" ".join(_by_line(_clean(text[: most * 4]), _defused).split()))
    return folded if len(folded) <= most else f"{folded[: most - 1]}…"


def beside(text: str, most: int = QUOTE_CHARS) -> str:
    """A text as a value of the data beside a message: as ``spoken``, and no fence opens or closes in it."""
    return spoken(text, most).replace("```", "'''").replace("~~~", "---")


def _clean(text: str) -> str:
    """``text`` with one kind of line end, without controls and without letters that nobody can see."""
    if _PLAIN.fullmatch(text):
        return text
    plain = _LINE_ENDS.sub("\n", text)
    plain = _SURROGATES.sub("\ufffd", _CONTROLS.sub("", plain))
    marked = _TAGS.sub(lambda found: found[1] or "", plain)
    # The mark of a cut comes later, so that it is ours alone.
    return marked.translate(_BRACKETS)


def _by_line(text: str, change: Callable[[str], str]) -> str:
    return "\n".join(change(line) for line in text.split("\n"))


def _joined(text: str) -> str:
    """``text`` without a mark in brackets that is spread over lines."""
    if "\n" not in text:
        return text
    folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).translate(_BRACKETS)
    return _SPREAD.sub(r"(\1)", folded) if _SPREAD.search(folded) else text


def _defused(line: str) -> str:
    """``line`` as it is, or folded and rewritten where, folded, it has a mark of a program in it.

    Folding makes plain letters of full-width ones and takes away what is invisible: as a careless reader, or a
    tokenizer that folds too, would see it.
    """
    if line.isascii() and not _SUSPECT.search(line):
        return line
    folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", line)).translate(_BRACKETS)
    if not _SUSPECT.search(folded):
        return line
    changed = folded = folded.replace("\n", " ")
    # What is left of one mark may make another whole: <|<|im_end|>|>. Each round shortens what can still match.
    while (once_more := _ruled(changed)) != changed:
        changed = once_more
    return line if changed == folded else changed


def _ruled(line: str) -> str:
    for pattern, plain in _RULES:
        line = pattern.sub(plain, line)
    return line
