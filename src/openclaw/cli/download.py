"""Fetching a file from the web: only from the open internet, in bounded time and size, and without following blindly.

The address that was checked is the one that is connected to: a name that leads elsewhere a moment later changes
nothing. No proxy, no cookies, no password.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from openclaw.errors import FileRefused
from openclaw.outbound.addresses import WebAddress, allowed, parse_url, redirected
from openclaw.outbound.shelf import BLOCK_BYTES, MEGABYTE, PICTURE_MB, too_large, too_large_to_fit

Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a host by name; raises OSError when there is none."""

Connect = Callable[[str, int, float], socket.socket]
"""A connection to an address and port within so many seconds; raises OSError."""

MOST_REDIRECTS = 3
_CONNECT_LIMIT_S = 10.0
# A file of the usual limit over a slow line; who needs longer fetches it beforehand.
WHOLE_LIMIT_S = 120.0
_REDIRECTS = (301, 302, 303, 307, 308)
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "openclaw", "Connection": "close"}


def resolve(host: str, port: int) -> Sequence[str]:
    """What the system says are the addresses of ``host``."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def connect(address: str, port: int, limit_s: float) -> socket.socket:
    """A connection to ``address``, which is no name."""
    return socket.create_connection((address, port), limit_s)


@dataclass(frozen=True, slots=True)
class Downloader:
    """Fetches files; how names are looked up and connections are made can be replaced."""

    resolve: Resolve = resolve
    connect: Connect = connect
    limit_s: float = WHOLE_LIMIT_S
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    @contextmanager
    def open(self, url: str, limit_mb: float) -> Generator[tuple[str, Generator[bytes]]]:
        """The name of the file at ``url``, which may be "", and what is in it, block by block.

        Of what is announced as a picture ``PICTURE_MB`` may come; whether it is one shows in it.

        Raises:
            FileRefused: it may not be fetched, cannot be had, or is too large; also while the blocks are read.
        """
        watch = _Watch(self.limit_s)
        try:
            with closing(watch), _told(url, watch):
                address, response = self._found(parse_url(url), watch)
                limit = _limit(response, address, limit_mb)
                _look_at(response, address, limit)
                yield address.name, _blocks(response, address, limit, watch)
        finally:
            watch.close()

    def _found(self, address: WebAddress, watch: _Watch) -> tuple[WebAddress, http.client.HTTPResponse]:
        for _ in range(MOST_REDIRECTS + 1):
            response = self._ask(address, watch)
            if response.status not in _REDIRECTS:
                return address, response
            location = response.getheader("Location")
            response.close()
            if not location:
                raise FileRefused(f"{address.url} leads on to nowhere")
            address = redirected(address, location)
        raise FileRefused(f"{address.url}: led on more than {MOST_REDIRECTS} times")

    def _ask(self, address: WebAddress, watch: _Watch) -> http.client.HTTPResponse:
        there = allowed(address.host, self.resolve(address.host, address.port))
        connection = http.client.HTTPConnection(address.host, address.port)
        connection.sock = watch.over(self._connected(there, address.port))
        if address.scheme == "https":
            connection.sock = watch.over(
                self.context.wrap_socket(connection.sock, server_hostname=address.host)
            )
        host = f"[{address.host}]" if ":" in address.host else address.host
        named = host if address.port in (80, 443) else f"{host}:{address.port}"
        connection.request("GET", address.path, headers={"Host": named, **_HEADERS})
        return connection.getresponse()

    def _connected(self, addresses: Sequence[str], port: int) -> socket.socket:
        failure = OSError("no address")
        for one in addresses:
            try:
                return self.connect(one, port, _CONNECT_LIMIT_S)
            except OSError as error:
                failure = error
        raise failure


class _Watch:
    """Ends every connection when the time is up, whatever is being waited for."""

    def __init__(self, limit_s: float) -> None:
        self._sockets: list[socket.socket] = []
        self.is_over = False
        self._timer = threading.Timer(limit_s, self._end)
        self._timer.daemon = True
        self._timer.start()

    def over(self, connection: socket.socket) -> socket.socket:
        """``connection``, watched."""
        connection.settimeout(None)
        self._sockets.append(connection)
        if self.is_over:
            self._end()
        return connection

    def close(self) -> None:
        """Everything is read, or nothing more will be."""
        self._timer.cancel()
        for connection in self._sockets:
            connection.close()

    def _end(self) -> None:
        self.is_over = True
        for connection in self._sockets:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def _told(url: str, watch: _Watch) -> Generator[None]:
    try:
        yield
    except (OSError, http.client.HTTPException, ValueError) as error:
        shown = url.strip().partition("?")[0][:200]
        if watch.is_over:
            raise FileRefused(f"{shown} did not come within the time for it") from error
        raise FileRefused(f"{shown} could not be fetched: {error}") from error


@dataclass(frozen=True, slots=True)
class _Limit:
    """How many bytes may come, and what says what is wrong with more."""

    most: float
    refusal: Callable[[], FileRefused]


def _limit(response: http.client.HTTPResponse, address: WebAddress, limit_mb: float) -> _Limit:
    if (response.getheader("Content-Type") or "").strip().lower().startswith("image/"):
        return _Limit(max(limit_mb, PICTURE_MB) * MEGABYTE, partial(too_large_to_fit, address.url))
    return _Limit(limit_mb * MEGABYTE, partial(too_large, address.url, limit_mb))


def _look_at(response: http.client.HTTPResponse, address: WebAddress, limit: _Limit) -> None:
    if response.status != 200:
        raise FileRefused(
            f"{address.url} answers {response.status} {response.reason[:60]}; nothing was fetched"
        )
    encoding = (response.getheader("Content-Encoding") or "identity").strip().lower()
    if encoding != "identity":
        raise FileRefused(f"{address.url} sends it packed ({encoding[:20]}), which was not asked for")
    if response.length is not None and response.length > limit.most:
        raise limit.refusal()


def _blocks(
    response: http.client.HTTPResponse, address: WebAddress, limit: _Limit, watch: _Watch
) -> Generator[bytes]:
    promised, size = response.length, 0
    while block := response.read(BLOCK_BYTES):
        size += len(block)
        if size > limit.most:
            raise limit.refusal()
        yield block
    # A connection that was cut looks like the end of a file whose length nobody promised.
    if watch.is_over:
        raise TimeoutError("the time is up")
    if promised is not None and size < promised:
        raise FileRefused(f"{address.url} ended after {size} of {promised} bytes")
