"""`openclaw acp` as a client meets it: real processes, and a model server on loopback."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from acp.exceptions import RequestError
from acp.helpers import image_block, text_block
from acp.schema import McpServerStdio
from tests.agents.model_server import (
    Answer,
    Call,
    ModelServer,
    Refuse,
    Stall,
    offered,
    open_model_server,
    results,
)
from tests.agents.serving.editor import RUN, Editor, Installed, connected
from tests.waiting import BOUND_S, until

from .conftest import Installation

GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
WRITE = Call((("write_file", '{"path": "a.txt", "content": "hello"}'),))


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with open_model_server() as opened:
        yield opened


@pytest.fixture
def installed(tmp_path: Path, server: ModelServer) -> Installed:
    return Installed(tmp_path, server)


@pytest.fixture(autouse=True)
async def bounded() -> AsyncIterator[None]:
    """No wait of these tests is without a bound."""
    async with asyncio.timeout(3 * BOUND_S):
        yield


async def test_a_turn_streams_and_the_next_one_knows_it(installed: Installed, server: ModelServer) -> None:
    """Text comes in pieces, the answer ends with what it cost, and a session has a history (protocol: prompt turn)."""
    editor = Editor()
    async with connected(installed, editor) as (agent, _):
        session = (await agent.new_session(cwd="/", mcp_servers=[])).session_id
        ended = await agent.prompt(session, [text_block("three small words")])
        assert (ended.stop_reason, ended.usage.total_tokens) == ("end_turn", 10)
        assert [update.content.text for _, update in editor.updates] == ["three", " small", " words"]
        await agent.prompt(session, [text_block("and again")])
    said = [entry["content"] for entry in server.requests[1].body["messages"]]
    assert said[1:] == ["three small words", "three small words", "and again"]
    assert "text messages on a phone" not in said[0]


async def test_what_is_announced_is_there(installed: Installed) -> None:
    """Honest capabilities: whatever version the client names, ours is answered; nobody has to prove who he is."""
    async with connected(installed, Editor()) as (agent, _):
        hello = await agent.initialize(99)
        able = hello.agent_capabilities
        assert (hello.protocol_version, hello.auth_methods) == (1, [])
        assert able.load_session
        assert able.prompt_capabilities.image
        assert not able.prompt_capabilities.audio
        with pytest.raises(RequestError, match="none is needed"):
            await agent.authenticate("password")


async def test_a_tool_with_an_effect_asks_first(installed: Installed, server: ModelServer) -> None:
    """The client sees the call, is asked, and sees how it went; the tools of a chat are not offered."""
    server.script += [WRITE, Answer("done")]
    editor = Editor("allow_once")
    async with connected(installed, editor) as (agent, _):
        session = (await agent.new_session(cwd="/", mcp_servers=[])).session_id
        assert (await agent.prompt(session, [text_block("write")])).stop_reason == "end_turn"
    assert (installed.workspace / "a.txt").read_text() == "hello"
    assert editor.calls() == [("write_file a.txt", how) for how in ("pending", "in_progress", "completed")]
    [question] = editor.asked
    assert question.kind == "edit"
    assert question.raw_input == {"path": "a.txt", "content": "hello"}
    assert question.locations[0].path == str(installed.workspace / "a.txt")
    assert set(offered(server.requests[0])) == {"read_file", "write_file", "list_files"}


@pytest.mark.parametrize("choice", ["reject_once", ""])
async def test_a_refused_call_is_told_to_the_model(
    installed: Installed, server: ModelServer, choice: str
) -> None:
    """It is not made, and the answer goes on."""
    server.script += [WRITE, Answer("all right")]
    editor = Editor(choice)
    async with connected(installed, editor) as (agent, _):
        session = (await agent.new_session(cwd="/", mcp_servers=[])).session_id
        assert (await agent.prompt(session, [text_block("write")])).stop_reason == "end_turn"
    assert not (installed.workspace / "a.txt").exists()
    assert editor.calls()[-1] == ("write_file a.txt", "failed")
    assert editor.text(session) == "all right"
    assert "does not allow this call" in results(server.requests[1])[0]


@pytest.mark.parametrize(("choice", "written"), [("allow_always", True), ("reject_always", False)])
async def test_an_answer_for_good_counts_in_its_session_alone(
    installed: Installed, server: ModelServer, choice: str, written: bool
) -> None:
    """Asked once in the first session, and again in the second."""
    server.script += [WRITE, WRITE, Answer("done"), WRITE, Answer("done")]
    editor = Editor(choice)
    async with connected(installed, editor) as (agent, _):
        for questions in (1, 2):
            session = (await agent.new_session(cwd="/", mcp_servers=[])).session_id
            await agent.prompt(session, [text_block("write")])
            assert len(editor.asked) == questions
    assert (installed.workspace / "a.txt").exists() == written


async def test_reading_asks_nobody_and_neither_does_a_session_that_allows(
    installed: Installed, server: ModelServer
) -> None:
    """By the option of the command, by the mode, and by the choice of the client (protocol: session modes)."""
    server.script += [Call((("list_files", "{}"),)), Answer("empty"), WRITE, Answer("a"), WRITE, Answer("b")]
    editor = Editor("reject_once")
    async with connected(installed, editor) as (agent, _):
        session = (await agent.new_session(cwd="/", mcp_servers=[])).session_id
        await agent.prompt(session, [text_block("look")])
        await agent.set_session_mode(mode_id="allow", session_id=session)
        await agent.prompt(session, [text_block("write")])
        assert editor.calls()[-1] == ("write_file a.txt", "completed")
        await agent.set_config_option(config_id="mode", session_id=session, value="ask")
        await agent.prompt(session, [text_block("write")])
        assert len(editor.asked) == 1
    server.script += [WRITE, Answer("c")]
    async with connected(installed, editor, "--permissions", "allow") as (agent, _):
        session = (await agent.new_session(cwd="/", mcp_servers=[])).session_id
        await agent.prompt(session, [text_block("write")])
    assert len(editor.asked) == 1


async def test_a_stalled_answer_is_cut_off(installed: Installed, server: ModelServer) -> None:
    """The prompt ends as cancelled, the connection to the model is closed, and the session goes on."""
    server.script.append(Stall("so far"))
    editor = Editor()
    async with connected(installed, editor) as (agent, _), asyncio.TaskGroup() as group:
        session = (await agent.new_session(cwd="/", mcp_servers=[])).session_id
        answer = group.create_task(agent.prompt(session, [text_block("go")]))
        await editor.told.wait()
        with pytest.raises(RequestError, match="is being answered"):
            await agent.prompt(session, [text_block("me too")])
        await agent.cancel(session)
        assert (await answer).stop_reason == "cancelled"
        await server.client_left.wait()
        assert (await agent.prompt(session, [text_block("next")])).stop_reason == "end_turn"
    assert [entry["content"] for entry in server.requests[1].body["messages"]][1:3] == ["go", "so far"]


async def test_a_question_that_nobody_answers_ends_with_the_prompt(
    installed: Installed, server: ModelServer
) -> None:
    """A cancelled prompt does not write the file after all."""
    server.script.append(WRITE)
    editor = Editor()
    editor.waits = True
    async with connected(installed, editor) as (agent, _), asyncio.TaskGroup() as group:
        session = (await agent.new_session(cwd="/", mcp_servers=[])).session_id
        answer = group.create_task(agent.prompt(session, [text_block("write")]))

        async def asked() -> bool:
            return bool(editor.asked)

        await until(asked, "the client is asked")
        await agent.cancel(session)
        assert (await answer).stop_reason == "cancelled"
    assert not (installed.workspace / "a.txt").exists()


async def test_two_sessions_are_answered_at_once(installed: Installed, server: ModelServer) -> None:
    """One that stalls holds up no other, and neither hears of the other's words."""
    server.script.append(Stall("slow"))
    editor = Editor()
    async with connected(installed, editor) as (agent, _), asyncio.TaskGroup() as group:
        one, two = [(await agent.new_session(cwd="/", mcp_servers=[])).session_id for _ in range(2)]
        stalled = group.create_task(agent.prompt(one, [text_block("first")]))
        await server.stalled.wait()
        assert (await agent.prompt(two, [text_block("second")])).stop_reason == "end_turn"
        await agent.cancel(one)
        assert (await stalled).stop_reason == "cancelled"
    assert (editor.text(one), editor.text(two)) == ("slow", "second")
    assert "first" not in str(server.requests[1].body["messages"])


async def test_a_picture_reaches_the_model(installed: Installed, server: ModelServer) -> None:
    """With its type and its bytes; the history keeps that there was one."""
    server.script += [Answer("a dot"), Answer("yes")]
    async with connected(installed, Editor()) as (agent, _):
        session = (await agent.new_session(cwd="/", mcp_servers=[])).session_id
        picture = image_block(base64.b64encode(GIF).decode(), "image/gif")
        await agent.prompt(session, [text_block("what is this?"), picture])
        await agent.prompt(session, [text_block("sure?")])
    [text, shown] = server.requests[0].body["messages"][-1]["content"]
    assert text["text"] == "what is this?\n(a picture: image/gif)"
    assert shown["image_url"]["url"] == "data:image/gif;base64," + base64.b64encode(GIF).decode()
    assert server.requests[1].body["messages"][1]["content"] == "what is this?\n(a picture: image/gif)"


async def test_another_model_can_be_chosen(installed: Installed, server: ModelServer) -> None:
    """For one session, among those of the configuration; `--model` does it for all."""
    async with connected(installed, Editor()) as (agent, _):
        opened = await agent.new_session(cwd="/", mcp_servers=[])
        known = next(option for option in opened.config_options if option.id == "model")
        assert [one.value for one in known.options] == ["test/m", "test/other"]
        changed = await agent.set_config_option(
            config_id="model", session_id=opened.session_id, value="test/other"
        )
        assert "test/other" in [option.current_value for option in changed.config_options]
        await agent.prompt(opened.session_id, [text_block("hi")])
    async with connected(installed, Editor(), "--model", "test/third") as (agent, _):
        session = (await agent.new_session(cwd="/", mcp_servers=[])).session_id
        await agent.prompt(session, [text_block("hi")])
    assert [request.body["model"] for request in server.requests] == ["other", "third"]


async def test_a_session_goes_on_in_another_process(installed: Installed, server: ModelServer) -> None:
    """Loading tells it again, resuming does not; what was never said to is not there (protocol: session/load)."""
    async with connected(installed, Editor()) as (agent, _):
        session = (await agent.new_session(cwd="/p", mcp_servers=[])).session_id
        await agent.prompt(session, [text_block("my name is Ada")])
        await agent.close_session(session)
        with pytest.raises(RequestError, match="no open session"):
            await agent.prompt(session, [text_block("hello?")])
    editor = Editor()
    async with connected(installed, editor) as (agent, _):
        [listed] = (await agent.list_sessions()).sessions
        assert (listed.session_id, listed.cwd, listed.title) == (session, "/p", "my name is Ada")
        assert (await agent.list_sessions(cwd="/elsewhere")).sessions == []
        await agent.resume_session(session_id=session, cwd="/p", mcp_servers=[])
        assert editor.updates == []
        await agent.load_session(session_id=session, cwd="/p", mcp_servers=[])
        told = [(update.session_update, update.content.text) for _, update in editor.updates]
        assert told == [("user_message_chunk", "my name is Ada"), ("agent_message_chunk", "my name is Ada")]
        await agent.prompt(session, [text_block("who am I?")])
        with pytest.raises(RequestError) as missing:
            await agent.load_session(session_id="f" * 32, cwd="/p", mcp_servers=[])
    assert missing.value.code == -32002
    assert server.requests[1].body["messages"][1]["content"] == "my name is Ada"


async def test_a_failing_model_is_an_error_without_secrets(installed: Installed, server: ModelServer) -> None:
    """The text says what to do; the key that a provider repeats is not in it. Nothing of it is remembered."""
    server.script.append(Refuse(401, "the key sk-secret-12345 is wrong"))
    async with connected(installed, Editor()) as (agent, _):
        session = (await agent.new_session(cwd="/", mcp_servers=[])).session_id
        with pytest.raises(RequestError) as refused:
            await agent.prompt(session, [text_block("hi")])
        await agent.prompt(session, [text_block("again")])
    assert refused.value.code == -32603
    assert "check the key" in str(refused.value)
    assert "sk-secret" not in str(refused.value) + str(refused.value.data)
    assert len(server.requests[1].body["messages"]) == 2


async def test_the_clients_own_servers_are_used_and_end_with_it(
    installed: Installed, server: ModelServer
) -> None:
    """MCP servers of session/new are that session's; at the end of the input every child is gone."""
    rough = Path(__file__).parents[1] / "agents" / "mcp" / "rough_server.py"
    server.script += [Call((("mine__who", "{}"),)), Answer("done"), Stall("on and on")]
    editor = Editor()
    async with connected(installed, editor) as (agent, process), asyncio.TaskGroup() as group:
        mine = McpServerStdio(name="mine", command=sys.executable, args=[str(rough)], env=[])
        session = (await agent.new_session(cwd="/", mcp_servers=[mine])).session_id
        await agent.prompt(session, [text_block("who?")])
        assert editor.calls()[-1] == ("mine__who", "completed")

        async def hear_of_nothing() -> None:
            with pytest.raises(ConnectionError):
                await agent.prompt(session, [text_block("go on")])

        group.create_task(hear_of_nothing())
        await server.stalled.wait()
        children = psutil.Process(process.pid).children(recursive=True)
        assert children
        process.stdin.close()
        assert await process.wait() == 0
        assert not [child for child in children if child.is_running()]
    assert not (installed.state_dir / "openclaw.sqlite").exists()


async def test_standard_output_is_only_protocol(installed: Installed, server: ModelServer) -> None:
    """What is no message is answered as such, unknown methods too; the end of the input ends it at once."""
    lines = [
        b"nonsense",
        b"[]",
        b'{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": 1}}',
        b'{"jsonrpc": "2.0", "id": 2, "method": "session/fork", "params": {"sessionId": "x", "cwd": "/"}}',
    ]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", RUN, "acp", "--verbose"),
        env=installed.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, _ = await process.communicate(b"\n".join(lines) + b"\n")
    told = {json.dumps(one["id"]): one for one in map(json.loads, out.splitlines())}
    assert process.returncode == 0
    assert told["1"]["result"]["agentInfo"]["name"] == "openclaw"
    assert told["2"]["error"]["code"] == -32601
    assert told["null"]["error"]["code"] == -32600


@pytest.mark.parametrize(
    ("document", "words", "says"),
    [
        ('{channels: {imessage: {dmPolicy: "wrong"}}}', (), "channels.imessage.dmPolicy"),
        ("{}", (), "has no model"),
        ('{agents: {defaults: {model: "test/m"}}}', ("--agent", "nobody"), "agents.list has main"),
        ("{}", ("--model", "nobody/m"), "not configured"),
        ('{agents: {list: [{id: "x", runtime: {type: "acp"}}]}}', (), "ACP program itself"),
    ],
)
def test_what_cannot_be_served_is_told_before_anything_is(
    installation: Installation, document: str, words: tuple[str, ...], says: str
) -> None:
    """Exit code 1 and a sentence on standard error; no line of the protocol."""
    installation.configure(document)
    ran = installation.run("acp", *words)
    assert (ran.code, ran.out) == (1, "")
    assert says in ran.err
    assert "Traceback" not in ran.err


def test_without_pipes_it_says_who_is_to_start_it(installation: Installation, tmp_path: Path) -> None:
    """Somebody who tries it with a file learns what it is for."""
    installation.configure({"agents": {"defaults": {"model": "test/m"}}})
    environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    with (tmp_path / "in").open("w+b") as file:
        ran = subprocess.run(
            [sys.executable, "-c", RUN, "acp"],
            env=environ, stdin=file, capture_output=True, timeout=BOUND_S, check=False,
        )  # fmt: skip
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert b"let a client start this command" in ran.stderr


async def test_a_signal_ends_it_in_good_order(installed: Installed) -> None:
    """SIGTERM is as good as the end of the input: exit code 0."""
    async with connected(installed, Editor()) as (_, process):
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
