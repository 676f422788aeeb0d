"""The challenge that an unknown sender gets: a code to pass on to the owner, and the words around it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from openclaw.domain.handles import Handle

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without I, O, 0 and 1, which people read out wrongly."""

CODE_LENGTH = 8

MAX_OPEN_REQUESTS = 3
"""Pairing requests that one account keeps open at a time (ruling 12)."""

_ATTEMPTS = 500
_NEUTRAL = "This number only answers people it knows. To be let in, ask its owner to approve you."


def make_code(taken: Collection[str], choose: Callable[[Sequence[str]], str]) -> str:
    """A code that no open request has. ``choose`` picks one of a sequence, unpredictably (``secrets.choice``)."""
    for _ in range(_ATTEMPTS):
        code = "".join(choose(ALPHABET) for _ in range(CODE_LENGTH))
        if code not in taken:
            return code
    raise ValueError("no free pairing code was found; the source of randomness repeats itself")


def challenge_text(template: str | None, handle: Handle, code: str) -> str:
    """What the unknown sender reads. Names no product (demand I5) unless ``template`` does.

    ``{code}`` and ``{handle}`` in a template are filled in; a template without ``{code}`` gets it on a line of its own.
    """
    if template is None:
        return f"{_NEUTRAL}\n\nPairing code: {code}"
    text = template.replace("{handle}", handle)
    if "{code}" not in text:
        return f"{text}\n\n{code}"
    return text.replace("{code}", code)
