"""What a log may not show: whose handle it was, what they wrote, and secrets. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from openclaw.config.secrets import SECRET_IN_TEXT
from openclaw.domain.handles import mask_handle
from openclaw.domain.patterns import PatternFault, redaction_pattern

# Fields that hold what a person wrote; their length is enough to follow an event.
_TEXT_FIELDS = frozenset({"text", "body", "reply", "prompt", "message_text"})
# Fields that hold one handle or several, also in forms that the patterns below do not recognise (short codes).
_HANDLE_FIELDS = frozenset(
    {"sender", "handle", "handles", "participants", "peer", "destination", "identifier", "to", "owner"}
)
_PHONE = re.compile(r"(?<![\w.])\+\d{7,15}\b")
# Without the bound (RFC 5321) a long word is looked through anew from each of its letters.
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_HALVES = re.compile("[\ud800-\udfff]")
_HIDDEN = "•••"


class Redaction:
    """A processor for log events. ``hide_people`` masks handles and texts; secrets are hidden in any case.

    No configuration with an unusable pattern is taken (``config.review``); here such a one is left out, since a log
    must not fail for it.
    """

    def __init__(self, patterns: Iterable[str] = (), *, hide_people: bool = True) -> None:
        self._hide_people = hide_people
        compiled = (redaction_pattern(pattern) for pattern in patterns)
        self._patterns = [pattern for pattern in compiled if not isinstance(pattern, PatternFault)]

    def __call__(self, _logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        """The event, masked."""
        return {name: self._masked(name, value) for name, value in event.items()}

    def _masked(self, name: str, value: object) -> Any:
        if isinstance(value, str):
            return self._masked_text(name, value)
        if isinstance(value, Mapping):
            items = cast("Mapping[str, object]", value).items()
            return {str(key): self._masked(str(key), item) for key, item in items}
        if isinstance(value, list | tuple):
            return [self._masked(name, item) for item in cast("Sequence[object]", value)]
        return value

    def _masked_text(self, name: str, value: str) -> str:
        if self._hide_people and name in _TEXT_FIELDS:
            return f"<{len(value)} characters>"
        if self._hide_people and name in _HANDLE_FIELDS:
            return mask_handle(value)
        return self.scrub(value)

    def scrub(self, text: str) -> str:
        """``text`` with the handles and secrets in it masked."""
        if self._hide_people and _may_name_someone(text):
            text = _PHONE.sub(lambda found: mask_handle(found[0]), text)
            text = _MAIL.sub(lambda found: mask_handle(found[0]), text)
        text = SECRET_IN_TEXT.sub(_HIDDEN, text)
        if self._patterns:
            text = _HALVES.sub("\ufffd", text)
        for pattern in self._patterns:
            # As a template, a sign that is not ASCII would be taken apart into its bytes; and what matches nothing,
            # such as the edge of a word, hides nothing.
            text = pattern.sub(lambda found: _HIDDEN if found.end() > found.start() else "", text)
        return text


def _may_name_someone(text: str) -> bool:
    # Most log values name nobody, and the patterns are not for free.
    return "+" in text or "@" in text
