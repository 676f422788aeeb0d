"""What a machine offers: imsg, keys, Ollama, a country."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from openclaw.cli import surroundings
from openclaw.cli.surroundings import Answerer


@contextmanager
def ollama(body: bytes) -> Generator[str]:
    """A server on loopback that answers everything with ``body``."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("body", "models"),
    [
        (b'{"models": [{"name": "llama3:8b"}, {"name": "qwen"}]}', ("llama3:8b", "qwen")),
        (b'{"models": []}', ()),
        (b"<html>", ()),
        (b'{"models": 3}', ()),
    ],
)
def test_a_running_ollama_says_what_it_has(body: bytes, models: tuple[str, ...]) -> None:
    """Its models in its order; whatever else answers on that port has none."""
    with ollama(body) as url:
        assert surroundings.ollama_models(url) == models


def test_no_ollama_is_no_model() -> None:
    """A closed port is an answer, not an error."""
    assert surroundings.ollama_models("http://127.0.0.1:9") == ()


def test_keys_come_before_ollama() -> None:
    """Who has paid for a model means that one; what runs here comes next."""
    found = surroundings.answerers({"OPENAI_API_KEY": "k"}, ("llama3",))
    assert [one.provider for one in found][:2] == ["openai", "ollama"]
    assert Answerer("ollama", "llama3").ref == "ollama/llama3"


@pytest.mark.parametrize(
    ("environ", "region"),
    [
        ({"LANG": "de_AT.UTF-8"}, "AT"),
        ({"LC_ALL": "en_GB", "LANG": "de_DE"}, "GB"),
        ({"LANG": "C.UTF-8"}, "US"),
        ({"LANG": "es_419"}, "US"),
        ({}, "US"),
    ],
)
def test_the_country_is_that_of_the_language(environ: dict[str, str], region: str) -> None:
    """POSIX locale names: language, underscore, country."""
    assert surroundings.region(environ) == region


def test_imsg_is_found_in_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed imsg is offered by its path."""
    program = tmp_path / "imsg"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert surroundings.find_imsg() == str(program)
