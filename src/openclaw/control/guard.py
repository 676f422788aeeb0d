"""Who may speak to the control interface: only this machine, only by our name, and beyond health only with the token.

Pure: decides over the headers of one request.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

OPEN_PATHS = frozenset({"/healthz", "/readyz"})
"""Paths that answer without a token; what they say is a state and nothing else."""

# Our names on this machine. A page of another site that made its own name point here (DNS rebinding) says that name.
_OWN_HOST = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?", re.IGNORECASE)
_SCHEME = "bearer "


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that is not served: the HTTP status, why, and what to do."""

    status: int
    error: str
    fix: str = ""


Headers = Sequence[tuple[bytes, bytes]]
"""Names in lower case, as ASGI gives them."""


def refusal(path: str, headers: Headers, token: str) -> Refusal | None:
    """Why this request is not served, ``None`` when it is."""
    hosts = _all(headers, b"host")
    if len(hosts) != 1 or not _OWN_HOST.fullmatch(hosts[0]):
        return Refusal(403, "this name is not served", "use http://127.0.0.1 and the port")
    if any(origin.lower() != f"http://{hosts[0]}".lower() for origin in _all(headers, b"origin")):
        return Refusal(403, "pages of other sites are not served")
    if path in OPEN_PATHS or has_token(headers, token):
        return None
    return Refusal(
        401, "the token is missing or wrong", "send Authorization: Bearer with the gateway's token"
    )


def has_token(headers: Headers, token: str) -> bool:
    """Whether the request carries ``token``; takes as long for a wrong one as for the right one."""
    given = _all(headers, b"authorization")
    if len(given) != 1 or not given[0].lower().startswith(_SCHEME):
        return False
    return hmac.compare_digest(given[0][len(_SCHEME) :].strip().encode("latin-1"), token.encode())


def _all(headers: Headers, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in headers if key == name]
