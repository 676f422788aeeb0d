"""Fetching files: from a real server on loopback that stands for the internet, and around every trick."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from openclaw.cli.download import Downloader
from openclaw.errors import FileRefused

PUBLIC = "93.184.216.34"
Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def internet(answer: Answer) -> Generator[tuple[Downloader, list[tuple[str, int]]]]:
    """A server that answers every request so, reached under any public address; and whom was connected to."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Quiet."""

    asked: list[tuple[str, int]] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()

        def connect(address: str, port: int, limit_s: float) -> socket.socket:
            asked.append((address, port))
            return socket.create_connection(("127.0.0.1", server.server_port), limit_s)

        try:
            yield Downloader(lambda host, port: [PUBLIC], connect, limit_s=20), asked
        finally:
            server.shutdown()
            thread.join()


def give(body: bytes, status: int = 200, **headers: str) -> Answer:
    """An answer with that body."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def fetch(
    downloader: Downloader, url: str = "http://example.com/a/map.png", limit_mb: float = 1
) -> tuple[str, bytes]:
    with downloader.open(url, limit_mb) as (name, blocks):
        return name, b"".join(blocks)


def test_a_file_comes_whole_from_the_address_that_was_checked() -> None:
    """The name is asked once, and the address it gave is connected to: no rebinding."""
    seen: list[str | None] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        seen.extend((request.path, request.headers["Host"], request.headers["Authorization"]))
        give(b"picture")(request)

    with internet(answer) as (downloader, asked):
        assert fetch(downloader, "http://example.com:8080/a/map.png?k=1") == ("map.png", b"picture")
    assert asked == [(PUBLIC, 8080)]
    assert seen == ["/a/map.png?k=1", "example.com:8080", None]


@pytest.mark.parametrize(
    "resolved", [["127.0.0.1"], ["169.254.169.254"], [PUBLIC, "10.0.0.1"], ["::ffff:127.0.0.1"], []]
)
def test_a_name_that_leads_inside_is_not_connected_to(resolved: Sequence[str]) -> None:
    """Whatever the name server says (demand N)."""
    with internet(give(b"secret")) as (downloader, asked):
        inside = Downloader(lambda host, port: resolved, downloader.connect)
        with pytest.raises(FileRefused):
            fetch(inside)
    assert asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0x7f000001", "2130706433", "127.1"])
def test_no_spelling_of_this_machine_is_connected_to(host: str) -> None:
    """With the system's own look-up: odd spellings of an address are read by it, and judged after."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        with pytest.raises(FileRefused):
            fetch(Downloader(), f"http://{host}:{listening.getsockname()[1]}/")
        listening.setblocking(False)
        with pytest.raises(BlockingIOError):
            listening.accept()


def test_each_way_on_is_checked_again() -> None:
    """A public server must not send us into the house, nor on and on."""
    ways = iter(["http://inside.example/x", "/again", "/again", "/again", "/again", "/again"])

    def answer(request: BaseHTTPRequestHandler) -> None:
        give(b"", 302, Location=next(ways))(request)

    with internet(answer) as (downloader, asked):
        names = {"example.com": [PUBLIC], "inside.example": ["192.168.1.1"]}
        guarded = Downloader(lambda host, port: names[host], downloader.connect)
        with pytest.raises(FileRefused, match=r"192\.168\.1\.1"):
            fetch(guarded)
        assert len(asked) == 1
        with pytest.raises(FileRefused, match="more than 3 times"):
            fetch(guarded)
        assert len(asked) == 5


def test_three_ways_on_are_followed() -> None:
    """The last one may give the file."""
    ways = iter(["/b", "http://example.com/c", "d.png"])

    def answer(request: BaseHTTPRequestHandler) -> None:
        way = next(ways, None)
        (give(b"", 301, Location=way) if way else give(b"there"))(request)

    with internet(answer) as (downloader, _):
        assert fetch(downloader) == ("d.png", b"there")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (give(b"x" * (1024 * 1024 + 1)), "larger than 1 MB"),
        (give(b"x" * 2_000_000, Content_Length="2000000", Connection="close"), "larger than 1 MB"),
        (give(b"no", 404), "answers 404"),
        (give(b"", 302), "nowhere"),
        (give(b"packed", Content_Encoding="gzip"), "packed"),
        (give(b"short", Content_Length="100"), "could not be fetched|ended after"),
    ],
    ids=["promised too much", "too much", "missing", "nowhere", "packed", "cut off"],
)
def test_what_is_not_the_file_is_refused(answer: Answer, words: str) -> None:
    """Each in words that name the address and what to do."""
    with internet(answer) as (downloader, _), pytest.raises(FileRefused, match=words):
        fetch(downloader)


def test_of_a_picture_more_may_come_because_it_is_made_smaller() -> None:
    """By what the server calls it; that it is one shows on the shelf."""
    body = b"x" * (1024 * 1024 + 1)
    with internet(give(body, Content_Type="image/png")) as (downloader, _):
        assert fetch(downloader) == ("map.png", body)


def test_an_endless_answer_ends_at_the_limit_of_size() -> None:
    """Without a promised length the bytes are counted as they come."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            while True:
                request.wfile.write(b"x" * 65536)
        except OSError:
            return

    with internet(answer) as (downloader, _), pytest.raises(FileRefused, match="larger than 1 MB"):
        fetch(downloader)


def test_a_server_that_drips_is_left_when_the_time_is_up() -> None:
    """Each single wait may be short; all together are bounded."""
    ended = threading.Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            while not ended.wait(0.05):
                request.wfile.write(b"x")
        except OSError:
            return

    with internet(answer) as (downloader, _):
        hasty = Downloader(downloader.resolve, downloader.connect, limit_s=0.5)
        with pytest.raises(FileRefused, match="within the time"):
            fetch(hasty)
        ended.set()
