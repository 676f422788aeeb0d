"""Who may speak to the control interface: only this machine, only by our name, and beyond the open paths only with the
token or a session.

Decides over the headers of one request; the door knows the secrets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from openclaw.control.login import WINDOW_S, Door

USUAL_COOKIE = "openclaw_session_18789"
"""The cookie of a session at the usual port."""

PAGE, LOGIN, PAGE_CODE = "/page/", "/login", "/api/page-code"
_OPEN_PATHS = frozenset({"/healthz", "/readyz", "/"})

# Our names on this machine. A page of another site that made its own name point here (DNS rebinding) says that name.
_OWN_HOST = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::(\d{1,5}))?", re.IGNORECASE)
_SCHEME = "bearer "
# What a browser leaves out of Host.
_HTTP_PORT = "80"
_LOOKS = ("GET", "HEAD")
# What a browser says of a request that our own page or a person made.
_OWN_SITES = ("same-origin", "none")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that is not served: the HTTP status, why, and what to do. ``retry_after_s`` when waiting helps."""

    status: int
    error: str
    fix: str = ""
    retry_after_s: int = 0


Headers = Sequence[tuple[bytes, bytes]]
"""Names in lower case, as ASGI gives them."""

Visitor = Literal["token", "session"]
"""By what somebody showed that they may come in."""

_LOCKED = Refusal(429, "too many wrong codes or tokens", "wait a minute", WINDOW_S)


def refusal(method: str, path: str, headers: Headers, door: Door) -> Refusal | None:
    """Why this request is not served, ``None`` when it is."""
    if refused := _foreign(headers):
        return refused
    if path in _OPEN_PATHS or path.startswith(PAGE):
        return None
    if path == LOGIN:
        return _LOCKED if door.lock.is_shut() else _unmarked(headers)
    found = visitor(headers, door)
    if found is None:
        if door.lock.is_shut() and _all(headers, b"authorization"):
            return _LOCKED
        fix = "send Authorization: Bearer with the gateway's token, or log in: openclaw page"
        return Refusal(401, "the token is missing or wrong", fix)
    if found == "session":
        return _by_cookie(method, path, headers)
    return None


def visitor(headers: Headers, door: Door) -> Visitor | None:
    """By what the request may come in; a token that was sent decides alone. A wrong one counts against the lock."""
    given = _all(headers, b"authorization")
    if given:
        if len(given) == 1 and given[0].lower().startswith(_SCHEME):
            token = given[0][len(_SCHEME) :].strip().encode("latin-1").decode("utf-8", "surrogateescape")
            return "token" if door.knows(token) else None
        return None
    secret = session_secret(headers)
    return "session" if secret and door.has_session(secret) else None


def cookie_name(headers: Headers) -> str:
    """The cookie that carries the secret of a session, named by the port at which the browser finds us.

    Browsers keep cookies by host alone, so two gateways would otherwise end each other's sessions.
    """
    hosts = [_OWN_HOST.fullmatch(host) for host in _all(headers, b"host")]
    port = hosts[0][1] if hosts and hosts[0] else None
    return f"openclaw_session_{port or _HTTP_PORT}"


def session_secret(headers: Headers) -> str:
    """What the cookie of a session says, "" when there is none."""
    wanted = cookie_name(headers)
    for header in _all(headers, b"cookie"):
        for part in header.split(";"):
            name, _, value = part.strip().partition("=")
            if name == wanted:
                return value
    return ""


def _foreign(headers: Headers) -> Refusal | None:
    hosts = _all(headers, b"host")
    if len(hosts) != 1 or not _OWN_HOST.fullmatch(hosts[0]):
        return Refusal(403, "this name is not served", "use http://127.0.0.1 and the port")
    if any(origin.lower() != f"http://{hosts[0]}".lower() for origin in _all(headers, b"origin")):
        return Refusal(403, "pages of other sites are not served")
    if _all(headers, b"upgrade"):
        return Refusal(400, "the protocol cannot be changed", "events come from /api/events")
    return None


def _by_cookie(method: str, path: str, headers: Headers) -> Refusal | None:
    """A browser sends its cookie with requests that a foreign page had it make; those are not the operator's."""
    if path == PAGE_CODE:
        return Refusal(403, "only the token makes codes", "use: openclaw page")
    if any(site not in _OWN_SITES for site in _all(headers, b"sec-fetch-site")):
        return Refusal(403, "pages of other sites are not served")
    if method in _LOOKS:
        return None
    if not _all(headers, b"origin"):
        return Refusal(403, "a change needs an Origin")
    return _unmarked(headers)


def _unmarked(headers: Headers) -> Refusal | None:
    if _all(headers, b"x-openclaw") != ["1"]:
        return Refusal(403, "the header X-OpenClaw is missing", "send X-OpenClaw: 1")
    return None


def _all(headers: Headers, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in headers if key == name]
