"""How a problem in the file is worded: the place, what stands there (short, masked), what may stand, what to do.

Knows nothing of sections or keys.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable

from openclaw.config.paths import KeyPath, render_path
from openclaw.config.secrets import MASK, is_secret_path, mask_secrets
from openclaw.errors import ConfigIssue

# Long enough to recognise a value in the file, short enough for one line of a terminal.
_VALUE_LIMIT = 60


def invalid(path: KeyPath, problem: str, raw: object, fix: str = "") -> ConfigIssue:
    """Return the issue that the value ``raw`` at ``path`` breaks a rule; ``problem`` begins with "must" or alike."""
    shown = short_value(path, raw)
    message = f"{problem}, not {shown}" if shown else problem
    return ConfigIssue(render_path(path), message, value=shown, fix=fix)


def not_allowed(path: KeyPath, raw: object, choices: Iterable[object]) -> ConfigIssue:
    """Return the issue that ``raw`` is none of ``choices``, with the nearest one as the fix."""
    allowed = tuple(json.dumps(choice) if not isinstance(choice, str) else choice for choice in choices)
    shown = short_value(path, raw)
    near = nearest(raw, allowed) if isinstance(raw, str) else None
    fix = f'use "{near}"' if near else "use one of these"
    listed = ", ".join(f'"{choice}"' for choice in allowed)
    return ConfigIssue(render_path(path), f"must be one of {listed}, not {shown}", shown, fix, allowed)


def unknown_key(path: KeyPath, siblings: Iterable[str]) -> ConfigIssue:
    """Return the issue that nothing is known by the key at the end of ``path``."""
    near = nearest(str(path[-1]), siblings)
    if near:
        return ConfigIssue(
            render_path(path), f"unknown key; the nearest one is `{near}`", fix=f"rename it to {near}"
        )
    return ConfigIssue(render_path(path), "unknown key", fix="remove it")


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that ``word`` was most likely meant to be, ignoring case; None when none is near."""
    by_folded = {choice.casefold(): choice for choice in choices}
    folded = word.casefold()
    begun = [choice for choice in by_folded if len(folded) > 2 and choice.startswith(folded)]
    found = difflib.get_close_matches(folded, by_folded, n=1, cutoff=0.6) or begun
    return by_folded[found[0]] if found else None


def short_value(path: KeyPath, raw: object) -> str:
    """Return ``raw`` as it would stand in the file, cut to one line, masked when its key names a secret."""
    if raw is None:
        return ""
    secret = is_secret_path(path)
    if secret and isinstance(raw, (str, int, float)) and not isinstance(raw, bool):
        return MASK
    text = json.dumps(mask_secrets(raw, secret=secret), ensure_ascii=False, default=str)
    return text if len(text) <= _VALUE_LIMIT else text[: _VALUE_LIMIT - 1] + "…"


def count(number: float) -> str:
    """Return a number without a needless fraction: 1, 0.5."""
    return str(int(number)) if float(number).is_integer() else str(number)
