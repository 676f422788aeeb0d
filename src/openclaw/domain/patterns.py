"""Patterns: how people write down the words that an agent is called by, made usable. Pure.

They come from people and run over what anybody writes, so they run on an engine whose time is linear in the text (RE2).
What RE2 takes literally (a boundary is one of ASCII letters only) is put right here, for names in any script.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import re2

# Marks that nobody sees, and the selectors that say whether a sign is drawn as a picture: phones add them at will.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0e\ufe0f\ufeff]")
_WORD = r"\pL\pN\pM_"
_BEGIN, _END = f"(?:^|[^{_WORD}])", f"(?:$|[^{_WORD}])"
# Scripts that put no space between words: a boundary would never be found there.
_SPACELESS = re2.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}\x{30fc}]"
)
# As the original's users may write one: between slashes, with flags.
# A path is none: what stands between holds no slash of its own, unless it is escaped.
_SLASHED = re.compile(r"/((?:[^/\\]|\\.)*)/([gimsu]*)", re.DOTALL)
_LINEAR = "Write it without look-around and back-references."
_BEFORE = re.compile(r"(?<!\\)\\b(?=(@\??)?([^\x00-\x7f]))")
_AFTER = re.compile(r"([^\x00-\x7f])\\b")


def _quiet() -> re2.Options:
    """RE2 writes what it cannot parse to the process's error output unless it is told not to; we return it."""
    options = re2.Options()
    options.log_errors = False
    return options


_QUIET = _quiet()


@dataclass(frozen=True, slots=True)
class PatternFault:
    """Why a pattern cannot be used, and what helps."""

    message: str
    fix: str


def visible_text(text: str) -> str:
    """``text`` composed, without joiners and marks, which patterns must lose as texts do."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))


def compile_pattern(text: str) -> re2.Pattern | PatternFault:
    """The pattern that somebody wrote, for use on :func:`visible_text` in any case; or what is wrong with it."""
    # A "\b" written in JSON arrives as a backspace character; nobody ever means that.
    source = visible_text(text.replace("\x08", r"\b"))
    if not source.strip():
        return PatternFault("is empty and would match every text", "Remove it, or write a name.")
    return _compiled(f"(?i){_with_boundaries(source)}")


def redaction_pattern(text: str) -> re2.Pattern | PatternFault:
    """The pattern of what a log must not show, as it is written or in slashes (``/…/i``); or what is wrong with it."""
    slashed = _SLASHED.fullmatch(text.strip())
    source, flags = (slashed[1], slashed[2]) if slashed else (text, "")
    if not source.strip():
        return PatternFault("is empty and would match every text", "Remove it, or write what to hide.")
    kept = "".join(flag for flag in "ims" if flag in flags)
    found = _compiled(f"(?{kept}){source}" if kept else source)
    if not isinstance(found, PatternFault) and found.search(""):
        return PatternFault("matches also where nothing stands, so everywhere", "Write what it has to find.")
    return found


def name_pattern(name: str) -> re2.Pattern | None:
    """The words of ``name`` by any space, with or without ``@``, as whole words; ``None`` when it says nothing."""
    words = visible_text(name).split()
    if not words:
        return None
    spoken = r"\s+".join(re.escape(word) for word in words)
    begin, end = _edge(words[0][0], _BEGIN), _edge(words[-1][-1], _END)
    return re2.compile(f"(?i){begin}@?{spoken}{end}")


def sign_pattern(sign: str) -> re2.Pattern | None:
    """``sign``, an emoji, wherever it stands; ``None`` when there is nothing to see in it."""
    bare = visible_text(sign).strip()
    return re2.compile(re.escape(bare)) if bare else None


def _compiled(source: str) -> re2.Pattern | PatternFault:
    try:
        return re2.compile(source, _QUIET)
    except re2.error as error:
        return PatternFault(f"is not a usable pattern: {_words(error)}", _LINEAR)
    except UnicodeEncodeError:
        return PatternFault("has half of a character in it", "Write the whole character.")


def _with_boundaries(source: str) -> str:
    r"""``source`` with each ``\b`` beside a letter or sign that is not ASCII replaced by what it was meant to be."""
    begun = _BEFORE.sub(lambda found: _edge(found[2], _BEGIN), source)
    return _AFTER.sub(lambda found: found[1] + _edge(found[1], _END), begun)


def _edge(beside: str, boundary: str) -> str:
    return "" if _SPACELESS.search(beside) else boundary


def _words(error: re2.error) -> str:
    reason = error.args[0]
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
