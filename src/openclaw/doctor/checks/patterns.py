"""Whether mention patterns can be used, and can match what people write. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openclaw.doctor.findings import Finding, error, warning
from openclaw.doctor.names import Check
from openclaw.errors import ConfigInvalid
from openclaw.inbound.mentions import compile_mentions


@dataclass(frozen=True, slots=True)
class PatternFacts:
    """The patterns that stand at ``place``."""

    place: str
    patterns: tuple[str, ...]


# Beside a sign of ASCII that is no letter, digit or underscore there is no boundary unless such a one happens to stand
# on the sign's other side. Beside letters and signs of other scripts it is put right when the pattern is compiled.
_LITERAL = r"[!\"#%&',/:;<=>@`~-]"
_BOUNDARY_BESIDE_SIGN = re.compile(rf"\\b{_LITERAL}|(?<!\\){_LITERAL}\\b")


def judge(facts: PatternFacts) -> Iterator[Finding]:
    """What is wrong with each pattern."""
    for position, pattern in enumerate(facts.patterns):
        place = f"{facts.place}[{position}]"
        if refused := _refused([pattern], facts.place):
            fix = "write it without look-around and back-references, or name the agent in plain words"
            yield error(Check.ACCESS_PATTERN, place, f"{pattern!r} {refused}", fix)
        elif problem := _never_matches(pattern):
            yield warning(Check.ACCESS_PATTERN, place, f"{pattern!r} {problem[0]}", problem[1])


def _refused(patterns: Sequence[str], place: str) -> str:
    try:
        compile_mentions(patterns, place)
    except ConfigInvalid as refusal:
        return refusal.issues[0].message
    return ""


def _never_matches(pattern: str) -> tuple[str, str] | None:
    """What makes it improbable that the pattern ever matches, and what to write instead."""
    if "\\\\" in pattern:
        return (
            "looks for a backslash in the text, which nobody writes",
            "write two backslashes in the file, not four: \\\\b",
        )
    source = pattern.replace("\x08", r"\b")
    if _BOUNDARY_BESIDE_SIGN.search(source):
        return (
            r"has \b beside a sign that is no letter, digit or underscore: there is no word boundary",
            r"leave that \b out",
        )
    if source.startswith("$") or source.endswith("^"):
        return "begins after the end or ends before the beginning of a text", "leave ^ and $ out"
    return None
