"""Who was let in by a one-time code: the codes that still count, the sessions that came of them, and the lock.

Everything lives in memory and is bounded; what is kept of a secret is its digest. Knows no HTTP.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import deque
from collections.abc import Callable

CODE_LIFETIME_S = 60
"""A code is used at once or not at all."""

SESSION_LIFETIME_S = 12 * 60 * 60
"""A working day; then the operator logs in again."""

MOST_FAILURES = 10
"""Different wrong secrets within ``WINDOW_S`` that lock the door for as long again."""

WINDOW_S = 60

# 128 bits for a code that lives a minute, 256 for a session that lives a day.
_CODE_BYTES, _SESSION_BYTES = 16, 32
# One operator with a few browsers; the oldest one gives way.
_MOST_CODES, _MOST_SESSIONS = 16, 32


class Lock:
    """Counts different wrong secrets: the same one again is a program that was not told, and guesses nothing."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures: deque[tuple[float, bytes]] = deque(maxlen=MOST_FAILURES)
        self._until = 0.0

    def is_shut(self) -> bool:
        """Whether nobody gets in by a secret at this moment."""
        return self._clock() < self._until

    def failed(self, secret: str) -> None:
        """Note a wrong secret."""
        now, digest = self._clock(), _digest(secret)
        while self._failures and now - self._failures[0][0] > WINDOW_S:
            self._failures.popleft()
        if all(digest != known for _, known in self._failures):
            self._failures.append((now, digest))
        if len(self._failures) == MOST_FAILURES:
            self._failures.clear()
            self._until = now + WINDOW_S


class Door:
    """The operator's token, the one-time codes, the sessions, and the lock over all of them.

    ``on_leave`` is called when a session ends before its time.
    """

    def __init__(
        self,
        token: str,
        clock: Callable[[], float] = time.monotonic,
        on_leave: Callable[[], None] = lambda: None,
    ) -> None:
        self._token = token
        self._clock = clock
        self._on_leave = on_leave
        # Each digest with the moment until which it counts.
        self._codes: dict[bytes, float] = {}
        self._sessions: dict[bytes, float] = {}
        self.lock = Lock(clock)

    def knows(self, token: str) -> bool:
        """Whether ``token`` is the operator's; takes as long for a wrong one. A wrong one counts against the lock."""
        right = hmac.compare_digest(token.encode("utf-8", "surrogateescape"), self._token.encode())
        if not right:
            self.lock.failed(token)
        return right and not self.lock.is_shut()

    def make_code(self) -> str:
        """A code that lets one browser in, once, within ``CODE_LIFETIME_S``."""
        code = secrets.token_urlsafe(_CODE_BYTES)
        while len(self._codes) >= _MOST_CODES:
            del self._codes[next(iter(self._codes))]
        self._codes[_digest(code)] = self._clock() + CODE_LIFETIME_S
        return code

    def enter(self, code: str) -> str | None:
        """The secret of a new session for ``code``, which counts no more; ``None`` when it does not count."""
        until = self._codes.pop(_digest(code), 0.0) if not self.lock.is_shut() else 0.0
        if self._clock() >= until:
            self.lock.failed(code)
            return None
        secret = secrets.token_urlsafe(_SESSION_BYTES)
        while len(self._sessions) >= _MOST_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
            self._on_leave()
        self._sessions[_digest(secret)] = self._clock() + SESSION_LIFETIME_S
        return secret

    def has_session(self, secret: str) -> bool:
        """Whether ``secret`` is that of a session that still counts."""
        return self._clock() < self._sessions.get(_digest(secret), 0.0)

    def leave(self, secret: str) -> None:
        """End the session with ``secret``."""
        if self._sessions.pop(_digest(secret), None) is not None:
            self._on_leave()


def _digest(secret: str) -> bytes:
    # Looking a digest up tells nothing about the secret by the time it takes.
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
