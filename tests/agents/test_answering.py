"""The rounds of asking and calling tools, against a model server that really speaks HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from tests.agents.model_server import Answer, Call, Cut, ModelServer, offered, open_model_server, results

from openclaw.agents.answering import CALLS_PER_ROUND, MAX_ROUNDS
from openclaw.agents.endpoint import Api, ModelEndpoint
from openclaw.agents.loader import load_family
from openclaw.agents.tools.tool import Arguments, Tool
from openclaw.domain.turns import EffectStarting, Finished, Prompt, TextDelta, TurnEvent
from openclaw.errors import AgentFailed, ToolFailed

BOUND = 60.0
"""Far above what any wait here takes on a busy machine; it only ends a test that would hang."""

WEIGH_SCHEMA = {"type": "object", "properties": {"what": {"type": "string"}}, "required": ["what"]}


class Scale:
    """A tool that weighs things, and remembers what it weighed and what had been reported by then."""

    def __init__(self, has_effect: bool = False) -> None:
        self.weighed: list[object] = []
        self.seen: list[TurnEvent] = []
        self.events: list[TurnEvent] = []
        self.tool = Tool("weigh", "Weighs a thing.", WEIGH_SCHEMA, has_effect, self._weigh)

    async def _weigh(self, arguments: Arguments) -> str:
        self.seen = list(self.events)
        self.weighed.append(arguments.get("what"))
        if arguments.get("what") == "air":
            raise ToolFailed("air does not lie on a scale")
        return f"{arguments['what']}: 3 kg"

    async def take(self, event: TurnEvent) -> None:
        """Remember an event."""
        self.events.append(event)

    @property
    def said(self) -> str:
        """The text so far."""
        return "".join(event.text for event in self.events if isinstance(event, TextDelta))


async def _ask(server: ModelServer, api: Api, scale: Scale, tools: Sequence[Tool] | None = None) -> None:
    base = server.url if api is Api.ANTHROPIC_MESSAGES else f"{server.url}/v1"
    limit = 500 if api is Api.ANTHROPIC_MESSAGES else None
    answerer = (await load_family(api))(
        ModelEndpoint("test", "m", api, base, 32_000, 20.0, api_key="k", max_tokens=limit)
    )
    try:
        async with asyncio.timeout(BOUND):
            await answerer.answer(
                Prompt("Be brief.", (), "how heavy?"), scale.take, (scale.tool,) if tools is None else tools
            )
    finally:
        await answerer.aclose()


@pytest.mark.parametrize("api", list(Api))
async def test_a_tool_is_offered_called_and_its_result_read(api: Api) -> None:
    """A whole round on each API: the model is offered the tool, calls it, and answers with its result (design 8)."""
    scale = Scale()
    async with open_model_server() as server:
        server.script.extend([Call((("weigh", '{"what": "cheese"}'),)), Answer("three kilos")])
        await _ask(server, api, scale)
    assert scale.weighed == ["cheese"]
    assert [offered(request) for request in server.requests] == [["weigh"], ["weigh"]]
    assert results(server.requests[1]) == ["cheese: 3 kg"]
    assert "Weighs a thing." in str(server.requests[0].body["tools"])
    assert "Be brief." in str(server.requests[1].body)
    assert scale.said == "three kilos"
    assert scale.events[-1] == Finished("test/m", 14, 6)


@pytest.mark.parametrize("api", list(Api))
async def test_several_calls_and_rounds_end_in_one_answer(api: Api) -> None:
    """What is said before a call is a paragraph of the one answer, and the calls keep their order (design 7)."""
    scale = Scale()
    async with open_model_server() as server:
        both = (("weigh", '{"what": "a"}'), ("weigh", '{"what": "b"}'))
        server.script.extend(
            [Call(both, "I look."), Call((("weigh", '{"what": "c"}'),)), Answer("All weighed.")]
        )
        await _ask(server, api, scale)
    assert scale.weighed == ["a", "b", "c"]
    assert scale.said == "I look.\n\nAll weighed."
    assert results(server.requests[2]) == ["a: 3 kg", "b: 3 kg", "c: 3 kg"]


async def test_an_effect_is_announced_before_it_happens() -> None:
    """A crashed turn must not do it again, so it is written down first (design 4); reading announces nothing."""
    for has_effect in (True, False):
        scale = Scale(has_effect)
        async with open_model_server() as server:
            server.script.extend([Call((("weigh", '{"what": "x"}'),)), Answer("ok")])
            await _ask(server, Api.OPENAI_COMPLETIONS, scale)
        assert (EffectStarting("weigh") in scale.seen) is has_effect


@pytest.mark.parametrize("api", list(Api))
@pytest.mark.parametrize(
    ("call", "told"),
    [
        (("weigh", '{"what": "air"}'), "Failed: air does not lie on a scale"),
        (("lift", "{}"), "Failed: there is no tool 'lift'"),
    ],
)
async def test_what_a_tool_cannot_do_is_told_to_the_model(api: Api, call: tuple[str, str], told: str) -> None:
    """Errors of tools are the model's to deal with; the contact hears only the answer (design 7)."""
    scale = Scale()
    async with open_model_server() as server:
        server.script.extend([Call((call,)), Answer("I cannot")])
        await _ask(server, api, scale)
    assert results(server.requests[1]) == [told]
    assert scale.said == "I cannot"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [('{"what": ', "are no JSON"), ("[1]", "must be a JSON object"), ("[" * 9999, "too deeply")],
)
async def test_arguments_that_are_no_object_are_told_to_the_model(arguments: str, told: str) -> None:
    """A small model writes broken JSON now and then, and may correct itself."""
    scale = Scale()
    async with open_model_server() as server:
        server.script.extend([Call((("weigh", arguments),)), Answer("sorry")])
        await _ask(server, Api.OPENAI_COMPLETIONS, scale)
    assert results(server.requests[1])[0].startswith("Failed: the arguments ")
    assert told in results(server.requests[1])[0]
    assert scale.weighed == []


async def test_a_model_that_only_calls_tools_is_stopped() -> None:
    """The number of rounds is bounded: the last one is refused, and what still calls after it fails (style 25)."""
    scale = Scale()
    again = Call((("weigh", '{"what": "x"}'),))
    async with open_model_server() as server:
        server.script.extend([*[again] * MAX_ROUNDS, Answer("enough")])
        await _ask(server, Api.OPENAI_COMPLETIONS, scale)
        assert len(scale.weighed) == MAX_ROUNDS - 1
        assert "no more tools" in results(server.requests[-1])[-1]
        server.script.extend([again] * (MAX_ROUNDS + 1))
        with pytest.raises(AgentFailed, match=f"after {MAX_ROUNDS} rounds"):
            await _ask(server, Api.OPENAI_COMPLETIONS, scale)


async def test_more_calls_at_once_than_allowed_are_refused() -> None:
    """One response cannot make any number of calls (style 25)."""
    scale = Scale()
    many = Call((("weigh", '{"what": "x"}'),) * (CALLS_PER_ROUND + 2))
    async with open_model_server() as server:
        server.script.extend([many, Answer("ok")])
        await _ask(server, Api.OPENAI_COMPLETIONS, scale)
    assert len(scale.weighed) == CALLS_PER_ROUND
    assert sum("at most" in result for result in results(server.requests[1])) == 2


async def test_an_empty_answer_after_something_was_said_is_an_answer() -> None:
    """Some models say what there is to say before the call, and nothing after it; saying nothing at all is a fault."""
    scale = Scale()
    async with open_model_server() as server:
        server.script.extend([Call((("weigh", '{"what": "x"}'),), "Noted."), Answer("")])
        await _ask(server, Api.OPENAI_COMPLETIONS, scale)
        assert scale.said == "Noted."
        server.script.extend([Call((("weigh", '{"what": "x"}'),)), Answer("")])
        with pytest.raises(AgentFailed, match="empty answer"):
            await _ask(server, Api.OPENAI_COMPLETIONS, Scale())


async def test_an_answer_that_breaks_off_after_a_tool_is_a_failure() -> None:
    """Half an answer is no answer, whatever happened before it (design 7)."""
    async with open_model_server() as server:
        server.script.extend([Call((("weigh", '{"what": "x"}'),)), Cut("half an")])
        with pytest.raises(AgentFailed, match="test/m"):
            await _ask(server, Api.OPENAI_COMPLETIONS, Scale())


async def test_without_tools_nothing_is_offered() -> None:
    """A model that must not use tools does not read of any."""
    scale = Scale()
    async with open_model_server() as server:
        await _ask(server, Api.OPENAI_COMPLETIONS, scale, ())
    assert "tools" not in server.requests[0].body
