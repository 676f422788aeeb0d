"""The embedded runtime against a model server that really speaks HTTP, on loopback."""

from __future__ import annotations

import asyncio
import socket
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.agents.model_server import (
    Answer,
    Cut,
    Garbage,
    ModelServer,
    Refuse,
    Stall,
    Unfinished,
    open_model_server,
)

from openclaw.agents.embedded import EmbeddedRuntime, open_embedded
from openclaw.agents.endpoint import AgentModels
from openclaw.config.secrets import SecretText
from openclaw.config.sections.models import Model, Provider
from openclaw.domain.ids import AgentId, SessionKey
from openclaw.domain.sessions import Session, TranscriptEntry
from openclaw.domain.turns import Finished, Prompt, TextDelta, TurnEvent
from openclaw.errors import AgentError, AgentFailed, AgentNotConfigured

MAIN = AgentId("main")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SESSION = Session(SessionKey("agent:main:main"), MAIN, 0, NOW, NOW)
KEY = "sk-test-0123456789"
BOUND = 30.0
"""Far above what any wait here takes on a busy machine; it only ends a test that would hang."""

APIS = ("openai-completions", "openai-responses", "anthropic-messages")


def _runtime(
    server: ModelServer,
    api: str = "openai-completions",
    fallbacks: tuple[str, ...] = (),
    limit: float = 600.0,
    silence: int | None = None,
) -> AbstractAsyncContextManager[EmbeddedRuntime]:
    one = Provider(base_url=f"{server.url}/v1", api=api, api_key=SecretText(KEY), timeout_seconds=silence)
    models = AgentModels("test/primary", fallbacks, limit)
    return open_embedded({MAIN: models}, {"test": one}, {})


def _prompt(text: str, *history: TranscriptEntry) -> Prompt:
    return Prompt("Be brief.", history, text)


async def _events(runtime: EmbeddedRuntime, prompt: Prompt) -> list[TurnEvent]:
    async with asyncio.timeout(BOUND), aclosing(runtime.prompt(SESSION, prompt)) as events:
        return [event async for event in events]


async def _failure(runtime: EmbeddedRuntime, text: str = "hello") -> str:
    with pytest.raises(AgentFailed) as caught:
        await _events(runtime, _prompt(text))
    return str(caught.value)


@pytest.mark.parametrize("api", APIS)
async def test_an_answer_streams_and_ends_with_what_it_cost(api: str) -> None:
    """Each served API gives text in pieces, in order, then Finished with the model and its tokens (design 8)."""
    async with open_model_server() as server, _runtime(server, api) as runtime:
        events = await _events(runtime, _prompt("three small words"))
    assert [event.text for event in events if isinstance(event, TextDelta)] == ["three", " small", " words"]
    assert events[-1] == Finished("test/primary", 7, 3)


@pytest.mark.parametrize("api", APIS)
async def test_the_model_gets_instructions_history_and_key(api: str) -> None:
    """The transcript of the ledger, the instructions and the configured key reach the model on each API (design 8)."""
    history = (TranscriptEntry("user", "my name is Ada"), TranscriptEntry("assistant", "hello Ada"))
    async with open_model_server() as server, _runtime(server, api) as runtime:
        await _events(runtime, _prompt("who am I?", *history))
    [request] = server.requests
    sent = str(request.body)
    assert sent.index("my name is Ada") < sent.index("hello Ada") < sent.index("who am I?")
    assert "Be brief." in sent
    assert request.body["model"] == "primary"
    assert KEY in (request.headers.get("x-api-key") or request.headers["authorization"])


async def test_history_beyond_the_window_is_left_out() -> None:
    """A model with a small window gets the newest exchanges only (design 8: within the context limit)."""
    long_ago = TranscriptEntry("user", "long ago " * 500), TranscriptEntry("assistant", "indeed")
    lately = TranscriptEntry("user", "lately"), TranscriptEntry("assistant", "yes")
    async with open_model_server() as server:
        small = Provider(base_url=server.url, models=(Model(id="m", context_window=1000, max_tokens=100),))
        async with open_embedded({MAIN: AgentModels("small/m")}, {"small": small}, {}) as runtime:
            await _events(runtime, _prompt("now", *long_ago, *lately))
    sent = str(server.requests[0].body)
    assert "lately" in sent
    assert "long ago" not in sent
    assert server.requests[0].body["max_tokens"] == 100


async def test_a_text_of_a_hundred_kilobytes_fits_a_small_window() -> None:
    """What is said now is cut with a visible mark, and never breaks a window."""
    async with open_model_server() as server:
        small = Provider(base_url=server.url, models=(Model(id="m", context_window=1000, max_tokens=100),))
        async with open_embedded({MAIN: AgentModels("small/m")}, {"small": small}, {}) as runtime:
            await _events(runtime, replace(_prompt("begin " + "x" * 100_000 + " end"), about="⟦a group⟧"))
    said = server.requests[0].body["messages"][-1]["content"]
    assert said.startswith("⟦a group⟧\nbegin ")
    assert said.endswith(" end")
    assert "characters left out" in said
    assert len(said) < 2000


async def test_data_beside_a_message_goes_to_the_model_and_into_no_history() -> None:
    """The user's turn is both; what is told of the transcript is what was said."""
    async with open_model_server() as server, _runtime(server) as runtime:
        await _events(runtime, replace(_prompt("hello"), about="⟦from Ann⟧"))
    assert server.requests[0].body["messages"][-1]["content"] == "⟦from Ann⟧\nhello"


async def test_ollama_is_asked_by_its_address_without_a_key() -> None:
    """Ollama needs an address and nothing else, with or without /v1 (design 8: Ollama by URL)."""
    async with open_model_server() as server:
        ollama = Provider(base_url=server.url, api="ollama")
        async with open_embedded({MAIN: AgentModels("ollama/llama3.2")}, {"ollama": ollama}, {}) as runtime:
            events = await _events(runtime, _prompt("hi"))
    assert TextDelta("hi") in events
    assert server.requests[0].path == "/v1/chat/completions"


async def test_a_fallback_answers_when_the_primary_fails() -> None:
    """Fallbacks are tried in order as long as nothing was said (facts A.10: model fallbacks)."""
    async with (
        open_model_server() as server,
        _runtime(server, fallbacks=("nobody/x", "test/second")) as runtime,
    ):
        server.script.extend([Refuse(401), Answer("from the second")])
        events = await _events(runtime, _prompt("hello"))
    assert events[-1] == Finished("test/second", 7, 3)
    assert [request.body["model"] for request in server.requests] == ["primary", "second"]


async def test_no_fallback_is_asked_once_something_was_said() -> None:
    """A second model must not begin again what the first one half said (promise 2)."""
    async with open_model_server() as server, _runtime(server, fallbacks=("test/second",)) as runtime:
        server.script.append(Cut("half an"))
        await _failure(runtime)
    assert len(server.requests) == 1


async def test_when_all_models_fail_the_operator_reads_each_cause() -> None:
    """Silence toward the operator is a bug (ruling 18): every cause is named."""
    async with open_model_server() as server, _runtime(server, fallbacks=("test/second",)) as runtime:
        server.script.extend([Refuse(401), Refuse(404)])
        text = await _failure(runtime)
    assert "test/primary answered HTTP 401" in text
    assert "test/second answered HTTP 404" in text


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(("status", "hint"), [(401, "check the key"), (429, "rate limit"), (500, "at fault")])
async def test_an_error_status_is_told_with_the_provider_s_words(api: str, status: int, hint: str) -> None:
    """A refused request names model, status, the provider's message and what to check (style 21)."""
    async with open_model_server() as server, _runtime(server, api) as runtime:
        server.script.extend([Refuse(status, "the teapot is empty")] * 2)
        text = await _failure(runtime)
    assert f"test/primary answered HTTP {status}: the teapot is empty" in text
    assert hint in text


@pytest.mark.parametrize("api", APIS)
async def test_a_key_that_the_provider_repeats_is_masked(api: str) -> None:
    """Secrets never appear in errors, not even when a provider quotes them, nor behind them as their cause."""
    async with open_model_server() as server, _runtime(server, api) as runtime:
        server.script.append(Refuse(401, f"Incorrect API key provided: {KEY}"))
        with pytest.raises(AgentFailed) as caught:
            await _events(runtime, _prompt("hello"))
    assert "Incorrect API key provided: ***" in str(caught.value)
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize("api", APIS)
async def test_an_answer_that_breaks_off_is_a_failure(api: str) -> None:
    """Half an answer is no answer: it is reported, not sent (design 7)."""
    async with open_model_server() as server, _runtime(server, api) as runtime:
        server.script.append(Cut("half an"))
        assert "test/primary" in await _failure(runtime)


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("behaviour", [Unfinished("half an"), Answer("")])
async def test_an_answer_that_is_empty_or_incomplete_is_a_failure(
    api: str, behaviour: Unfinished | Answer
) -> None:
    """A stream that ends in good order is not yet an answer (design 7)."""
    async with open_model_server() as server, _runtime(server, api) as runtime:
        server.script.append(behaviour)
        assert (await _failure(runtime)).startswith("test/primary ")


@pytest.mark.parametrize("api", APIS)
async def test_a_page_instead_of_an_answer_is_a_failure(api: str) -> None:
    """A wrong address often answers 200 with HTML; the operator is pointed at it (style 21)."""
    async with open_model_server() as server, _runtime(server, api) as runtime:
        server.script.extend([Garbage()] * 4)
        assert "test/primary" in await _failure(runtime)


async def test_a_server_that_is_not_there_is_told_with_its_address() -> None:
    """A refused connection names the address (style 21)."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    gone = Provider(base_url=f"http://127.0.0.1:{port}/v1")
    async with open_embedded({MAIN: AgentModels("gone/m")}, {"gone": gone}, {}) as runtime:
        text = await _failure(runtime)
    assert f"cannot be reached at http://127.0.0.1:{port}/v1" in text


async def test_a_silent_model_is_given_up_for_the_next() -> None:
    """The provider's timeoutSeconds bounds its silence, and the fallback still has its turn (design 8)."""
    async with (
        open_model_server() as server,
        _runtime(server, fallbacks=("test/second",), silence=1) as runtime,
    ):
        server.script.extend([Stall(), Answer("awake")])
        events = await _events(runtime, _prompt("hello"))
    assert TextDelta("awake") in events


async def test_a_run_ends_when_its_time_is_up() -> None:
    """The agent's timeoutSeconds bounds the whole run, and the connection is closed (style 25)."""
    async with open_model_server() as server, _runtime(server, limit=1.0) as runtime:
        server.script.append(Stall("so"))
        text = await _failure(runtime)
        async with asyncio.timeout(BOUND):
            await server.client_left.wait()
    assert "within 1 s" in text


@pytest.mark.parametrize("api", APIS)
async def test_closing_the_iterator_closes_the_connection(api: str) -> None:
    """Cancelling a turn ends the request at the model too (design 8: cancel)."""
    async with open_model_server() as server, _runtime(server, api) as runtime, asyncio.timeout(BOUND):
        server.script.append(Stall("so far"))
        events = runtime.prompt(SESSION, _prompt("hello"))
        assert await anext(events) == TextDelta("so")
        await events.aclose()
        await server.client_left.wait()


@pytest.mark.parametrize("api", APIS)
async def test_cancelling_a_reader_closes_the_connection_to_a_silent_model(api: str) -> None:
    """A stopped turn leaves no request behind, not even one that nothing was answered to (design 8: cancel)."""
    async with (
        open_model_server() as server,
        _runtime(server, api) as runtime,
        asyncio.TaskGroup() as readers,
    ):
        server.script.append(Stall())
        reading = readers.create_task(_events(runtime, _prompt("hello")))
        async with asyncio.timeout(BOUND):
            await server.stalled.wait()
            reading.cancel()
            await server.client_left.wait()


async def test_closing_the_runtime_fails_what_still_runs() -> None:
    """When the gateway stops, a reader is told at once and nothing is left behind (style 26)."""
    async with open_model_server() as server:
        server.script.append(Stall())
        async with asyncio.timeout(BOUND), asyncio.TaskGroup() as readers, _runtime(server) as runtime:
            reading = readers.create_task(_failure(runtime))
            await server.stalled.wait()
        assert "gateway stops" in reading.result()


async def test_an_agent_without_a_model_is_told_how_to_get_one() -> None:
    """No agent configured: the operator is told how to configure one (design 8)."""
    async with open_embedded({MAIN: AgentModels(None)}, {}, {}) as runtime:
        with pytest.raises(AgentNotConfigured, match=r"agents\.defaults\.model\.primary"):
            await _events(runtime, _prompt("hello"))


async def test_models_that_cannot_be_configured_are_not_failures_of_a_model() -> None:
    """With nothing usable configured the message waits instead of failing (design 8)."""
    async with open_embedded({MAIN: AgentModels("openai/a", ("nobody/b",))}, {}, {}) as runtime:
        with pytest.raises(AgentError) as caught:
            await _events(runtime, _prompt("hello"))
    assert isinstance(caught.value, AgentNotConfigured)
    assert "OPENAI_API_KEY" in str(caught.value)


async def test_many_prompts_run_at_once() -> None:
    """One runtime serves all lanes: answers do not mix (promise 1)."""
    async with open_model_server() as server, _runtime(server) as runtime, asyncio.TaskGroup() as lanes:
        runs = [lanes.create_task(_events(runtime, _prompt(f"lane {number}"))) for number in range(20)]
    for number, run in enumerate(runs):
        said = "".join(event.text for event in run.result() if isinstance(event, TextDelta))
        assert said == f"lane {number}"


async def test_resetting_a_session_leaves_nothing_to_forget() -> None:
    """The transcript is the ledger's: a reset needs nothing of the embedded runtime (design 8: reset)."""
    async with open_model_server() as server, _runtime(server) as runtime:
        await _events(runtime, _prompt("one"))
        await runtime.reset(SESSION.key)
        await _events(runtime, _prompt("two"))
    assert "one" not in str(server.requests[1].body)


async def test_the_model_of_the_session_is_asked_first_and_the_configured_ones_after_it() -> None:
    """/model: what a person chose, then what the configuration says, none of them twice."""
    async with (
        open_model_server() as server,
        _runtime(server, fallbacks=("test/chosen", "test/second")) as runtime,
    ):
        server.script.extend([Refuse(401), Refuse(401), Answer("at last")])
        events = await _events(runtime, replace(_prompt("hi"), model="test/chosen"))
    assert events[-1] == Finished("test/second", 7, 3)
    assert [request.body["model"] for request in server.requests] == ["chosen", "primary", "second"]


@pytest.mark.parametrize(
    ("api", "model", "key", "value"),
    [
        ("openai-responses", "openai/gpt-5", "reasoning", {"effort": "high"}),
        ("openai-completions", "openai/gpt-5", "reasoning_effort", "high"),
        ("openai-completions", "openai/gpt-4o", "reasoning_effort", None),
        (
            "anthropic-messages",
            "openai/claude-haiku-4-5",
            "thinking",
            {"type": "enabled", "budget_tokens": 16384},
        ),
    ],
)
async def test_how_hard_to_think_is_passed_on_to_models_that_can_be_told(
    api: str, model: str, key: str, value: object
) -> None:
    """/think: in the provider's own words, with room for the answer beside it; left out for models that cannot."""
    async with open_model_server() as server:
        one = Provider(base_url=f"{server.url}/v1", api=api, api_key=SecretText(KEY), max_tokens=1000)
        async with open_embedded({MAIN: AgentModels(model)}, {"openai": one}, {}) as runtime:
            await _events(runtime, replace(_prompt("hi"), thinking="high"))
    body = server.requests[-1].body
    assert body.get(key) == value
    assert value is None or any(body.get(name, 0) > 16384 for name in _LIMITS)


_LIMITS = ("max_tokens", "max_output_tokens", "max_completion_tokens")
