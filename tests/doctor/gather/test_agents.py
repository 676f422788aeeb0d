"""Asking a provider for its models, over real HTTP."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.doctor.installing import install, visit_to
from tests.journeys.house import free_port

from openclaw.doctor.checks.agents import AcpFacts, Answer, ModelFacts
from openclaw.doctor.gather.agents import agents

LISTED = json.dumps({"data": [{"id": "tiny"}, {"id": "other"}]})


@dataclass
class Provider:
    """What it says, and what it was asked."""

    status: int = 200
    body: str = LISTED
    location: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    url: str = ""


@contextmanager
def serving(provider: Provider) -> Generator[Provider]:
    """A provider on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked.append((self.path, {key.lower(): value for key, value in self.headers.items()}))
            self.send_response(provider.status)
            if provider.location:
                self.send_header("Location", provider.location)
            self.send_header("Content-Length", str(len(provider.body)))
            self.end_headers()
            self.wfile.write(provider.body.encode())

        def log_message(self, *_words: object) -> None:
            """Tests tell by their asserts."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        provider.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()


def configured(url: str, api: str = "openai-completions", **more: Any) -> dict[str, Any]:
    provider = {"baseUrl": url, "api": api, "apiKey": "sk-very-secret", "models": []}
    return {
        "models": {"providers": {"test": provider}},
        "agents": {"defaults": {"model": "test/tiny"}, **more},
    }


async def looked(home: Path, document: Any, **how: Any) -> list[ModelFacts | AcpFacts]:
    _, environ = install(home, document)
    return await agents(visit_to(environ, **how))


async def answer_of(home: Path, provider: Provider, api: str = "openai-completions") -> Answer:
    [facts] = await looked(home, configured(f"{provider.url}/v1", api), deep=True)
    assert isinstance(facts, ModelFacts)
    assert facts.answer is not None
    return facts.answer


async def test_nobody_is_asked_without_deep(tmp_path: Path) -> None:
    """An ordinary look stays on this machine."""
    with serving(Provider()) as provider:
        [facts] = await looked(tmp_path, configured(provider.url))
    assert isinstance(facts, ModelFacts)
    assert (facts.answer, facts.problem, provider.asked) == (None, "", [])


@pytest.mark.parametrize(
    ("api", "header", "value"),
    [
        ("openai-completions", "authorization", "Bearer sk-very-secret"),
        ("anthropic-messages", "x-api-key", "sk-very-secret"),
    ],
)
async def test_one_request_with_the_key_where_it_belongs(
    tmp_path: Path, api: str, header: str, value: str
) -> None:
    """For the list of models and nothing else, in the wire language of the provider."""
    with serving(Provider()) as provider:
        assert await answer_of(tmp_path, provider, api) == Answer(200, offers=True)
    [(path, headers)] = provider.asked
    assert (path, headers[header]) == ("/v1/models", value)


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        (Provider(401, "{}"), Answer(401)),
        (Provider(404, "no list here"), Answer(404)),
        (Provider(200, "<html>"), Answer(200)),
        (Provider(200, '{"data": []}'), Answer(200)),
        (Provider(200, '{"data": [{"id": "another"}]}'), Answer(200, offers=False)),
        (Provider(200, '{"data": [{"id": "another"}], "has_more": true}'), Answer(200)),
        (Provider(200, '{"data": [{"id": "tiny:latest"}]}'), Answer(200, offers=True)),
        (Provider(200, "[1]"), Answer(200)),
    ],
)
async def test_what_a_provider_says_is_taken_as_it_is(
    tmp_path: Path, provider: Provider, expected: Answer
) -> None:
    """Only a whole list proves that a model is missing."""
    with serving(provider):
        assert await answer_of(tmp_path, provider) == expected


async def test_the_key_goes_to_no_other_address(tmp_path: Path) -> None:
    """A redirection is an answer, and is not followed."""
    with serving(Provider()) as other, serving(Provider(302, "", other.url)) as provider:
        assert await answer_of(tmp_path, provider) == Answer(302)
    assert other.asked == []


async def test_a_provider_that_is_not_there(tmp_path: Path) -> None:
    """With the cause, and without the key."""
    answer = await answer_of(tmp_path, Provider(url=f"http://127.0.0.1:{free_port()}"))
    assert answer.status is None
    assert "refused" in answer.problem
    assert "sk-very-secret" not in answer.problem


async def test_a_provider_of_two_agents_is_asked_once(tmp_path: Path) -> None:
    """One request per provider and key."""
    with serving(Provider()) as provider:
        document = configured(f"{provider.url}/v1", list=[{"id": "one"}, {"id": "two"}])
        assert len(await looked(tmp_path, document, deep=True)) == 2
    assert len(provider.asked) == 1


async def test_a_password_in_an_address_is_used_and_not_shown(tmp_path: Path) -> None:
    """Findings are pasted into reports."""
    with serving(Provider()) as provider:
        document = configured(provider.url.replace("//", "//ann:opensesame@"))
        del document["models"]["providers"]["test"]["apiKey"]
        [facts] = await looked(tmp_path, document, deep=True)
    assert isinstance(facts, ModelFacts)
    assert facts.answer == Answer(200, offers=True)
    assert facts.address == provider.url.replace("//", "//ann:***@")
    assert provider.asked[0][1]["authorization"] == f"Basic {b64encode(b'ann:opensesame').decode()}"


async def test_a_key_that_is_missing_is_named_by_its_variable(tmp_path: Path) -> None:
    """And fallbacks are told apart."""
    model = {"primary": "anthropic/claude", "fallbacks": ["ollama/llama"]}
    first, second = await looked(tmp_path, {"agents": {"defaults": {"model": model}}})
    assert isinstance(first, ModelFacts)
    assert isinstance(second, ModelFacts)
    assert "ANTHROPIC_API_KEY" in first.problem
    assert (second.problem, second.is_fallback) == ("", True)


async def test_the_local_model_and_other_programs_are_not_asked(tmp_path: Path) -> None:
    """The one runs only with the gateway, the others are their own."""
    document = {
        "acp": {"agents": {"codex": {"command": "/nowhere/codex"}}},
        "agents": {
            "list": [
                {"id": "small", "model": "local/smollm2-135m-instruct"},
                {"id": "codex", "runtime": {"type": "acp", "acp": {"agent": "codex"}}},
            ]
        },
    }
    small, codex = await looked(tmp_path, document, deep=True)
    assert isinstance(small, ModelFacts)
    assert (small.is_local, small.answer) == (True, None)
    assert codex == AcpFacts("codex", "codex", installed=False)


async def test_a_file_that_cannot_be_used_has_no_agents(tmp_path: Path) -> None:
    """Its own finding says why."""
    assert await looked(tmp_path, "{") == []


async def test_every_outside_agent_that_is_wanted_is_looked_for(tmp_path: Path) -> None:
    """Configured agents, bindings, the default one; nothing is started for it."""
    program = tmp_path / "there"
    program.write_text("")
    program.chmod(0o755)
    peer = {"kind": "direct", "id": "+15550100001"}
    document = {
        "acp": {
            "defaultAgent": "there",
            "allowedAgents": ["there", "nobody"],
            "agents": {"there": {"command": str(program)}},
        },
        "agents": {"list": [{"id": "main", "model": "ollama/x"}]},
        "bindings": [
            {"type": "acp", "agentId": one, "match": {"channel": "imessage", "peer": peer}}
            for one in ("nobody", "claude")
        ],
    }
    found = [one for one in await looked(tmp_path, document) if isinstance(one, AcpFacts)]

    assert [(one.agent, one.known, one.installed, one.allowed) for one in found] == [
        ("nobody", False, False, True),
        ("claude", True, found[1].installed, False),
        ("there", True, True, True),
    ]
