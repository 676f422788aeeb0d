"""Open ends: whether the beginning of a text can be looked at by itself, before the rest of it is there. Pure.

What the lint cuts may begin in one part of an answer and end in the next; then only the whole answer shows what is
internal. In doubt an end is open, and nothing is said before the rest has come.
"""

from __future__ import annotations

import re

from openclaw.outbound import leaks
from openclaw.outbound.code_spans import code_spans, covers, fenced_blocks

# Whoever writes one of these writes for a program, and what belongs to it has no end that can be relied upon.
_FOR_PROGRAMS = re.compile(
    r"<\|(?:start|channel|message)\|>|<｜|\[TOOL_CALLS\]|^\[(?:Tool Call|Tool Result|Historical context)|untrusted",
    re.IGNORECASE | re.MULTILINE,
)


def is_closed(text: str) -> bool:
    """Whether nothing that the lint would cut is open at the end of ``text``, nor a block of code."""
    if _FOR_PROGRAMS.search(text) or _ends_in_fence(text):
        return False
    code = code_spans(text)
    if any(not covers(code, call.end()) for call in leaks.CALL_START.finditer(text)):
        return False
    for wrapper in leaks.WRAPPERS:
        opened = 0
        for tag in wrapper.tag.finditer(text):
            if not covers(code, tag.start()):
                opened = max(opened - 1, 0) if tag["close"] else opened + 1
        if opened:
            return False
    return True


def _ends_in_fence(text: str) -> bool:
    blocks = fenced_blocks(text)
    return bool(blocks) and blocks[-1][1] == len(text) and not text.rstrip().endswith(("```", "~~~"))
