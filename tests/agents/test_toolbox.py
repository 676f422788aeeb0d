"""What one turn of one agent is offered, and that the runtime gives it to a model that can use it."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from pathlib import Path

import psutil
from tests.agents.mcp.lines import rough
from tests.agents.model_server import Answer, Call, Refuse, Stall, offered, open_model_server, results
from tests.making import ACCOUNT, group_chat

from openclaw.agents.embedded import EmbeddedRuntime, open_embedded
from openclaw.agents.endpoint import AgentModels
from openclaw.agents.history import BYTES_PER_TOKEN
from openclaw.agents.toolbox import Bench, ToolSettings, open_toolbox
from openclaw.agents.tools.calls import RESULTS_SHARE
from openclaw.config.sections.models import Model, ModelCompat, Provider
from openclaw.domain.ids import AgentId, SessionKey
from openclaw.domain.sessions import Session
from openclaw.domain.tools import (
    EVERY_TOOL,
    NO_TOOLS,
    OWN_TOOLS,
    SEND_FILE,
    SHOWN_AT_ONCE,
    ToolRights,
    ToolRule,
)
from openclaw.domain.turns import ChatFacts, EffectStarting, Origin, Prompt, TextDelta, TurnEvent
from openclaw.errors import AgentFailed

MAIN = AgentId("main")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SESSION = Session(SessionKey("agent:main:main"), MAIN, 0, NOW, NOW)
HERE = Origin(ACCOUNT, group_chat(), True)
BOUND = 60.0
"""Far above what any wait here takes on a busy machine; it only ends a test that would hang."""


async def _about(origin: Origin) -> ChatFacts:
    return ChatFacts(origin.chat.identifier, origin.is_group, (), (), None)


def _settings(workspace: Path | None) -> ToolSettings:
    return ToolSettings({MAIN: Bench("Ada", workspace)}, (rough(name="shop"),))


def _prompt(rights: ToolRights = EVERY_TOOL, origin: Origin | None = HERE) -> Prompt:
    return Prompt("Be brief.", (), "hello", tools=rights, origin=origin)


async def _said(runtime: EmbeddedRuntime, prompt: Prompt) -> list[TurnEvent]:
    async with asyncio.timeout(BOUND), aclosing(runtime.prompt(SESSION, prompt)) as events:
        return [event async for event in events]


async def test_a_turn_is_offered_what_its_rights_permit(tmp_path: Path) -> None:
    """Our own tools and those of servers, by one rule (design 8)."""
    async with asyncio.timeout(BOUND), open_toolbox(_settings(tmp_path), _about) as toolbox:
        every = {tool.name for tool in await toolbox.for_turn(MAIN, _prompt())}
        # Without anything to copy with, nothing can be sent; without a phone, nothing changed.
        assert every == {*OWN_TOOLS - SHOWN_AT_ONCE - {SEND_FILE}, "shop__who", "shop__act"}
        some = ToolRights(frozenset({ToolRule(frozenset({"read_*", "*__act"}))}))
        assert [tool.name for tool in await toolbox.for_turn(MAIN, _prompt(some))] == [
            "read_file",
            "shop__act",
        ]
        assert await toolbox.for_turn(MAIN, _prompt(NO_TOOLS)) == ()
        assert await toolbox.for_turn(AgentId("other"), _prompt()) == ()


async def test_other_settings_count_from_the_next_turn_on(tmp_path: Path) -> None:
    """Adopted while running: another workspace, and no server any more (docs/reload.md)."""
    async with asyncio.timeout(BOUND), open_toolbox(_settings(None), _about) as toolbox:
        before = {tool.name for tool in await toolbox.for_turn(MAIN, _prompt())}
        assert before == {"conversation", "shop__who", "shop__act"}
        await toolbox.adopt(ToolSettings({MAIN: Bench("Ada", tmp_path)}))
        after = {tool.name for tool in await toolbox.for_turn(MAIN, _prompt())}
        assert after == OWN_TOOLS - SHOWN_AT_ONCE - {SEND_FILE}
        assert toolbox.troubles == {}


async def test_the_model_uses_tools_of_both_kinds_in_one_turn(tmp_path: Path) -> None:
    """A whole turn: what is written stays, effects are announced, the answer is one (design 7, 8)."""
    async with open_model_server() as server, open_toolbox(_settings(tmp_path), _about) as toolbox:
        provider = Provider(base_url=f"{server.url}/v1")
        async with open_embedded(
            {MAIN: AgentModels("test/m")}, {"test": provider}, {}, toolbox=toolbox
        ) as runtime:
            note = json.dumps({"path": "notes/a.md", "content": "tea at five"})
            server.script.extend(
                [
                    Call((("conversation", "{}"), ("write_file", note))),
                    Call((("shop__who", "{}"), ("read_file", '{"path": "../../etc/passwd"}'))),
                    Answer("Noted."),
                ]
            )
            events = await _said(runtime, _prompt())
    assert (tmp_path / "notes/a.md").read_text() == "tea at five"
    assert [event.what for event in events if isinstance(event, EffectStarting)] == [
        "write_file",
        "shop__who",
    ]
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == "Noted."
    told = results(server.requests[2])
    assert json.loads(told[0])["name"] == "chat7"
    assert "leads upwards" in told[3]


async def test_a_model_that_takes_no_tools_is_offered_none(tmp_path: Path) -> None:
    """models[].compat.supportsTools: it answers all the same."""
    deaf = Model(id="m", compat=ModelCompat(supports_tools=False))
    async with open_model_server() as server, open_toolbox(_settings(tmp_path), _about) as toolbox:
        provider = Provider(base_url=f"{server.url}/v1", models=(deaf,))
        async with open_embedded(
            {MAIN: AgentModels("test/m")}, {"test": provider}, {}, toolbox=toolbox
        ) as runtime:
            await _said(runtime, _prompt())
    assert offered(server.requests[0]) == []


async def test_results_have_room_in_the_window_as_the_agent_narrows_it(tmp_path: Path) -> None:
    """contextTokens of an agent counts for what its tools bring, not only for what was said."""
    (tmp_path / "long").write_text("x" * 15_000)
    wide, narrow = AgentModels("test/m"), AgentModels("test/m", context_tokens=2000)
    cut: list[bool] = []
    for models in (wide, narrow):
        async with open_model_server() as server, open_toolbox(_settings(tmp_path), _about) as toolbox:
            provider = Provider(base_url=f"{server.url}/v1", context_tokens=100_000)
            async with open_embedded({MAIN: models}, {"test": provider}, {}, toolbox=toolbox) as runtime:
                server.script.extend([Call((("read_file", '{"path": "long"}'),)), Answer("read")])
                await _said(runtime, _prompt())
            [told] = results(server.requests[1])
            cut.append("cut here" in told)
    assert cut == [False, True]
    assert told.count("x") <= 2000 * BYTES_PER_TOKEN // RESULTS_SHARE


async def test_a_fallback_may_follow_reading_and_not_an_effect(tmp_path: Path) -> None:
    """Another model begins anew only while nothing has been done (promise 2)."""
    (tmp_path / "a").write_text("x")
    models = AgentModels("test/m", ("test/second",))
    for call, asked in (
        (("read_file", '{"path": "a"}'), 3),
        (("write_file", '{"path": "b", "content": ""}'), 2),
    ):
        async with open_model_server() as server, open_toolbox(_settings(tmp_path), _about) as toolbox:
            provider = Provider(base_url=f"{server.url}/v1")
            async with open_embedded({MAIN: models}, {"test": provider}, {}, toolbox=toolbox) as runtime:
                server.script.extend([Call((call,)), Refuse(400), Answer("second")])
                with suppress(AgentFailed):
                    await _said(runtime, _prompt())
            assert len(server.requests) == asked


async def test_a_stopped_turn_ends_the_call_it_is_in(tmp_path: Path) -> None:
    """/stop in the middle of a call of a server: the run ends, the server stays for others (design 8: cancel)."""
    settings = ToolSettings({MAIN: Bench("Ada", tmp_path)}, (rough("hangs", "shop"),))
    async with open_model_server() as server, open_toolbox(settings, _about) as toolbox:
        provider = Provider(base_url=f"{server.url}/v1")
        async with open_embedded(
            {MAIN: AgentModels("test/m")}, {"test": provider}, {}, toolbox=toolbox
        ) as runtime:
            server.script.extend([Call((("shop__act", "{}"),)), Stall()])
            async with asyncio.timeout(BOUND):
                events = runtime.prompt(SESSION, _prompt())
                assert await anext(events) == EffectStarting("shop__act")
                going_on = asyncio.ensure_future(anext(events))
                await asyncio.sleep(0)
                going_on.cancel()
                await asyncio.wait({going_on})
                await events.aclose()
    assert len(server.requests) == 1


async def test_nothing_is_left_of_the_servers_afterwards(tmp_path: Path) -> None:
    """Ended with the gateway (design 5: children)."""
    async with asyncio.timeout(BOUND), open_toolbox(_settings(tmp_path), _about) as toolbox:
        tools = {tool.name: tool for tool in await toolbox.for_turn(MAIN, _prompt())}
        child = psutil.Process(int(await tools["shop__who"].run({})))
    assert not child.is_running()
