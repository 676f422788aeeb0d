"""What differs between two texts of a configuration file, for people to read: changed lines, secrets masked. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from openclaw.config.file import decode_json5
from openclaw.config.secrets import MASK, is_secret_key, mask_secrets, mask_text
from openclaw.config.spans import Span, outline
from openclaw.errors import ConfigError

_CONTEXT = 3
# A key that was commented out is a secret all the same.
_ASSIGNED = re.compile(r"""([\w-]+)(["']?\s*[:=]\s*)("[^"\n]*"|'[^'\n]*'|[^\s,}]+)""")
_SUSPICIOUS = re.compile(r"key|token|secret|pass|cookie|auth|credential", re.IGNORECASE)

_Part = tuple[int, int, str]


def difference(before: str, after: str) -> list[str]:
    """Return the lines of a unified diff without its head; [] when nothing differs.

    A secret that changes shows as a changed line of masked text. Of a text that is not JSON5 no line is shown, since
    nobody can say where the secrets in it are.
    """
    if before == after:
        return []
    try:
        shown_before, shown_after = _masked_lines(before), _masked_lines(after)
    except ConfigError:
        return ["one of the two texts is not JSON5, so their lines are not shown"]
    matcher = SequenceMatcher(None, before.split("\n"), after.split("\n"), autojunk=False)
    lines: list[str] = []
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        lines.append(f"@@ line {group[0][1] + 1} @@")
        for kind, start, end, new_start, new_end in group:
            if kind == "equal":
                lines += [f" {line}" for line in shown_before[start:end]]
                continue
            lines += [f"-{line}" for line in shown_before[start:end]]
            lines += [f"+{line}" for line in shown_after[new_start:new_end]]
    return lines


def masked_text(text: str) -> str:
    """Return the JSON5 text with its secrets masked, in as many lines; raises ConfigError when it is not JSON5."""
    if not text:
        return ""
    document, outlined = decode_json5(text, "the text"), outline(text)
    hidden = [*_values(outlined.root, document, mask_secrets(document))]
    secret = [*_secret_ranges(outlined.root)]
    for comment in outlined.comments:
        inside = any(start < comment.start < end for start, end in secret)
        written = text[comment.start : comment.end]
        hidden.append((comment.start, comment.end, _comment(written, all_names=inside)))
    for start, end, shown in sorted(hidden, reverse=True):
        text = text[:start] + shown + "\n" * (text.count("\n", start, end) - shown.count("\n")) + text[end:]
    return text


def _masked_lines(text: str) -> list[str]:
    return [line.rstrip("\r") for line in masked_text(text).split("\n")]


def _values(span: Span, value: Any, shown: Any) -> Iterator[_Part]:
    if span.kind == "scalar":
        if shown != value:
            yield span.start, span.end, json.dumps(shown, ensure_ascii=False)
        return
    for entry in span.entries:
        yield from _values(entry.value, value[entry.key], shown[entry.key])


def _secret_ranges(span: Span) -> Iterator[tuple[int, int]]:
    for entry in span.entries:
        if isinstance(entry.key, str) and is_secret_key(entry.key):
            yield entry.start, entry.value.end
        yield from _secret_ranges(entry.value)


def _comment(written: str, *, all_names: bool) -> str:
    def shown(found: re.Match[str]) -> str:
        known = all_names or is_secret_key(found[1]) or _SUSPICIOUS.search(found[1])
        if not known or "${" in found[3]:
            return found[0]
        return f"{found[1]}{found[2]}{MASK}"

    return mask_text(_ASSIGNED.sub(shown, written))
