"""How a value looks as JSON5 in a given style. Knows no file; `habits` learns the style of one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

PLAIN_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


@dataclass(frozen=True, slots=True)
class Style:
    """Line ends, one step of indentation, quotes (of keys: "" for none), what follows a key, and trailing commas."""

    newline: str
    unit: str
    quote: str
    key_quote: str
    colon: str
    trailing_comma: bool
    padding: str

    def value(self, value: object, indent: str | None, *, spread: bool = False) -> str:
        """Return ``value`` as JSON5; its lines but the first are indented beyond ``indent``, None is all on one line.

        ``spread`` gives each item of the outermost list a line of its own, however short the items are.
        """
        if isinstance(value, Mapping):
            entries = [
                self.entry(key, item, self._deeper(indent))
                for key, item in cast("Mapping[str, object]", value).items()
            ]
            return self._enclosed("{", entries, "}", indent, self.padding)
        if isinstance(value, (list, tuple)):
            items = cast("Sequence[object]", value)
            spread = spread or any(isinstance(item, Mapping) for item in items)
            indent = indent if spread else None
            return self._enclosed(
                "[", [self.value(item, self._deeper(indent)) for item in items], "]", indent, ""
            )
        return self._scalar(value)

    def entry(self, key: str | int, value: object, indent: str | None) -> str:
        """Return an entry of an object, or of a list when ``key`` is a position."""
        if isinstance(key, int):
            return self.value(value, indent)
        name = key if not self.key_quote and PLAIN_KEY.fullmatch(key) else ""
        return f"{name or _quoted(key, self.key_quote or self.quote)}{self.colon}{self.value(value, indent)}"

    def _deeper(self, indent: str | None) -> str | None:
        return None if indent is None else indent + self.unit

    def _enclosed(self, opened: str, parts: list[str], closed: str, indent: str | None, padding: str) -> str:
        if not parts:
            return opened + closed
        if indent is None:
            between = ", " if self.colon.endswith(" ") else ","
            return opened + padding + between.join(parts) + padding + closed
        line = self.newline + indent + self.unit
        last = "," if self.trailing_comma else ""
        return f"{opened}{line}{(',' + line).join(parts)}{last}{self.newline}{indent}{closed}"

    def _scalar(self, value: object) -> str:
        if isinstance(value, str):
            return _quoted(value, self.quote)
        # The words for what is no number in mathematics are the same in JSON5 as in this encoder.
        return json.dumps(value)


def _quoted(text: str, quote: str) -> str:
    # The two line ends of Unicode may stand in a JSON5 text, but tear its line apart in many editors.
    written = json.dumps(text, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    if quote == '"':
        return written
    return "'" + written[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"
