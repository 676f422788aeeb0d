"""The tags by which an agent makes its answer a threaded reply. They are cut like other control text (``leaks``)."""

from __future__ import annotations

import re

from openclaw.outbound.code_spans import code_spans, covers

CURRENT = "current"
"""The message that is being answered."""

_TAG = re.compile(
    r"\[\[\s{0,8}reply_to(?:_current|\s{0,8}:\s{0,8}(?P<name>[^\[\]\s][^\[\]\n]{0,299}?))\s{0,8}\]\]",
    re.IGNORECASE,
)


def reply_tag(text: str) -> str | None:
    """What the first such tag of ``text`` names, outside code: ``CURRENT`` or a message; ``None`` without a tag."""
    if "[[" not in text:
        return None
    code = code_spans(text)
    found = next((tag for tag in _TAG.finditer(text) if not covers(code, tag.start())), None)
    return None if found is None else found["name"] or CURRENT
