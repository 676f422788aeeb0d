"""What every answer carries, also an error: nothing foreign is loaded, nothing of ours is shown elsewhere or kept."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS: Mapping[bytes, bytes] = {
    b"content-security-policy": (
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
}
"""Set on every answer, whatever the application behind says."""

_NO_STORE = (b"cache-control", b"no-store")


def with_headers(app: ASGIApp) -> ASGIApp:
    """``app``, with the headers on each of its answers; ``no-store`` where it does not say how long one may be kept."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = [pair for pair in message.get("headers", []) if pair[0].lower() not in ALWAYS]
                kept = any(name.lower() == b"cache-control" for name, _ in given)
                message["headers"] = [*given, *ALWAYS.items(), *([] if kept else [_NO_STORE])]
            await send(message)

        await app(scope, receive, send_on)

    return wrapped
