"""The words an operator wants before each reply (``responsePrefix``), filled in for this turn."""

from __future__ import annotations

import re
from collections.abc import Mapping

_VARIABLE = re.compile(r"\{([a-zA-Z][a-zA-Z0-9.]*)\}")
_ALIASES = {"think": "thinkinglevel"}


def prefix(response_prefix: str | None, variables: Mapping[str, str]) -> str:
    """The prefix of a reply, "" for none.

    ``{name}`` is replaced by the variable of that name in any case (``{think}`` is ``{thinkingLevel}``); an
    unknown one stays as written, so that the operator sees it. ``auto`` is the ``identity.name`` in brackets.
    """
    known = {name.casefold(): value for name, value in variables.items()}
    template = (response_prefix or "").strip()
    if template.casefold() == "auto":
        name = known.get("identity.name", "").strip()
        return f"[{name}]" if name else ""

    def fill(variable: re.Match[str]) -> str:
        name = variable[1].casefold()
        return known.get(_ALIASES.get(name, name), variable[0])

    return _VARIABLE.sub(fill, template)


def prefixed(text: str, words: str) -> str:
    """``text`` after ``words`` and a space; unchanged where nothing is to be added or it is there."""
    if not words or not text or text.startswith(words):
        return text
    return f"{words}{text}" if words[-1].isspace() else f"{words} {text}"
